import { setTimeout as sleep } from 'node:timers/promises';

/** Falling behind by more than this (a suspended computer, a slow consumer) is not caught up, ms. */
const FORGIVEN = 1000;

/** Holds a recording back to the speed at which it was made. */
export class Pacer {
  private origin?: number;

  /** @param now a clock that only goes forward, ms */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Resolves when this much signal may have been played, or at once when aborted. */
  async wait(seconds: number, stop: AbortSignal): Promise<void> {
    const due = 1000 * seconds;
    this.origin ??= this.now() - due;
    const target = this.origin + due;
    const late = this.now() - target;
    if (late > FORGIVEN) this.origin += late;
    for (let early = -late; early > 0 && !stop.aborted; early = target - this.now())
      await sleep(early, undefined, { signal: stop }).catch(() => {});
  }
}
