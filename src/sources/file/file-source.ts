import { asTrunkflowError } from '../../core/errors';
import type { Control, IqFormat } from '../../core/messages';
import { sharedBuffer } from '../../core/shared-buffer';
import type { Counters } from '../../core/stage';
import { countClipped } from '../clipping';
import { cannot, frequencyText } from '../settings';
import type { Source, SourceSink } from '../source';
import { StartStop, untilStopped } from '../start-stop';
import { blockSamples, SAMPLE_BYTES, StreamWriter } from '../stream-writer';
import { type Convert, converter, ENCODING_BYTES } from './encoding';
import { Pacer } from './pacer';
import { describeSignalFile, empty, type FileHints, openSignal, type SignalFile } from './signal-file';

interface Playback {
  stream: string;
  path: string;
  /** 'realtime' as it was recorded, 'fast' as fast as it is taken, 'loop' in real time again and again. */
  mode?: 'realtime' | 'fast' | 'loop';
  /** Samples per second, if the file does not say or says it wrong. */
  rate?: number;
  /** Centre frequency (audio: channel frequency), Hz. */
  center?: number;
  /** Time of the first sample, ms since 1970. */
  startTime?: number;
}

export interface IqFileOptions extends Playback {
  driver: 'iq-file';
  format?: 'auto' | 'wav' | 'sigmf' | IqFormat;
}

/** The unfiltered output of an FM discriminator. */
export interface AudioFileOptions extends Playback {
  driver: 'audio-file';
  format?: 'auto' | 'wav' | 'sigmf' | 's16';
  /** Which channel of a stereo file to take. */
  channel?: 'left' | 'right';
}

/**
 * Plays a recording. Nothing is lost: each block is awaited. Looped, the stream's time goes on as if the recording
 * were that long.
 */
export class FileSource implements Source {
  readonly lossless = true;
  private readonly turns = new StartStop();
  private playing?: Promise<void>;
  private readonly counts = { blocks: 0, samples: 0, loops: 0, checked: 0, clipped: 0 };

  /** @param now the clock that paces 'realtime' and 'loop', ms; only goes forward */
  constructor(
    private readonly options: IqFileOptions | AudioFileOptions,
    private readonly sink: SourceSink,
    private readonly now?: () => number,
  ) {}

  /** Resolves when the file is found good and begins to play. */
  start(): Promise<void> {
    return this.turns.start(async (stop) => {
      if (this.playing) return;
      const file = await this.open();
      this.playing = this.play(file, stop);
    });
  }

  async stop(): Promise<void> {
    await this.turns.stop(async () => this.playing);
  }

  async control(command: Control): Promise<void> {
    for (const name of ['tune', 'gain', 'ppm'])
      if (command[name] !== undefined)
        throw cannot(`A recording has no ${name} to change`, 'Open another channel of it in the channelizer');
    if (command.stop) await this.stop();
    if (command.start) await this.start();
  }

  counters(): Counters {
    return { ...this.counts };
  }

  private async open(): Promise<SignalFile> {
    this.sink.status({ state: 'starting', text: 'opening' });
    try {
      const file = await describeSignalFile(this.options.path, this.hints());
      this.sink.status({ state: 'running', text: file.center ? frequencyText(file.center) : 'playing' });
      return file;
    } catch (error) {
      const failure = asTrunkflowError(error, 'bad-file', `${this.options.path} cannot be played`);
      this.sink.status({ state: 'failed', text: failure.status });
      throw failure;
    }
  }

  private hints(): FileHints {
    const { driver, format, rate, center, startTime } = this.options;
    return { kind: driver === 'iq-file' ? 'iq' : 'audio', format, rate, center, startTime };
  }

  private async play(file: SignalFile, stop: AbortSignal): Promise<void> {
    const { mode = 'realtime', stream } = this.options;
    const writer = new StreamWriter(
      { stream, format: file.format, rate: file.rate, center: file.center },
      file.startTime,
    );
    const pacer = mode === 'fast' ? undefined : new Pacer(this.now);
    let failed = '';
    try {
      do {
        const before = writer.sample;
        await this.playOnce(file, writer, pacer, stop);
        // A file that was emptied meanwhile would be read again and again.
        if (writer.sample === before && !stop.aborted) throw empty(file.path);
        this.counts.loops++;
      } while (mode === 'loop' && !stop.aborted);
    } catch (error) {
      const failure = asTrunkflowError(error, 'bad-file', `Reading ${file.path} failed`);
      failed = failure.status;
      this.sink.error(failure);
    }
    if (writer.sample > 0) {
      await untilStopped(this.sink.drained?.(), stop);
      await untilStopped(this.sink.block(writer.end()), stop);
    }
    this.playing = undefined;
    if (failed) this.sink.status({ state: 'failed', text: failed });
    else this.sink.status(stop.aborted ? { state: 'stopped', text: 'stopped' } : { state: 'ended', text: 'ended' });
  }

  private async playOnce(file: SignalFile, writer: StreamWriter, pacer: Pacer | undefined, stop: AbortSignal) {
    const { reader, check } = await openSignal(file, stop);
    const channel = this.options.driver === 'audio-file' && this.options.channel === 'right' ? file.channels - 1 : 0;
    const convert = converter(file.encoding, file.channels, file.format, channel);
    const frame = ENCODING_BYTES[file.encoding] * file.channels;
    const size = SAMPLE_BYTES[file.format];
    const most = blockSamples(file.rate, file.format);
    const scratch = convert && Buffer.alloc(most * frame);
    try {
      for (let left = file.samples ?? Number.POSITIVE_INFINITY; left > 0 && !stop.aborted; ) {
        const block = sharedBuffer(most * size);
        const wanted = Math.min(most, left);
        const samples = await this.fill(reader, scratch ?? block, wanted, frame);
        if (samples === 0) break;
        if (scratch) (convert as Convert)(scratch, samples, block);
        left -= samples;
        await pacer?.wait((writer.sample + samples) / file.rate, stop);
        if (stop.aborted) break;
        const message = writer.block(block.subarray(0, samples * size));
        this.count(message.payload, samples, file);
        await untilStopped(this.sink.block(message), stop);
      }
      if (!stop.aborted) await check();
    } finally {
      await reader.close();
    }
  }

  /** Gives the number of whole samples read; a part of one at the end is left out. */
  private async fill(reader: { read(into: Buffer): Promise<number> }, into: Buffer, samples: number, frame: number) {
    return Math.floor((await reader.read(into.subarray(0, samples * frame))) / frame);
  }

  private count(payload: Buffer, samples: number, file: SignalFile): void {
    const { checked, clipped } = countClipped(payload, file.format);
    this.counts.blocks++;
    this.counts.samples += samples;
    this.counts.checked += checked;
    this.counts.clipped += clipped;
  }
}
