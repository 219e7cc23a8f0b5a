/** Radices of the passes for a transform of this size, the first one 4; null when the kernel cannot do it. */
export function fftRadices(size: number): number[] | null {
  if (!Number.isInteger(size) || size < 16 || size % 16 !== 0) return null;
  const radices: number[] = [];
  let rest = size;
  for (const radix of [4, 5, 3, 2]) {
    while (rest % radix === 0) {
      radices.push(radix);
      rest /= radix;
    }
  }
  return rest === 1 ? radices : null;
}

/**
 * Twiddle factors for fft.as.ts, pass after pass. In the first pass, for each four p: four cosines, then four sines of
 * -2 pi p / n, then the same for 2p and 3p. In the others, for each p: cosine and sine of -2 pi i p / n, i = 1 .. r-1.
 */
export function fftTwiddles(size: number, radices: readonly number[]): Float32Array {
  const table: number[] = [];
  let n = size;
  for (const [pass, radix] of radices.entries()) {
    const lanes = pass === 0 ? 4 : 1;
    for (let p = 0; p < n / radix; p += lanes) {
      for (let i = 1; i < radix; i++) {
        for (let lane = 0; lane < lanes; lane++) table.push(Math.cos((-2 * Math.PI * i * (p + lane)) / n));
        for (let lane = 0; lane < lanes; lane++) table.push(Math.sin((-2 * Math.PI * i * (p + lane)) / n));
      }
    }
    n /= radix;
  }
  return Float32Array.from(table);
}

/** Plain twin of fft.as.ts: the forward transform, pass by pass, for any size that is a product of the radices. */
export function fft(
  re: ArrayLike<number>,
  im: ArrayLike<number>,
  radices: readonly number[],
): [Float64Array, Float64Array] {
  const size = re.length;
  let x: [Float64Array, Float64Array] = [Float64Array.from(re), Float64Array.from(im)];
  let s = 1;
  for (const radix of radices) {
    const y: [Float64Array, Float64Array] = [new Float64Array(size), new Float64Array(size)];
    const n = size / s;
    const m = n / radix;
    for (let p = 0; p < m; p++) {
      for (let i = 0; i < radix; i++) {
        for (let q = 0; q < s; q++) {
          const to = q + s * (radix * p + i);
          for (let k = 0; k < radix; k++) {
            const from = q + s * (p + k * m);
            const angle = -2 * Math.PI * ((i * p) / n + (i * k) / radix);
            y[0][to] += x[0][from] * Math.cos(angle) - x[1][from] * Math.sin(angle);
            y[1][to] += x[0][from] * Math.sin(angle) + x[1][from] * Math.cos(angle);
          }
        }
      }
    }
    x = y;
    s *= radix;
  }
  return x;
}
