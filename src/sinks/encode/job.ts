import { open, readFile } from 'node:fs/promises';
import { TrunkflowError } from '../../core/errors';
import type { RecordingFormat } from '../formats';
import { evenOut } from '../loudness/even-out';
import { WAV_HEADER_BYTES } from '../wav-writer';
import { usualBitrate } from './bitrates';
import type { AudioTags, Encode, PcmAudio } from './encoder';
import { encodeM4a } from './m4a';
import { encodeMp3 } from './mp3';
import { encodeOpus } from './opus';
import { encodeWav } from './wav';

/** What is to be made of a recording. */
export interface EncodeJob {
  /** Path of the WAV file, as WavWriter makes it. */
  source: string;
  /** Path of the file to make. */
  target: string;
  format: RecordingFormat;
  /** bit/s; absent: what is usual. */
  bitrate?: number;
  tags: AudioTags;
  /** Absent: the sound stays as it is. */
  loudness?: {
    /** LUFS. */
    target: number;
    /** Of the talkgroup's calls before, LUFS, where known. */
    usual?: number;
    /** Where each transmission begins, seconds. */
    starts: number[];
  };
}

export interface EncodeResult {
  /** Loudness before, LUFS (-Infinity: silence), and over how many seconds of speech; absent when not measured. */
  loudness?: number;
  speech?: number;
}

/** Each loads what it needs when it is first used. */
const ENCODERS: Readonly<Record<RecordingFormat, Encode>> = {
  wav: encodeWav,
  mp3: encodeMp3,
  opus: encodeOpus,
  m4a: encodeM4a,
};

/** Does a job; the file is on the disk when it resolves. Rejects with the system's or a TrunkflowError. */
export async function encodeFile(job: EncodeJob): Promise<EncodeResult> {
  const { source, target, format, bitrate, tags } = job;
  let audio = await readWav(source);
  const result: EncodeResult = {};
  if (job.loudness) {
    const { samples, before, speech } = level(audio, job.loudness);
    audio = { samples, rate: audio.rate };
    Object.assign(result, { loudness: before, speech });
  }
  const file = await ENCODERS[format](
    audio,
    bitrate ?? (format === 'wav' ? 0 : usualBitrate(format, audio.rate)),
    tags,
  );
  const handle = await open(target, 'w');
  try {
    await handle.writeFile(file);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return result;
}

function level({ samples, rate }: PcmAudio, { target, usual, starts }: NonNullable<EncodeJob['loudness']>) {
  const edges = [...new Set([0, ...starts.map((seconds) => Math.round(seconds * rate))])]
    .filter((edge) => edge < samples.length)
    .sort((a, b) => a - b);
  const stretches = edges.map((edge, i) => [edge, edges[i + 1] ?? samples.length] as const);
  return evenOut(samples, rate, stretches, target, usual);
}

async function readWav(path: string): Promise<PcmAudio> {
  const file = await readFile(path);
  if (file.length < WAV_HEADER_BYTES || file.toString('latin1', 0, 4) !== 'RIFF')
    throw new TrunkflowError('bad-file', `Not a recording: ${path}`);
  const samples = new Int16Array((file.length - WAV_HEADER_BYTES) >> 1);
  for (let i = 0; i < samples.length; i++) samples[i] = file.readInt16LE(WAV_HEADER_BYTES + 2 * i);
  return { samples, rate: file.readUInt32LE(24) };
}
