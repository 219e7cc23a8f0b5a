interface Timer {
  at: number;
  every?: number;
  run: () => void;
}

/** In the place of the clock and the timers of this process, for tests that wait for nothing. */
export class FakeClock {
  private readonly timers = new Set<Timer>();
  private readonly real = {
    now: Date.now,
    setTimeout: globalThis.setTimeout,
    setInterval: globalThis.setInterval,
    clearTimeout: globalThis.clearTimeout,
    clearInterval: globalThis.clearInterval,
  };

  constructor(private time = 1_700_000_000_000) {
    Date.now = () => this.time;
    const clear = (timer?: unknown) => void this.timers.delete(timer as Timer);
    Object.assign(globalThis, {
      setTimeout: (run: () => void, wait = 0) => this.add({ at: this.time + wait, run }),
      setInterval: (run: () => void, every: number) => this.add({ at: this.time + every, every, run }),
      clearTimeout: clear,
      clearInterval: clear,
    });
  }

  /** Lets time pass, ms, and what is due in it happen. */
  pass(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const [next] = [...this.timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.time = Math.max(this.time, next.at);
      if (next.every === undefined) this.timers.delete(next);
      else next.at += next.every;
      next.run();
    }
    this.time = end;
  }

  /** Time passes without anything happening, as while a computer sleeps. */
  sleep(ms: number): void {
    this.time += ms;
    for (const timer of this.timers) timer.at += ms;
  }

  restore(): void {
    const { now, ...timers } = this.real;
    Date.now = now;
    Object.assign(globalThis, timers);
  }

  private add(timer: Timer): Timer & { unref(): unknown } {
    const added = Object.assign(timer, { unref: () => added });
    this.timers.add(added);
    return added;
  }
}
