import { sharedBuffer } from '../core/shared-buffer';
import type { Counters } from '../core/stage';
import { countClipped } from './clipping';
import type { SourceSink } from './source';
import { blockSamples, SAMPLE_BYTES, type StreamDescription, StreamWriter } from './stream-writer';

/** Stream time may leave the clock by this much before it is set right, ms. */
const MOST_DRIFT = 2000;
/** More than this is no loss: the clock was set, or the computer slept, ms. */
const MOST_LOSS = 60_000;
/** The clock is judged by the least delay within this much signal, so that a busy moment is not taken for a loss, s. */
const DRIFT_WINDOW = 10;
/** A program may send this much too early, ms ... */
const LEAD = 500;
/** ... and a receiver's crystal may be this much too fast, before it counts as faster than real time. */
const CRYSTAL_ERROR = 100e-6;

/**
 * The stream of a live source: regroups bytes that come in any portions into blocks, stamps them, and counts. Time runs
 * with the samples; what an interruption cost is measured with the clock. A crystal's error adds up, over hours: when
 * stream time has left the clock by two seconds, it jumps ahead (as after lost samples) or, as it cannot jump back or
 * far, the stream ends and begins anew.
 */
export class LiveStream {
  private readonly sampleBytes: number;
  private readonly blockBytes: number;
  private writer?: StreamWriter;
  private block: Buffer;
  private fill = 0;
  private interrupted = false;
  private discarding = 0;
  private leastDelay = Number.POSITIVE_INFINITY;
  private windowEnd = 0;
  /** Where real time is counted from: the stream's time and the steady clock, ms. */
  private origin = { time: 0, elapsed: 0 };
  private readonly counts = { blocks: 0, samples: 0, dropped: 0, gaps: 0, checked: 0, clipped: 0 };

  /**
   * @param now the clock, ms since 1970
   * @param elapsed a clock that nobody sets, ms
   */
  constructor(
    private readonly description: StreamDescription,
    private readonly sink: SourceSink,
    private readonly now: () => number = Date.now,
    private readonly elapsed: () => number = () => performance.now(),
  ) {
    this.sampleBytes = SAMPLE_BYTES[description.format];
    this.blockBytes = blockSamples(description.rate, description.format) * this.sampleBytes;
    this.block = sharedBuffer(this.blockBytes);
  }

  /** Takes the next bytes; they are copied. A sample may be split between two calls. */
  write(bytes: Uint8Array): void {
    this.writer ??= this.begin(bytes.length);
    if (this.interrupted) this.resume(bytes.length);
    let from = Math.min(this.discarding, bytes.length);
    this.discarding -= from;
    while (from < bytes.length) {
      const count = Math.min(bytes.length - from, this.blockBytes - this.fill);
      this.block.set(bytes.subarray(from, from + count), this.fill);
      this.fill += count;
      from += count;
      if (this.fill === this.blockBytes) this.send();
    }
  }

  /** The signal broke off: what follows belongs to a later time, and its first byte begins a sample. */
  interrupt(): void {
    this.send();
    this.discarding = 0;
    this.interrupted = this.writer !== undefined;
  }

  /**
   * The receiver is tuned elsewhere. What is under way still belongs to the old frequency.
   * @param settle how much of the following signal to leave out, ms
   */
  retune(center: number, settle: number): void {
    const pending = this.fill % this.sampleBytes;
    this.send();
    this.description.center = center;
    if (!this.writer) return;
    this.writer.center = center;
    if (this.interrupted) return;
    const samples = Math.max(1, Math.ceil((settle * this.description.rate) / 1000));
    this.discarding += samples * this.sampleBytes - pending;
    this.lose(samples);
  }

  /** Ends the stream, if it has begun; the next bytes begin a new one. */
  end(): void {
    this.send();
    if (this.writer) void this.sink.block(this.writer.end());
    this.writer = undefined;
    this.interrupted = false;
    this.discarding = 0;
  }

  /** How long to take nothing more from a program that is faster than real time, ms; 0 normally. */
  get excess(): number {
    if (!this.writer) return 0;
    const elapsed = this.elapsed() - this.origin.elapsed;
    const signal = this.writer.time + this.milliseconds(this.fill) - this.origin.time;
    return Math.max(0, signal - elapsed - LEAD - CRYSTAL_ERROR * elapsed);
  }

  counters(): Counters {
    return { ...this.counts };
  }

  private begin(bytes: number): StreamWriter {
    this.startWindow(0);
    const writer = new StreamWriter(this.description, this.now() - this.milliseconds(bytes));
    this.countFrom(writer.time, bytes);
    return writer;
  }

  private resume(bytes: number): void {
    this.interrupted = false;
    this.catchUp(this.now() - this.milliseconds(bytes) - this.writer!.time, bytes);
  }

  /** Brings stream time to the clock, which is so far ahead of it; `bytes` came just now. */
  private catchUp(delay: number, bytes: number): void {
    if (delay > MOST_LOSS || delay < -MOST_DRIFT) {
      void this.sink.block(this.writer!.end());
      this.writer = this.begin(bytes);
      return;
    }
    this.lose(Math.max(0, Math.round((delay * this.description.rate) / 1000)));
    this.countFrom(this.writer!.time, bytes);
  }

  /** From here on the signal is compared with real time; `bytes` of it came just now. */
  private countFrom(time: number, bytes: number): void {
    this.origin = { time, elapsed: this.elapsed() - this.milliseconds(bytes) };
  }

  private lose(samples: number): void {
    this.writer!.skip(samples);
    this.counts.gaps++;
    this.counts.dropped += samples;
    this.startWindow(this.writer!.sample);
  }

  private send(): void {
    const bytes = this.fill - (this.fill % this.sampleBytes);
    this.fill = 0;
    if (bytes === 0) return;
    const payload = this.block.subarray(0, bytes);
    this.block = sharedBuffer(this.blockBytes);
    const { checked, clipped } = countClipped(payload, this.description.format);
    this.counts.checked += checked;
    this.counts.clipped += clipped;
    this.counts.blocks++;
    this.counts.samples += bytes / this.sampleBytes;
    void this.sink.block(this.writer!.block(payload));
    this.compareClock();
  }

  private compareClock(): void {
    const writer = this.writer!;
    this.leastDelay = Math.min(this.leastDelay, this.now() - writer.time);
    if (writer.sample < this.windowEnd) return;
    const delay = this.leastDelay;
    this.startWindow(writer.sample);
    if (Math.abs(delay) > MOST_DRIFT) this.catchUp(delay, 0);
  }

  private startWindow(sample: number): void {
    this.windowEnd = sample + DRIFT_WINDOW * this.description.rate;
    this.leastDelay = Number.POSITIVE_INFINITY;
  }

  private milliseconds(bytes: number): number {
    return (1000 * bytes) / this.sampleBytes / this.description.rate;
  }
}
