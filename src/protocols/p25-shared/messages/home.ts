import { hex, Octets } from '../octets';

/** The WACN that begins with two octets at `at` and ends with the first four bits of octet `to`. */
const splitWacn = (o: Octets, at: number, to: number): string => hex(o.u16(at) * 16 + (o.u8(to) >> 4), 5);

/** A WACN and a system of multi-block messages: octets 8, 9, the header's last, then 12 and 13, the data block's first. */
export const splitHome = (o: Octets): { wacn: string; system: string } => ({
  wacn: splitWacn(o, 8, 12),
  system: o.system(12),
});

/** A WACN and a system one after the other from octet `at`. */
export const homeAt = (o: Octets, at: number): { wacn: string; system: string } => ({
  wacn: o.wacn(at),
  system: o.system(at + 2),
});

/** The unit that a message is for, in its home system, under other names than those of the system the message is heard on. */
export const targetHome = ({ wacn, system }: { wacn: string; system: string }): Record<string, string> => ({
  target_wacn: wacn,
  target_system: system,
});

/** The unit a message comes from, likewise. */
export const sourceHome = ({ wacn, system }: { wacn: string; system: string }): Record<string, string> => ({
  source_wacn: wacn,
  source_system: system,
});

/**
 * Who sends a message across systems: the home and the unit; the header has the target, a second data block, where
 * there is one, its home.
 */
export const fromAfar = (o: Octets): Record<string, unknown> => ({
  target: o.u24(3),
  source: o.u24(14),
  ...sourceHome(splitHome(o)),
  ...(o.bytes.length >= 36 && targetHome(homeAt(o, 25))),
});

/** Homes that fit into a roaming address message of one, two and three data blocks (TIA-102.AABC-E 6.1.21, 6.2.26). */
const STACK_SIZES = [2, 4, 8];
/** Header and data blocks are of 12 octets. */
const BLOCK = 12;

/**
 * The home systems a roaming unit knows, as 'WACN.system': four octets each, the first of them the header's last, the
 * rest in the data blocks.
 */
export function addressStack(o: Octets): Record<string, unknown> {
  const blocks = o.bytes.length / BLOCK - 1;
  const packed = new Octets(Uint8Array.from([o.u8(9), ...o.bytes.subarray(BLOCK)]));
  const homes: string[] = [];
  for (let i = 0; i < STACK_SIZES[Math.min(3, blocks) - 1]; i++) {
    const { wacn, system } = homeAt(packed, 4 * i);
    if (packed.u32(4 * i) !== 0) homes.push(`${wacn}.${system}`);
  }
  return { last: o.flag(8, 7), sequence: o.u8(8) & 0x0f, homes };
}
