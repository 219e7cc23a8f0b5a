import type { Readable } from 'node:stream';
import { asTrunkflowError, TrunkflowError } from '../core/errors';
import { sharedBuffer } from '../core/shared-buffer';
import { StreamReader } from '../sources/file/byte-reader';
import { checkRate } from '../sources/settings';
import { blockSamples, SAMPLE_BYTES, type SignalFormat, StreamWriter } from '../sources/stream-writer';
import type { PlayOptions, SignalInput, Take } from './signal-input';

export interface PipeDescription {
  format: SignalFormat;
  /** Samples per second. */
  rate: number;
  /** Hz; 0 when unknown. */
  center: number;
}

/** Raw samples that another program pours in, e.g. on standard input. Times are those of the clock when it begins. */
export class PipedInput implements SignalInput {
  readonly kind: 'iq' | 'audio';
  readonly format: SignalFormat;
  readonly rate: number;
  readonly center: number;
  private readonly reader: StreamReader;
  /** What was played and will be played again. */
  private kept: Buffer[] = [];
  private start?: number;

  /** @throws TrunkflowError 'bad-setting' for an impossible rate */
  constructor(from: Readable, { format, rate, center }: PipeDescription) {
    this.kind = format === 's16' ? 'audio' : 'iq';
    this.format = format;
    this.rate = checkRate(rate);
    this.center = center;
    this.reader = new StreamReader(from, async () => {});
  }

  async play(take: Take, { seconds = Number.POSITIVE_INFINITY, again = false, stop }: PlayOptions = {}) {
    const { format, rate, center } = this;
    const close = () => void this.reader.close();
    stop?.addEventListener('abort', close);
    try {
      const before = this.kept;
      if (!again) this.kept = [];
      let writer: StreamWriter | undefined;
      for (let n = 0; !stop?.aborted && (writer?.sample ?? 0) < seconds * rate; n++) {
        const payload = before[n] ?? (await this.read());
        if (payload.length === 0) break;
        if (again && n >= before.length) this.kept.push(payload);
        this.start ??= Date.now();
        writer ??= new StreamWriter({ stream: 'stdin', format, rate, center }, this.start);
        await take(writer.block(payload));
      }
      if (!writer) {
        if (stop?.aborted) return 0;
        throw new TrunkflowError('bad-file', 'No samples came on standard input', {
          hint: 'Run the program that shall write them by itself and see what it says',
        });
      }
      await take(writer.end());
      return writer.sample / rate;
    } finally {
      stop?.removeEventListener('abort', close);
      if (!again) await this.reader.close();
    }
  }

  /** The next block; a part of a sample at the end is left out. */
  private async read(): Promise<Buffer> {
    const size = SAMPLE_BYTES[this.format];
    const block = sharedBuffer(blockSamples(this.rate, this.format) * size);
    try {
      const filled = await this.reader.read(block);
      return block.subarray(0, filled - (filled % size));
    } catch (error) {
      throw asTrunkflowError(error, 'bad-file', 'Reading standard input failed');
    }
  }
}
