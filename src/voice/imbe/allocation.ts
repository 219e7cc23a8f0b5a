/**
 * How the 88 information bits of a frame are shared out among the quantised values b0 .. b(L+2), for each number of
 * harmonics L. Facts from TIA-102.BABA 6 and 7.1 and its annexes E, F, G and J.
 */
export const LEAST_HARMONICS = 9;
export const MOST_HARMONICS = 56;
export const FRAME_BITS = 88;

/** Annexes F and G: bits of b3, b4, ..., b(L+1), one hexadecimal digit each, for L = 9 .. 56. */
const BITS_BY_HARMONICS = [
  'a9999987',
  '998889765',
  '8887797654',
  '87777876543',
  '777667765433',
  '7666677544343',
  '76665675443333',
  '666556654433332',
  '6655555544433232',
  '65555545543333222',
  '655445454433332321',
  '6554454544332321321',
  '55544445443322321321',
  '554444444432322321221',
  '5444443443432322221221',
  '54444433433332321221221',
  '544434334333323212212111',
  '5443343343332232122112211',
  '54433432432322322122112211',
  '444334324323222321122112111',
  '4443333243223222321121112111',
  '44433332233223221321121112111',
  '443333322332232212211211121111',
  '4433333223322322122112111121110',
  '43333332233223211221112111121111',
  '433333222322232211221112111121110',
  '4333332223222232111221112111021110',
  '43333322213222132111221112111021110',
  '433323222132222321112111121110211110',
  '4333232221322213211121111211110211110',
  '43332322213222132111221110211110211100',
  '433323222132211321111221110211110211100',
  '4332232211322211321111221110211110211100',
  '43322322211322211221111221110211100211100',
  '433223222113222112211112111102111002111100',
  '4332232211132221122111121111021111002111100',
  '43322322111322111221111221110021111002111100',
  '333223221113221112211111221110021111002111100',
  '3332232211132211112211111221110021111002111000',
  '33322322111132211112211111221110021110002111000',
  '333223221111322111122111102211100211100021111000',
  '3332232211113221111221111022111002111100021110000',
  '33322322111132111112211110221110002111100021111000',
  '332223211111322111122111110221110002111100021111000',
  '3322232111113221111122111110221110002111100021110000',
  '33222322111103221111022111110221110002111100021110000',
  '332223221111032211110221111102211100021110000211110000',
  '3322232211110322111102211111022111000211110000211100000',
];

/** Annex E: the levels of b2, the mean log2 amplitude. */
export const GAIN_LEVELS = Float64Array.of(
  -2.842205,
  -2.694235,
  -2.55826,
  -2.38285,
  -2.221042,
  -2.095574,
  -1.980845,
  -1.836058,
  -1.645556,
  -1.417658,
  -1.261301,
  -1.125631,
  -0.958207,
  -0.781591,
  -0.555837,
  -0.346976,
  -0.147249,
  0.027755,
  0.211495,
  0.38838,
  0.552873,
  0.737223,
  0.932197,
  1.139032,
  1.320955,
  1.483433,
  1.648297,
  1.801447,
  1.942731,
  2.118613,
  2.321486,
  2.504443,
  2.653909,
  2.780654,
  2.925355,
  3.07639,
  3.220825,
  3.402869,
  3.585096,
  3.784606,
  3.955521,
  4.155636,
  4.314009,
  4.44415,
  4.577542,
  4.735552,
  4.909493,
  5.085264,
  5.254767,
  5.411894,
  5.568094,
  5.738523,
  5.919215,
  6.087701,
  6.280685,
  6.464201,
  6.647736,
  6.834672,
  7.022583,
  7.211777,
  7.471016,
  7.738948,
  8.124863,
  8.695827,
);

/** Table 3: step of a uniform quantiser by its bits, in standard deviations. */
const STEP = [0, 1.2, 0.85, 0.65, 0.4, 0.28, 0.15, 0.08, 0.04, 0.02, 0.01];
/** Standard deviations of the gain vector's elements 2 to 6; times STEP they are the step sizes of annex F. */
const GAIN_DEVIATION = [0.31, 0.201, 0.168, 0.145, 0.132];
/** Table 4: standard deviations of the DCT coefficients from the second on. */
const DCT_DEVIATION = [0.307, 0.241, 0.207, 0.19, 0.179, 0.173, 0.165, 0.17, 0.17];

/** The quantisers and bit places of all frames with L harmonics. */
export interface Allocation {
  harmonics: number;
  /** Number of voicing decisions, K (eq. 48). */
  bands: number;
  /** Annex J: lengths of the six blocks the log amplitudes are divided into. */
  blocks: readonly number[];
  /** Bits of each value b0 .. b(L+2). */
  bits: Uint8Array;
  /** Quantiser step of b3 .. b(L+1), by the value's index. */
  steps: Float64Array;
  /** For each of the 88 information bits, first bit of u0 first: the value it belongs to. */
  value: Uint8Array;
}

function allocate(harmonics: number): Allocation {
  const bands = harmonics <= 36 ? Math.floor((harmonics + 2) / 3) : 12;
  const blocks = Array.from({ length: 6 }, (_, i) => Math.floor((harmonics + i) / 6));
  const digits = BITS_BY_HARMONICS[harmonics - LEAST_HARMONICS];
  const spectral = Array.from(digits, (digit) => Number.parseInt(digit, 16));
  const bits = Uint8Array.of(8, bands, 6, ...spectral, 1);
  const deviations = [...GAIN_DEVIATION, ...blocks.flatMap((length) => DCT_DEVIATION.slice(0, length - 1))];
  const steps = Float64Array.of(0, 0, 0, ...spectral.map((b, i) => STEP[b] * deviations[i]));
  return { harmonics, bands, blocks, bits, steps, value: bitOrder(harmonics, bands, bits) };
}

/**
 * The order of importance in which the bits are put into u0 .. u7 (7.1). Within each value the bits come most
 * significant first, so that it is enough to know which value each bit belongs to.
 */
function bitOrder(harmonics: number, bands: number, bits: Uint8Array): Uint8Array {
  const scan: number[] = [];
  for (let bit = 9; bit >= 0; bit--) {
    for (let value = 3; value <= harmonics + 1; value++) if (bits[value] > bit) scan.push(value);
  }
  const repeat = (value: number, count: number): number[] => new Array(count).fill(value);
  return Uint8Array.of(
    ...repeat(0, 6),
    ...repeat(2, 3),
    ...scan.slice(0, 39),
    ...repeat(1, bands),
    ...repeat(2, 2),
    ...scan.slice(39),
    2,
    ...repeat(0, 2),
    harmonics + 2,
  );
}

const allocations: Allocation[] = [];

/** The allocation for L harmonics, 9 to 56; made when first asked for and shared by all decoders. */
export function allocationFor(harmonics: number): Allocation {
  allocations[harmonics] ??= allocate(harmonics);
  return allocations[harmonics];
}
