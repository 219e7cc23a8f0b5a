import { access, constants, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { TrunkflowError } from '../../core/errors';
import type { IqFormat } from '../../core/messages';
import { checkRate } from '../settings';
import type { SignalFormat } from '../stream-writer';
import { type ByteReader, FileReader } from './byte-reader';
import { decodeToWav } from './decoder';
import { ENCODING_BYTES, type Encoding, IQ_ENCODING, iqFormat } from './encoding';
import { readFileName } from './file-name';
import { isSigmf, readSigmf } from './sigmf';
import { readWavHeader, type WavHeader } from './wav-header';

/** What the person knows about a recording; it counts more than what the file says. */
export interface FileHints {
  /** A stereo WAV can be either; default: IQ when there are two channels, discriminator audio when there is one. */
  kind?: 'iq' | 'audio';
  /** Default 'auto': by the file's first bytes and the end of its name. */
  format?: 'auto' | 'wav' | 'sigmf' | SignalFormat;
  /** Samples per second. */
  rate?: number;
  /** Centre frequency, Hz. */
  center?: number;
  /** Time of the first sample, ms since 1970. */
  startTime?: number;
}

/** A recording: what it is and where its samples are. */
export interface SignalFile {
  /** The file that holds the samples. */
  path: string;
  kind: 'iq' | 'audio';
  container: 'raw' | 'wav' | 'sigmf' | 'compressed';
  /** How its samples are sent. */
  format: SignalFormat;
  /** How its samples are stored. */
  encoding: Encoding;
  channels: number;
  /** Samples per second. */
  rate: number;
  /** Centre frequency, Hz; 0 when unknown. */
  center: number;
  /** Time of the first sample, whole ms since 1970. */
  startTime: number;
  /** Where that time comes from; 'modified' is the file's last change less its duration. */
  startTimeFrom: 'given' | 'header' | 'name' | 'modified';
  dataOffset: number;
  /** Number of whole samples; undefined for a compressed file. */
  samples?: number;
  /** Seconds. */
  duration?: number;
  /** What a person should know, e.g. that the file is shorter than its header says. */
  notes: string[];
}

/** What a container tells; the rest comes from the name or the person. */
interface Facts {
  path: string;
  container: SignalFile['container'];
  kind?: 'iq' | 'audio';
  encoding: Encoding;
  channels?: number;
  rate?: number;
  center?: number;
  startTime?: number;
  dataOffset: number;
  dataBytes?: number;
  notes?: string[];
}

/** Raw samples by the end of the name. */
const RAW: Record<string, SignalFormat> = {
  '.cu8': 'cu8',
  '.cs8': 'cs8',
  '.cs16': 'cs16',
  '.cf32': 'cf32',
  '.cfile': 'cf32',
  '.fc32': 'cf32',
  '.sc16': 'cs16',
  '.complex16u': 'cu8',
  '.complex16s': 'cs8',
  '.s16': 's16',
};
const COMPRESSED = ['.flac', '.mp3', '.ogg', '.opus', '.m4a', '.aac', '.wma', '.aif', '.aiff'];
const WAV = ['.wav', '.wave', '.rf64', '.bw64'];

/** Header sizes beyond this cannot be right in a RIFF file. */
const RIFF_LIMIT = 2 ** 32;

/**
 * Finds out what a recording is, from its header, its name and the hints. Throws 'bad-file' when it cannot be read or
 * is none, 'bad-setting' when something must be told, 'missing-program' for compressed files without ffmpeg or sox.
 */
export async function describeSignalFile(path: string, hints: FileHints = {}): Promise<SignalFile> {
  const facts = await readFacts(path, hints);
  const { size, mtimeMs } = await inspect(facts.path);
  const name = readFileName(basename(path));
  const channels = facts.channels ?? (facts.kind === 'iq' ? 2 : 1);
  const kind = hints.kind ?? facts.kind ?? (channels === 2 ? 'iq' : 'audio');
  if (kind === 'iq' && channels !== 2) throw notIq(facts.path, channels);
  if (kind === 'audio' && facts.kind === 'iq') throw notAudio(facts.path);
  const rate = hints.rate ?? facts.rate ?? name.rate;
  if (rate === undefined) throw unknownRate(facts.path);
  checkRate(rate);

  const notes = [...(facts.notes ?? [])];
  const frame = ENCODING_BYTES[facts.encoding] * channels;
  let samples: number | undefined;
  if (facts.container !== 'compressed') {
    const there = Math.max(0, size - facts.dataOffset);
    const told = size > RIFF_LIMIT && facts.dataBytes! < RIFF_LIMIT ? undefined : facts.dataBytes;
    if (told !== undefined && told > there)
      notes.push(`The file is cut off: its header tells ${told} bytes of samples, ${there} are there`);
    samples = Math.floor(Math.min(told ?? there, there) / frame);
    if (samples === 0) throw empty(facts.path);
  }
  const duration = samples === undefined ? undefined : samples / rate;
  const [startTime, startTimeFrom] =
    hints.startTime !== undefined
      ? ([hints.startTime, 'given'] as const)
      : facts.startTime !== undefined
        ? ([facts.startTime, 'header'] as const)
        : name.startTime !== undefined
          ? ([name.startTime, 'name'] as const)
          : ([mtimeMs - 1000 * (duration ?? 0), 'modified'] as const);
  return {
    path: facts.path,
    kind,
    container: facts.container,
    format: kind === 'iq' ? iqFormat(facts.encoding) : 's16',
    encoding: facts.encoding,
    channels,
    rate,
    center: hints.center ?? facts.center ?? name.center ?? 0,
    startTime: Math.floor(startTime),
    startTimeFrom,
    dataOffset: facts.dataOffset,
    samples,
    duration,
    notes,
  };
}

/** A reader that stands at the recording's first sample, and a check to make after its last. `stop` ends a decoder. */
export async function openSignal(
  file: SignalFile,
  stop?: AbortSignal,
): Promise<{ reader: ByteReader; check(): Promise<void> }> {
  if (file.container === 'compressed') {
    const decoding = await decodeToWav(file.path, stop);
    await readDecoded(decoding, file.path);
    return decoding;
  }
  const reader = await FileReader.open(file.path);
  await reader.skip(file.dataOffset);
  return { reader, check: async () => {} };
}

async function readFacts(path: string, { format = 'auto', kind }: FileHints): Promise<Facts> {
  if (format === 'sigmf' || (format === 'auto' && isSigmf(path))) {
    const { dataPath, ...facts } = await readSigmf(path);
    return { ...facts, path: dataPath, container: 'sigmf' };
  }
  await inspect(path);
  const end = extname(path).toLowerCase();
  if (end === '.sigmf') throw archive(path);
  if (format !== 'auto' && format !== 'wav') return rawFacts(path, format);
  if (format === 'wav' || WAV.includes(end) || (!RAW[end] && (await beginsLikeWav(path)))) {
    const reader = await FileReader.open(path);
    try {
      return { path, container: 'wav', ...(await readWavHeader(reader, path)) };
    } finally {
      await reader.close();
    }
  }
  if (COMPRESSED.includes(end)) {
    const decoding = await decodeToWav(path);
    try {
      return { path, container: 'compressed', ...(await readDecoded(decoding, path)) };
    } finally {
      await decoding.reader.close();
    }
  }
  if (/^gqrx_.*_fc\.raw$/.test(basename(path))) return rawFacts(path, 'cf32');
  const raw = RAW[end];
  if (raw) return rawFacts(path, raw);
  throw unknownFormat(path, kind);
}

function rawFacts(path: string, format: SignalFormat): Facts {
  const audio = format === 's16';
  return {
    path,
    container: 'raw',
    kind: audio ? 'audio' : 'iq',
    encoding: audio ? 's16' : IQ_ENCODING[format as IqFormat],
    channels: audio ? 1 : 2,
    dataOffset: 0,
  };
}

async function readDecoded(
  { reader, check }: Awaited<ReturnType<typeof decodeToWav>>,
  path: string,
): Promise<WavHeader> {
  try {
    return await readWavHeader(reader, path);
  } catch (error) {
    // The program's own words tell more than the missing header.
    if (reader.position < 12) await check();
    throw error;
  }
}

async function beginsLikeWav(path: string): Promise<boolean> {
  const reader = await FileReader.open(path);
  const magic = Buffer.alloc(4);
  await reader.read(magic);
  await reader.close();
  return ['RIFF', 'RF64', 'BW64'].includes(magic.toString('latin1'));
}

/** Throws 'bad-file' unless this is a file that can be read. */
async function inspect(path: string): Promise<{ size: number; mtimeMs: number }> {
  if (!path) throw new TrunkflowError('bad-setting', 'No file is chosen', { status: 'no file' });
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw unreadable(path, 'It is a folder', 'Choose a file in it', 'is a folder');
    if (!found.isFile())
      throw unreadable(
        path,
        'It is not a regular file',
        'To read a pipe, use a command source: cat PATH',
        'not a file',
      );
    await access(path, constants.R_OK);
    return found;
  } catch (error) {
    if (error instanceof TrunkflowError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw unreadable(
        path,
        'There is no such file',
        'Check the path, as this program sees it',
        'file not found',
        error,
      );
    if (code === 'EACCES' || code === 'EPERM')
      throw unreadable(
        path,
        'It may not be read',
        'Give the user Node-RED runs as the right to',
        'no permission',
        error,
      );
    throw unreadable(path, message, 'Check the path', 'cannot read file', error);
  }
}

function unreadable(path: string, what: string, hint: string, status: string, cause?: unknown): TrunkflowError {
  return new TrunkflowError('bad-file', `${path}: ${what}`, { hint, status, cause });
}

export function empty(path: string): TrunkflowError {
  return unreadable(path, 'It holds no samples', 'Record it again, or choose another file', 'empty file');
}

function archive(path: string): TrunkflowError {
  return unreadable(path, 'SigMF archives are not read', `Unpack it: tar xf ${basename(path)}`, 'packed SigMF');
}

function notIq(path: string, channels: number): TrunkflowError {
  return new TrunkflowError('bad-file', `${path} is not an IQ recording`, {
    expected: 'two channels, I and Q',
    got: `${channels} channel${channels === 1 ? '' : 's'}`,
    hint:
      channels === 1 ? 'If it is discriminator audio, choose that as its kind' : 'Extract I and Q into two channels',
    status: 'not IQ',
  });
}

function notAudio(path: string): TrunkflowError {
  return new TrunkflowError('bad-file', `${path} is not an audio recording`, {
    got: 'complex samples (IQ)',
    hint: 'Choose IQ as its kind',
    status: 'not audio',
  });
}

function unknownRate(path: string): TrunkflowError {
  return new TrunkflowError('bad-setting', `The sample rate of ${path} is not known`, {
    hint: 'Set it, or write it into the name, e.g. site_2400k.cu8',
    status: 'no sample rate',
  });
}

function unknownFormat(path: string, kind: FileHints['kind']): TrunkflowError {
  return new TrunkflowError('bad-setting', `The sample format of ${path} is not known`, {
    expected: kind === 'audio' ? 's16, WAV, FLAC or MP3' : 'cu8, cs8, cs16, cf32, WAV or SigMF',
    hint: 'Choose the format, or rename the file so that its name ends in it, e.g. site_2400k.cu8',
    status: 'unknown format',
  });
}
