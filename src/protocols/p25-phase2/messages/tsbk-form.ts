/** Octets of a trunking signalling block: opcode, manufacturer, eight of arguments, two of CRC. */
const TSBK_OCTETS = 12;
const ARGUMENTS = 2;

/**
 * A MAC message in short form (TIA-102.BBAD: "derived from FDMA CAI, abbreviated") as the trunking block it comes from. Nine
 * octets are the opcode and the arguments. In ten the arguments stand where they do in the block. Seven leave out the two
 * that say nothing before two addresses. Undefined for other lengths, whose messages have layouts of their own.
 */
export function asTsbk(mac: Uint8Array, length: number): Uint8Array | undefined {
  const tsbk = new Uint8Array(TSBK_OCTETS);
  tsbk[0] = mac[0] & 0x3f;
  const from = { 9: 1, 10: 2, 7: 1 }[length];
  if (from === undefined) return undefined;
  tsbk.set(mac.subarray(from, length), length === 7 ? ARGUMENTS + 2 : ARGUMENTS);
  return tsbk;
}
