/** Seeded noise, so that decoding the same frames always gives the same samples. */
export class Noise {
  private state = 1;

  reset(): void {
    this.state = 1;
  }

  /** 16 random bits: the upper half of a 32-bit linear congruential generator (Numerical Recipes' constants). */
  next16(): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) | 0;
    return this.state >>> 16;
  }
}
