/**
 * The field GF(2^6) with primitive polynomial x^6 + x + 1, and what the BCH and Reed-Solomon decoders over it share.
 * Polynomials are arrays of coefficients from the constant term upwards.
 */

/** Number of nonzero elements; alpha^63 = 1. */
export const ORDER = 63;

/** alpha^i for i < 126, so that sums of two logarithms need no reduction. */
export const EXP = new Uint8Array(2 * ORDER);
const LOG = new Uint8Array(ORDER + 1);
for (let power = 0, value = 1; power < ORDER; power++) {
  EXP[power] = EXP[power + ORDER] = value;
  LOG[value] = power;
  value <<= 1;
  if (value > ORDER) value ^= 0b1000011;
}

export function multiply(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : EXP[LOG[a] + LOG[b]];
}

/** `b` is not 0. */
export function divide(a: number, b: number): number {
  return a === 0 ? 0 : EXP[LOG[a] + ORDER - LOG[b]];
}

/** Value of the polynomial at alpha^power, 0 <= power < 63. */
export function evaluate(polynomial: Uint8Array, power: number): number {
  const x = EXP[power];
  let sum = 0;
  for (let i = polynomial.length - 1; i >= 0; i--) sum = multiply(sum, x) ^ polynomial[i];
  return sum;
}

/** The values at alpha^1 .. alpha^count of the word whose first element has the highest power. */
export function syndromes(word: Uint8Array, length: number, count: number): Uint8Array {
  const values = new Uint8Array(count);
  for (let j = 0; j < count; j++) {
    const x = EXP[j + 1];
    let sum = 0;
    for (let i = 0; i < length; i++) sum = multiply(sum, x) ^ word[i];
    values[j] = sum;
  }
  return values;
}

/**
 * The Berlekamp-Massey algorithm: the shortest polynomial whose roots are the inverse error positions and which contains
 * the known erasure positions (powers of alpha). Trimmed to its degree; null when there are more errors and erasures
 * than the syndromes can tell.
 */
export function errorLocator(syndromes: Uint8Array, erasures: readonly number[] = []): Uint8Array | null {
  const count = syndromes.length;
  let locator = new Uint8Array(count + 1);
  locator[0] = 1;
  for (const power of erasures) {
    for (let i = count; i > 0; i--) locator[i] ^= multiply(locator[i - 1], EXP[power]);
  }
  let previous = locator.slice();
  let length = erasures.length;
  for (let step = erasures.length; step < count; step++) {
    let discrepancy = 0;
    for (let i = 0; i <= step; i++) discrepancy ^= multiply(locator[i], syndromes[step - i]);
    previous.copyWithin(1, 0, count);
    previous[0] = 0;
    if (discrepancy === 0) continue;
    const updated = locator.slice();
    for (let i = 0; i <= count; i++) updated[i] ^= multiply(discrepancy, previous[i]);
    if (2 * length <= step + erasures.length) {
      length = step + 1 - length + erasures.length;
      previous = locator.map((value) => divide(value, discrepancy));
    }
    locator = updated;
  }
  let degree = count;
  while (degree > 0 && locator[degree] === 0) degree--;
  return degree === length && 2 * length - erasures.length <= count ? locator.subarray(0, degree + 1) : null;
}
