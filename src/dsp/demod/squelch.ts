import { METER_LAG } from './analog-meter';

/** How far the SNR must fall below the threshold before the squelch thinks of closing, dB. */
const HYSTERESIS = 3;
/** Hops (10 ms each) the SNR must stay that low; shorter fades pass. */
const PATIENCE = 4;

/**
 * Squelch with hysteresis that looks ahead: it learns the SNR of some more hops before it must say whether one is heard.
 * So the beginning of a transmission is not lost, and the noise at its end is cut before it bursts out.
 */
export class Squelch {
  /** Hops that must be known after a hop before `take` can tell about it. */
  static readonly LOOK_AHEAD = METER_LAG + PATIENCE;
  openings = 0;
  private open: boolean;
  /** SNR of the hops not yet taken; the meter's lag puts a hop's own SNR at index METER_LAG. */
  private readonly waiting: number[] = [];

  /** `threshold` in dB; null = always open. */
  constructor(private readonly threshold: number | null) {
    this.open = threshold === null;
  }

  /** Takes the SNR (dB) of the next hop. */
  push(snr: number): void {
    this.waiting.push(snr);
  }

  /** How many hops `take` can tell about. */
  get ready(): number {
    return Math.max(0, this.waiting.length - Squelch.LOOK_AHEAD);
  }

  /** True when the oldest hop not yet taken is to be heard. */
  take(): boolean {
    const { threshold, waiting } = this;
    if (threshold !== null) {
      if (!this.open && waiting[METER_LAG] >= threshold) {
        this.open = true;
        this.openings++;
      } else if (this.open) {
        const ahead = waiting.slice(METER_LAG, Squelch.LOOK_AHEAD + 1);
        this.open = ahead.some((snr) => snr >= threshold - HYSTERESIS);
      }
    }
    waiting.shift();
    return this.open;
  }

  reset(): void {
    this.waiting.length = 0;
    this.open = this.threshold === null;
  }
}
