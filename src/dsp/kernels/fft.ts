/**
 * Radices of the passes for transforms of this size, `lanes` (1 or 4) side by side; null when the kernel cannot do it.
 * The first one of a single transform is 4.
 */
export function fftRadices(size: number, lanes = 1): number[] | null {
  if (!Number.isInteger(size) || size < 2) return null;
  const radices = lanes === 1 ? [4] : [];
  let rest = lanes === 1 ? size / 4 : size;
  if (lanes === 1 && rest % 4 !== 0) return null;
  for (const radix of [5, 3]) {
    while (rest % radix === 0) {
      radices.push(radix);
      rest /= radix;
    }
  }
  // As few passes as can be; two of 4 are better than 8 and 2.
  while (rest % 8 === 0 && rest !== 16) {
    radices.push(8);
    rest /= 8;
  }
  while (rest % 4 === 0) {
    radices.push(4);
    rest /= 4;
  }
  if (rest === 2) radices.push(2);
  return rest <= 2 ? radices : null;
}

/**
 * Twiddle factors for fft.as.ts, pass after pass. In the first pass of a single transform, for each four p: four cosines,
 * then four sines of -2 pi p / n, then the same for 2p and 3p. In the others, for each p: cosine and sine of
 * -2 pi i p / n, i = 1 .. r-1.
 */
export function fftTwiddles(size: number, radices: readonly number[], lanes = 1): Float32Array {
  const table: number[] = [];
  let n = size;
  for (const [pass, radix] of radices.entries()) {
    const group = pass === 0 && lanes === 1 ? 4 : 1;
    for (let p = 0; p < n / radix; p += group) {
      for (let i = 1; i < radix; i++) {
        for (let k = 0; k < group; k++) table.push(Math.cos((-2 * Math.PI * i * (p + k)) / n));
        for (let k = 0; k < group; k++) table.push(Math.sin((-2 * Math.PI * i * (p + k)) / n));
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
