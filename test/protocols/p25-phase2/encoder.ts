import { unpackBits, writeBits } from '../../../src/coding/bits';
import { crc, P25_CRC_CCITT } from '../../../src/coding/crc';
import { ReedSolomon } from '../../../src/coding/reed-solomon';
import { CRC_12 } from '../../../src/protocols/p25-phase2/acch';
import { DUID, DUID_PLACES, isScrambled } from '../../../src/protocols/p25-phase2/duid';
import { ischSigns, SYNC_SIGNS } from '../../../src/protocols/p25-phase2/isch';
import { Scrambling, type ScramblingKey } from '../../../src/protocols/p25-phase2/scrambling';
import { BURST_BITS, ISCH_PLACES } from '../../../src/protocols/p25-phase2/superframe';

/** Slots as a site sends them, for what no recording holds: control channels of phase 2, encrypted voice. */

const DUID_WORDS: Readonly<Record<number, number>> = {
  [DUID.VOICE_4]: 0x00,
  [DUID.SACCH]: 0x39,
  [DUID.VOICE_2]: 0x65,
  [DUID.FACCH]: 0x9a,
  [DUID.DATA]: 0xa3,
  [DUID.SACCH_CLEAR]: 0xc6,
  [DUID.LCCH_CLEAR]: 0xd1,
  [DUID.FACCH_CLEAR]: 0xff,
};
const LONG_RUNS = [
  [2, 74],
  [76, 244],
  [246, 318],
];
const SHORT_RUNS = [
  [2, 74],
  [76, 138],
  [180, 244],
  [246, 318],
];

/** What stands in the middle of a FACCH burst, bits 138 to 179, not scrambled: as it was received from the air (air.test.ts). */
const MIDDLE = Array.from('333311111313133113311', Number).flatMap((dibit) => [dibit >> 1, dibit & 1]);

function hexbits(code: ReedSolomon, bits: Uint8Array, sent: number): Uint8Array {
  const symbols = new Uint8Array(code.k);
  for (let i = 0; i < bits.length; i++) symbols[Math.floor(i / 6)] |= bits[i] << (5 - (i % 6));
  const word = code.encode(symbols).subarray(0, sent);
  return Uint8Array.from({ length: 6 * sent }, (_, i) => (word[Math.floor(i / 6)] >> (5 - (i % 6))) & 1);
}

function spread(burst: Uint8Array, runs: readonly (readonly number[])[], bits: Uint8Array): void {
  let at = 0;
  for (const [from, to] of runs) {
    burst.set(bits.subarray(at, at + to - from), from);
    at += to - from;
  }
}

/** A SACCH, FACCH or LCCH burst with this MAC PDU, filled up with zeros; `nac` for the LCCH. */
export function macBurst(duid: number, pdu: Uint8Array, nac = 0): Uint8Array {
  const burst = new Uint8Array(BURST_BITS);
  const isShort = duid === DUID.FACCH || duid === DUID.FACCH_CLEAR;
  const bits = new Uint8Array(isShort ? 156 : 180);
  bits.set(unpackBits(pdu));
  const spec = duid === DUID.LCCH_CLEAR ? P25_CRC_CCITT : CRC_12;
  if (duid === DUID.LCCH_CLEAR) writeBits(bits, 152, 12, nac);
  const length = bits.length - spec.width;
  writeBits(bits, length, spec.width, crc(bits, spec, 0, length));
  if (isShort) spread(burst, SHORT_RUNS, hexbits(new ReedSolomon(54, 26), bits, 45));
  else spread(burst, LONG_RUNS, hexbits(new ReedSolomon(58, 30), bits, 52));
  return finish(burst, duid);
}

/** The four 4V bursts and the 2V burst of an encryption sync (12 octets); voice bits are zero. */
export function voiceBursts(sync: Uint8Array): Uint8Array[] {
  const word = hexbits(new ReedSolomon(44, 16), unpackBits(sync), 44);
  const bursts = Array.from({ length: 5 }, () => new Uint8Array(BURST_BITS));
  for (let i = 0; i < 4; i++) bursts[i].set(word.subarray(24 * i, 24 * i + 24), 148);
  bursts[4].set(word.subarray(96, 192), 148);
  bursts[4].set(word.subarray(192, 264), 246);
  return bursts.map((burst, i) => finish(burst, i < 4 ? DUID.VOICE_4 : DUID.VOICE_2));
}

/** A burst of a data channel. */
export const dataBurst = (bits: Uint8Array): Uint8Array => finish(bits.slice(), DUID.DATA);

function finish(burst: Uint8Array, duid: number): Uint8Array {
  DUID_PLACES.forEach((place, i) => {
    burst[place] = (DUID_WORDS[duid] >> (7 - i)) & 1;
  });
  return burst;
}

/** Dibits of a whole slot; scrambled where the burst's identifier says so. */
export function slotDibits(slot: number, burst: Uint8Array, key: ScramblingKey, superframe = 0): Uint8Array {
  const place = ISCH_PLACES[slot];
  const isch = place === 'sync' ? SYNC_SIGNS : ischSigns((place.channel << 5) | (place.location << 3) | superframe);
  const soft = Float32Array.from(burst, (bit) => 2 * bit - 1);
  let word = 0;
  for (const at of DUID_PLACES) word = 2 * word + burst[at];
  const duid = Number(Object.entries(DUID_WORDS).find(([, code]) => code === word)![0]);
  if (isScrambled(duid)) {
    new Scrambling(key).apply(soft, slot);
    for (const at of DUID_PLACES) soft[at] = 2 * burst[at] - 1;
  }
  if (duid === DUID.FACCH || duid === DUID.FACCH_CLEAR)
    soft.set(
      MIDDLE.map((bit) => 2 * bit - 1),
      138,
    );
  const bits = [...isch, ...soft].map((sign) => (sign > 0 ? 1 : 0));
  return Uint8Array.from({ length: bits.length / 2 }, (_, i) => 2 * bits[2 * i] + bits[2 * i + 1]);
}
