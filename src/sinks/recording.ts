import { join } from 'node:path';
import type { AudioInfo, CallInfo } from '../core/messages';
import { bootId } from './boot-id';
import {
  type Draft,
  type FinishedRecording,
  PARTIAL_FOLDER,
  partialPath,
  removeFile,
  type Shelf,
  writeDraft,
} from './shelf';
import type { RecordedPart } from './sidecar';
import { type Files, WavWriter } from './wav-writer';

export interface RecordingOptions {
  dir: string;
  /** Name in the folder of unfinished files. */
  name: string;
  files: Files;
  sidecar: boolean;
  call: CallInfo;
  /** Where a part of a call that began in another file starts, stream ms. */
  start?: number;
}

/** Everything one recording writes. Rejects with the system's errors; what was written before stays. */
export class Recording {
  call: CallInfo;
  /** End of the last audio, stream ms. */
  end: number;
  /** Stream time before which no further attempt to write is made, ms. */
  retryAt = Number.NEGATIVE_INFINITY;
  /** Seconds recorded. */
  length = 0;
  readonly name: string;
  private readonly parts: RecordedPart[] = [];
  private readonly positions: number[] = [];
  private writer?: WavWriter;

  constructor(private readonly options: RecordingOptions) {
    this.name = options.name;
    this.call = this.part(options.call);
    this.end = this.call.start_time_ms;
  }

  /** What a message says of the call, `seconds` of audio long. */
  heard({ call, time, end }: AudioInfo, seconds: number): void {
    if (seconds > 0) this.end = time + seconds * 1000;
    if (call) {
      this.call = this.part(call);
      return;
    }
    const { call: own } = this;
    own.length += seconds;
    own.stop_time_ms = Math.round(this.end);
    own.stop_time = Math.floor(this.end / 1000);
    if (end) own.state = 'ended';
  }

  /** Appends a message's samples. */
  async append(samples: Buffer, info: AudioInfo): Promise<void> {
    const { dir, files } = this.options;
    if (!this.writer) {
      await files.mkdir(join(dir, PARTIAL_FOLDER), { recursive: true });
      await writeDraft(this.partial(''), this.draft(), files);
      this.writer = await WavWriter.create(this.partial('.wav'), info.rate, files);
    }
    const before = this.length;
    await this.writer.write(samples);
    this.length = this.writer.seconds;
    this.locate(before, info);
  }

  /** Moves the recording to its place; undefined when it is shorter than `least` seconds, and deleted. */
  async finish(least: number, shelf: Shelf): Promise<FinishedRecording | undefined> {
    const { writer, call, length, parts, positions, name } = this;
    await writer?.close();
    this.writer = undefined;
    if (length === 0 || length < least || call.encrypted) {
      for (const extension of ['.wav', '.json']) await removeFile(this.partial(extension), this.options.files);
      return undefined;
    }
    if (call.state === 'active') Object.assign(call, { state: 'ended', reason: 'stream_end' });
    return shelf.put(name, this.draft(), { length, parts, positions });
  }

  /** Finds out where the transmissions stand in the file. */
  private locate(before: number, info: AudioInfo): void {
    const { call, parts, positions } = this;
    const sources = call.sources.length;
    const begins = parts.length === 0 || sources > positions.length || parts.at(-1)!.freq !== call.freq;
    if (begins && parts.length < 1000) {
      parts.push({ freq: call.freq, time: info.time, pos: before, len: 0, error_count: 0, spike_count: 0 });
    }
    while (positions.length < sources) positions.push(before);
    const part = parts.at(-1)!;
    const earlier = parts.slice(0, -1);
    part.len = this.length - part.pos;
    part.error_count = Math.max(0, call.error_count - sum(earlier, 'error_count'));
    part.spike_count = Math.max(0, call.spike_count - sum(earlier, 'spike_count'));
  }

  /** The call as this file has it. */
  private part(call: CallInfo): CallInfo {
    const { start, call: first } = this.options;
    if (start === undefined) return { ...call };
    return {
      ...call,
      start_time_ms: start,
      start_time: Math.floor(start / 1000),
      // The one that was running when this file began, and those after it.
      sources: call.sources.slice(Math.max(0, first.sources.length - 1)),
      error_count: call.error_count - first.error_count,
      spike_count: call.spike_count - first.spike_count,
    };
  }

  private draft(): Draft {
    return { call: this.call, sidecar: this.options.sidecar, boot: bootId() };
  }

  private partial(extension: string): string {
    return partialPath(this.options.dir, this.name) + extension;
  }
}

function sum(parts: RecordedPart[], field: 'error_count' | 'spike_count'): number {
  return parts.reduce((total, part) => total + part[field], 0);
}
