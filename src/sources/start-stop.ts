/**
 * Starts and stops a source in turn, however the commands overtake each other: a start waits for the stop before it,
 * and one that a later stop has overtaken does nothing.
 */
export class StartStop {
  private turn: Promise<unknown> = Promise.resolve();
  private underWay = 0;
  private wanted = false;
  private stopping = new AbortController();

  /** @param action gets the signal that tells it to stop; rejects when starting failed */
  start(action: (stop: AbortSignal) => Promise<void>): Promise<void> {
    this.wanted = true;
    return this.next(async () => {
      if (!this.wanted) return;
      // Started twice, it still has to be stopped once.
      if (this.stopping.signal.aborted) this.stopping = new AbortController();
      await action(this.stopping.signal);
    });
  }

  /** Aborts what is under way, then does this. */
  stop(action: () => Promise<void>): Promise<void> {
    this.wanted = false;
    this.stopping.abort();
    return this.next(action);
  }

  private next(action: () => Promise<void>): Promise<void> {
    const done = this.underWay++ === 0 ? action() : this.turn.then(action);
    const over = () => this.underWay--;
    this.turn = done.then(over, over);
    return done;
  }
}

/** Resolves when `done` does, or at once when told to stop. */
export async function untilStopped(done: Promise<void> | void, stop: AbortSignal): Promise<void> {
  if (!done || stop.aborted) return;
  let release = () => {};
  const stopped = new Promise<void>((resolve) => {
    release = resolve;
    stop.addEventListener('abort', release, { once: true });
  });
  try {
    await Promise.race([done, stopped]);
  } finally {
    stop.removeEventListener('abort', release);
  }
}
