/** A step forward that is longer (ms) is another recording's time, and no time that has passed. */
const LONGEST_STEP = 3_600_000;
/** Stream time (ms) that another source runs on, while the one that is gone by is silent, until it is gone by that. */
const SILENT = 10_000;
const MAX_SOURCES = 256;

/**
 * Stream time as it passes for what is asked for minutes. Sources have clocks of their own, and time goes back where a
 * recording begins again: one source after another is gone by, and what counts is how far it runs on.
 */
export class StreamClock {
  /** ms since the beginning. */
  now = 0;
  private leader = '';
  /** Latest time of each source, and how far it ran on since the leader last did, ms. */
  private readonly sources = new Map<string, { time: number; ahead: number }>();

  /** A source has come to a time, ms. */
  observe(source: string, time: number): void {
    this.leader ||= source;
    const known = this.sources.get(source);
    const step = known ? time - known.time : 0;
    const passed = step > 0 && step <= LONGEST_STEP ? step : 0;
    // What is late in its stream moves nothing; a recording that begins again goes on from there.
    const after = step < 0 && step > -SILENT ? known!.time : time;
    this.sources.delete(source);
    this.sources.set(source, { time: after, ahead: (known?.ahead ?? 0) + passed });
    if (this.sources.size > MAX_SOURCES) this.sources.delete(this.sources.keys().next().value!);
    if (passed === 0) return;
    if (source !== this.leader && this.sources.get(source)!.ahead < SILENT) return;
    this.now += source === this.leader ? passed : this.sources.get(source)!.ahead;
    this.leader = source;
    for (const one of this.sources.values()) one.ahead = 0;
  }
}
