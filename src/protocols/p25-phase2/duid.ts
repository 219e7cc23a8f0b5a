/** Data unit identifiers of bursts (TIA-102.BBAC 5.4) that are in use. */
export const DUID = {
  VOICE_4: 0,
  SACCH: 3,
  VOICE_2: 6,
  FACCH: 9,
  DATA: 10,
  SACCH_CLEAR: 12,
  LCCH_CLEAR: 13,
  FACCH_CLEAR: 15,
} as const;

/** Counter of each. */
export const BURSTS: Readonly<Record<number, 'voice_4' | 'voice_2' | 'sacch' | 'facch' | 'lcch' | 'data'>> = {
  [DUID.VOICE_4]: 'voice_4',
  [DUID.VOICE_2]: 'voice_2',
  [DUID.SACCH]: 'sacch',
  [DUID.SACCH_CLEAR]: 'sacch',
  [DUID.FACCH]: 'facch',
  [DUID.FACCH_CLEAR]: 'facch',
  [DUID.LCCH_CLEAR]: 'lcch',
  [DUID.DATA]: 'data',
};

/** Words of the (8,4,4) code, by identifier (table 5-4). */
const WORDS = [0x00, 0x17, 0x2e, 0x39, 0x4b, 0x5c, 0x65, 0x72, 0x8d, 0x9a, 0xa3, 0xb4, 0xc6, 0xd1, 0xe8, 0xff];
const BITS = 8;
/** Where the bits stand in a burst: a dibit at its beginning and its end and in two places between. */
export const DUID_PLACES = [0, 1, 74, 75, 244, 245, 318, 319];

const USED = Object.keys(BURSTS).map(Number);

/** The likeliest identifier of a burst of soft bits, among those in use. */
export function readDuid(burst: Float32Array): number {
  let best = USED[0];
  let most = Number.NEGATIVE_INFINITY;
  for (const duid of USED) {
    let sum = 0;
    for (let bit = 0; bit < BITS; bit++) {
      const value = burst[DUID_PLACES[bit]];
      sum += (WORDS[duid] >> (BITS - 1 - bit)) & 1 ? value : -value;
    }
    if (sum <= most) continue;
    most = sum;
    best = duid;
  }
  return best;
}

/** True for bursts under the scrambling of TIA-102.BBAC 7.2. */
export function isScrambled(duid: number): boolean {
  return duid !== DUID.SACCH_CLEAR && duid !== DUID.FACCH_CLEAR && duid !== DUID.LCCH_CLEAR;
}

/** True when every bit of the identifier in a burst of soft bits is as it should be: for bursts that nothing else checks. */
export function isCertain(burst: Float32Array, duid: number): boolean {
  return DUID_PLACES.every((place, bit) => burst[place] > 0 === ((WORDS[duid] >> (BITS - 1 - bit)) & 1) > 0);
}
