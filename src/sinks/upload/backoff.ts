export interface BackoffOptions {
  /** First wait, ms. */
  first: number;
  /** Longest wait, ms. */
  most: number;
  /** 0..1, evenly distributed. */
  random: () => number;
}

const DEFAULTS: BackoffOptions = { first: 2000, most: 300_000, random: Math.random };

/**
 * Waits that double from failure to failure, with as much chance in them that many senders do not come back together:
 * between half and all of the time.
 */
export class Backoff {
  failures = 0;
  private readonly options: BackoffOptions;

  constructor(options: Partial<BackoffOptions> = {}) {
    this.options = { ...DEFAULTS, ...options };
  }

  /** Milliseconds until the next attempt; never less than the service asked for. */
  failed(atLeast = 0): number {
    const { first, most, random } = this.options;
    const full = Math.min(most, first * 2 ** Math.min(this.failures++, 30));
    return Math.max(atLeast, full * (0.5 + 0.5 * random()));
  }

  succeeded(): void {
    this.failures = 0;
  }
}
