/** For each b1 below 16, whether each eighth of 0 to 4 kHz is voiced (TIA-102.BABA-A, half-rate vocoder); above none is. */
export const VOICED_BANDS = [
  '11111111',
  '11111111',
  '11111110',
  '11111111',
  '11111100',
  '11011111',
  '11101111',
  '11111011',
  '11110000',
  '11111000',
  '11100000',
  '11100001',
  '11000000',
  '11100000',
  '10000000',
  '11100000',
];
