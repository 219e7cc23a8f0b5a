import type { TrunkflowError } from '../../src/core/errors';
import type { StreamMessage } from '../../src/core/messages';
import type { SourceSink, SourceStatus } from '../../src/sources/source';

/** A sink that keeps all it is given and lets a test wait for what it needs, without a clock. */
export class RecordingSink implements SourceSink {
  readonly messages: StreamMessage[] = [];
  readonly statuses: SourceStatus[] = [];
  readonly errors: TrunkflowError[] = [];
  drained?: () => Promise<void>;
  private waiting: { ready: () => boolean; resolve: () => void }[] = [];

  block(message: StreamMessage): void {
    this.messages.push(message);
    this.changed();
  }

  status(status: SourceStatus): void {
    this.statuses.push(status);
    this.changed();
  }

  error(error: TrunkflowError): void {
    this.errors.push(error);
    this.changed();
  }

  /** Resolves as soon as this holds; the test's own timeout ends a vain wait. */
  until(ready: () => boolean): Promise<void> {
    if (ready()) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push({ ready, resolve }));
  }

  untilState(state: SourceStatus['state']): Promise<void> {
    return this.until(() => this.statuses.at(-1)?.state === state);
  }

  untilBytes(count: number): Promise<void> {
    return this.until(() => this.bytes().length >= count);
  }

  bytes(): Buffer {
    return Buffer.concat(this.messages.map((message) => message.payload));
  }

  private changed(): void {
    const still = this.waiting.filter((wait) => !wait.ready());
    const done = this.waiting.filter((wait) => !still.includes(wait));
    this.waiting = still;
    for (const wait of done) wait.resolve();
  }
}

/** Everything a stream's receivers rely on: blocks in order, times from the sample count, one end at the end. */
export function checkStream(messages: StreamMessage[]): void {
  let next = 0;
  for (const [index, { port, payload, info }] of messages.entries()) {
    if (port !== 'iq' && port !== 'audio') throw new Error(`unexpected port ${port}`);
    if (index > 0 && info.seq <= messages[index - 1].info.seq && !messages[index - 1].info.end)
      throw new Error(`seq ${info.seq} after ${messages[index - 1].info.seq}`);
    if (payload.length > 128 * 1024) throw new Error(`block of ${payload.length} bytes`);
    if (port !== 'iq') continue;
    if (info.seq === 0) next = 0;
    if (info.sample !== next + info.dropped)
      throw new Error(`sample ${info.sample}, expected ${next} + ${info.dropped}`);
    const start = info.time - (1000 * info.sample) / info.rate;
    if (Math.abs(start - Math.round(start)) > 1e-3) throw new Error(`stream starts at a fraction: ${start}`);
    next = info.sample + payload.length / { cu8: 2, cs8: 2, cs16: 4, cf32: 8 }[info.format];
  }
}
