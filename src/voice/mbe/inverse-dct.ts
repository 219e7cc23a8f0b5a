/** Longest block of any MBE codec. */
const LONGEST = 17;

/** cos(pi k (j + 1/2) / n) by n, then by j * n + k. */
const COSINES = Array.from({ length: LONGEST + 1 }, (_, n) =>
  Float64Array.from({ length: n * n }, (_, i) => Math.cos((Math.PI * (i % n) * (Math.floor(i / n) + 0.5)) / n)),
);

/**
 * The inverse DCT of the MBE codecs (TIA-102.BABA eq. 69 and 73): out(j) = c(0) + 2 sum c(k) cos(pi k (j + 1/2) / n).
 * @param c n coefficients, n at most 17
 * @param terms how many of them may be other than zero
 */
export function inverseDct(c: Float64Array, n: number, out: Float64Array, offset: number, terms = n): void {
  const cosines = COSINES[n];
  for (let j = 0; j < n; j++) {
    let sum = 0;
    for (let k = 1; k < terms; k++) sum += c[k] * cosines[j * n + k];
    out[offset + j] = c[0] + 2 * sum;
  }
}
