import { type IschReading, ischReading, readIsch } from './isch';
import { SLOT_MS, SLOTS } from './superframe';

/** Share of what was known that is kept from slot to slot. */
const MEMORY = 0.93;
/** Lead over the next best place that decides: one informational ISCH read well gives 0.8. */
const LEAD = 0.6;
/** Mean correlation of the last slots' ISCHs below which there is nothing to read: noise reaches 0.3, Es/N0 4 dB 0.6. */
const LEAST = 0.45;
/** How far a slot may begin from where it is expected, ms. */
const TOLERANCE = 2;

/**
 * Knows which of the superframe's 12 slots the present one is. Every ISCH votes, weighed by how well it fits, so that a
 * single one may be lost.
 */
export class SlotCounter {
  readonly reading: IschReading = ischReading();
  /** Votes for each number of the slot at `origin`. */
  private readonly votes = new Float64Array(SLOTS);
  private weight = 0;
  private origin = Number.NaN;
  private count = 0;
  /** Number in its superframe of the slot at `origin`. */
  private first = 0;

  reset(): void {
    this.votes.fill(0);
    this.weight = 0;
    this.origin = Number.NaN;
  }

  /** Takes the ISCH (40 soft bits) of the slot that begins at `time` (ms); gives its number, -1 while that is unknown. */
  next(time: number, llr: Float32Array): number {
    const slots = (time - this.origin) / SLOT_MS;
    if (!(Math.abs(slots - Math.round(slots)) * SLOT_MS <= TOLERANCE) || slots < 0 || slots > 1e6) this.begin(time);
    else {
      const passed = Math.round(slots);
      // The origin follows the site's clock.
      this.origin = time - passed * SLOT_MS;
      for (; this.count < passed; this.count++) this.forget();
    }
    readIsch(llr, this.reading);
    for (let first = 0; first < SLOTS; first++) {
      this.votes[first] += this.reading.scores[(first + this.count) % SLOTS];
    }
    this.weight += 1;
    return this.decide();
  }

  /** Superframes begun since the count began. */
  get superframe(): number {
    return Math.floor((this.first + this.count) / SLOTS);
  }

  /** Mean correlation of the latest ISCHs at their places, -1 .. 1. */
  get quality(): number {
    return this.weight > 0 ? Math.max(...this.votes) / this.weight : 0;
  }

  private begin(time: number): void {
    this.votes.fill(0);
    this.weight = 0;
    this.origin = time;
    this.count = 0;
  }

  private forget(): void {
    for (let first = 0; first < SLOTS; first++) this.votes[first] *= MEMORY;
    this.weight *= MEMORY;
  }

  private decide(): number {
    let best = 0;
    for (let first = 1; first < SLOTS; first++) if (this.votes[first] > this.votes[best]) best = first;
    let second = Number.NEGATIVE_INFINITY;
    for (let first = 0; first < SLOTS; first++) if (first !== best) second = Math.max(second, this.votes[first]);
    if (this.quality < LEAST || this.votes[best] - second < LEAD) return -1;
    this.first = best;
    return (best + this.count) % SLOTS;
  }
}
