/** Milliseconds without news after which a stream counts as stalled. */
export const STALLED = 5000;

/**
 * The latest news of each stream, for statuses. Everything else is decided in stream time, which stands still when a
 * stream stalls; what people see must not, so here the clock counts.
 */
export class Latest<T> {
  private readonly news = new Map<string, { value: T; heard: number }>();

  constructor(private readonly now = () => performance.now()) {}

  set(stream: string, value: T): void {
    this.news.set(stream, { value, heard: this.now() });
  }

  get(stream: string): T | undefined {
    return this.news.get(stream)?.value;
  }

  delete(stream: string): void {
    this.news.delete(stream);
  }

  /** Streams that have not ended, stalled ones included. */
  get size(): number {
    return this.news.size;
  }

  /** News of the streams that go on. */
  fresh(): T[] {
    const least = this.now() - STALLED;
    return [...this.news.values()].filter(({ heard }) => heard >= least).map(({ value }) => value);
  }
}
