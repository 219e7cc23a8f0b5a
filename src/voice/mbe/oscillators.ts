/**
 * Adds up sinusoids by the recurrence x(n+1) = 2 cos(w) x(n) - x(n-1): a multiplication and a subtraction per sample.
 * Four run side by side, which hides the latency of the recurrence; in double precision its error over a frame is far
 * below a 16-bit step.
 */
export class Oscillators {
  private count = 0;
  private readonly factor: Float64Array;
  private readonly now: Float64Array;
  private readonly before: Float64Array;

  /** @param most oscillators added between two `render` calls */
  constructor(most: number) {
    const size = (most + 3) & ~3;
    this.factor = new Float64Array(size);
    this.now = new Float64Array(size);
    this.before = new Float64Array(size);
  }

  /** amplitude * cos(frequency * n + phase), n from 0. Radians and radians per sample. */
  add(amplitude: number, frequency: number, phase: number): void {
    const i = this.count++;
    this.factor[i] = 2 * Math.cos(frequency);
    this.now[i] = amplitude * Math.cos(phase);
    this.before[i] = amplitude * Math.cos(phase - frequency);
  }

  /** Writes the sum of all oscillators added since the last call: out(n), n = 0 .. length - 1. False if there are none. */
  render(out: Float64Array, length: number): boolean {
    if (this.count === 0) return false;
    const { factor, now, before } = this;
    out.fill(0, 0, length);
    for (; (this.count & 3) !== 0; this.count++) {
      now[this.count] = 0;
      before[this.count] = 0;
    }
    for (let i = 0; i < this.count; i += 4) {
      const fa = factor[i];
      const fb = factor[i + 1];
      const fc = factor[i + 2];
      const fd = factor[i + 3];
      let a = now[i];
      let b = now[i + 1];
      let c = now[i + 2];
      let d = now[i + 3];
      let a1 = before[i];
      let b1 = before[i + 1];
      let c1 = before[i + 2];
      let d1 = before[i + 3];
      for (let n = 0; n < length; n++) {
        out[n] += a + b + (c + d);
        const a2 = a1;
        const b2 = b1;
        const c2 = c1;
        const d2 = d1;
        a1 = a;
        b1 = b;
        c1 = c;
        d1 = d;
        a = fa * a - a2;
        b = fb * b - b2;
        c = fc * c - c2;
        d = fd * d - d2;
      }
    }
    this.count = 0;
    return true;
  }
}
