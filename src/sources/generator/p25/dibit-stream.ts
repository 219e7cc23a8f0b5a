/** What a transmitter sends: dibits, or nothing for a number of symbols. */
export type Unit = Uint8Array | { silence: number };

/** Hands out units symbol by symbol; endless units make an endless stream, silence follows finite ones. */
export class DibitStream {
  private unit: Unit = { silence: 0 };
  private at = 0;
  private length = 0;

  constructor(private readonly units: Iterator<Unit>) {}

  /** The next dibit, or null when nothing is sent. */
  next(): number | null {
    while (this.at === this.length) {
      const { value, done } = this.units.next();
      if (done) return null;
      this.unit = value;
      this.at = 0;
      this.length = value instanceof Uint8Array ? value.length : value.silence;
    }
    const at = this.at++;
    return this.unit instanceof Uint8Array ? this.unit[at] : null;
  }
}
