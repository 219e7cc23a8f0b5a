/**
 * Inverse DFT of length 256 to real samples, made of a complex transform of half the length. The work arrays are shared:
 * a worker thread runs one transform at a time.
 */
export const FFT_SIZE = 256;
const HALF = FFT_SIZE / 2;

const COS = Float64Array.from({ length: HALF }, (_, i) => Math.cos((2 * Math.PI * i) / FFT_SIZE));
const SIN = Float64Array.from({ length: HALF }, (_, i) => Math.sin((2 * Math.PI * i) / FFT_SIZE));

/** Index with its seven bits in reverse order. */
const REVERSED = Uint8Array.from({ length: HALF }, (_, i) => {
  let reversed = 0;
  for (let bit = 0; bit < 7; bit++) reversed |= ((i >> bit) & 1) << (6 - bit);
  return reversed;
});

const re = new Float64Array(HALF);
const im = new Float64Array(HALF);

/**
 * x(n) = 2 Re sum over k = 1..127 of X(k) e^(j 2 pi k n / 256); X(0) and X(128) are taken as zero and there is no factor 1/256.
 * @param specRe, specIm at least 128 values each
 * @param out 256 samples
 */
export function inverseRealFft(specRe: Float64Array, specIm: Float64Array, out: Float32Array): void {
  // Even and odd samples are the real and imaginary parts of one complex series of half the length, whose spectrum is
  // (X(k) + X*(128-k)) + j (X(k) - X*(128-k)) e^(j 2 pi k / 256).
  re[0] = 0;
  im[0] = 0;
  for (let k = 1; k < HALF; k++) {
    const ar = specRe[k];
    const ai = specIm[k];
    const br = specRe[HALF - k];
    const bi = -specIm[HALF - k];
    const dr = ar - br;
    const di = ai - bi;
    const to = REVERSED[k];
    re[to] = ar + br - (dr * SIN[k] + di * COS[k]);
    im[to] = ai + bi + (dr * COS[k] - di * SIN[k]);
  }
  for (let size = 1; size < HALF; size <<= 1) {
    const stride = HALF / size;
    for (let j = 0; j < size; j++) {
      const c = COS[j * stride];
      const s = SIN[j * stride];
      for (let p = j; p < HALF; p += 2 * size) {
        const q = p + size;
        const tr = re[q] * c - im[q] * s;
        const ti = re[q] * s + im[q] * c;
        re[q] = re[p] - tr;
        im[q] = im[p] - ti;
        re[p] += tr;
        im[p] += ti;
      }
    }
  }
  for (let n = 0; n < HALF; n++) {
    out[2 * n] = re[n];
    out[2 * n + 1] = im[n];
  }
}
