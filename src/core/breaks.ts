/** Milliseconds of long work in one turn of the event loop. */
const SLICE = 4;

/**
 * Divides long work into slices, between which the event loop gets on with everything else. All who share one of these
 * take turns: however much they have to do together, a turn of the loop has one slice of it.
 */
export class Breaks {
  private began = Number.NEGATIVE_INFINITY;
  private readonly waiting: (() => void)[] = [];

  /**
   * @param now milliseconds
   * @param nextTurn calls back on a later turn of the event loop
   */
  constructor(
    private readonly now: () => number = () => performance.now(),
    private readonly nextTurn: (then: () => void) => void = setImmediate,
  ) {}

  /** Whether to take a break now. To be asked often: after every few dozen records. */
  due(): boolean {
    return this.now() - this.began >= SLICE;
  }

  /** Resolves when it is this work's turn again. */
  take(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      if (this.waiting.length === 1) this.nextTurn(this.serve);
    });
  }

  private readonly serve = () => {
    this.began = this.now();
    this.waiting.shift()?.();
    if (this.waiting.length > 0) this.nextTurn(this.serve);
  };
}

/** For all long work on this event loop. */
export const breaks = new Breaks();
