import { TrunkflowError } from '../../core/errors';
import type { ByteReader } from './byte-reader';
import type { Encoding } from './encoding';

export interface WavHeader {
  encoding: Encoding;
  channels: number;
  /** Frames per second. */
  rate: number;
  /** Where the samples begin. */
  dataOffset: number;
  /** Bytes of samples as the header tells; undefined when it says "until the end". */
  dataBytes?: number;
  /** From an auxi chunk: Hz, and ms since 1970. */
  center?: number;
  startTime?: number;
}

/** Chunks other than the samples are small; whoever claims more is not believed. */
const MOST_CHUNK = 1 << 20;
/** Sizes that recorders write when they do not know yet. */
const OPEN_ENDED = [0, 0x7fff_ffff, 0xffff_ffff];

/**
 * Reads a WAV file's chunks up to its samples (RIFF per Microsoft "Multimedia Programming Interface and Data
 * Specifications 1.0"; RF64 and BW64 per EBU Tech 3306 and ITU-R BS.2088; auxi as SpectraVue, HDSDR and SDRuno write
 * it). Leaves the reader at the first sample.
 * Throws 'bad-file' for anything else.
 */
export async function readWavHeader(reader: ByteReader, name: string): Promise<WavHeader> {
  const begin = await take(reader, 12);
  const magic = begin?.toString('latin1', 0, 4) ?? '';
  if (!begin || !['RIFF', 'RF64', 'BW64'].includes(magic) || begin.toString('latin1', 8, 12) !== 'WAVE')
    throw badWav(name, 'it does not begin like a WAV file', begin ? printable(begin) : 'an empty or very short file');
  const found: Partial<WavHeader> = {};
  let longBytes: number | undefined;
  for (;;) {
    const head = await take(reader, 8);
    if (!head) throw badWav(name, 'it ends before its samples', 'no "data" chunk');
    const id = head.toString('latin1', 0, 4);
    const size = head.readUInt32LE(4);
    if (id === 'data') {
      if (found.rate === undefined) throw badWav(name, 'its format is missing', 'no "fmt " chunk before the samples');
      const dataBytes = size === 0xffff_ffff && longBytes ? longBytes : OPEN_ENDED.includes(size) ? undefined : size;
      return { ...(found as WavHeader), dataOffset: reader.position, dataBytes };
    }
    const padded = size + (size & 1);
    if (!['fmt ', 'ds64', 'auxi'].includes(id)) {
      await reader.skip(padded);
      continue;
    }
    const chunk = padded <= MOST_CHUNK ? await take(reader, padded) : undefined;
    if (!chunk) throw badWav(name, `its "${id}" chunk is cut off`, `a size of ${size} bytes`);
    if (id === 'fmt ') Object.assign(found, readFormat(chunk, name));
    else if (id === 'auxi') Object.assign(found, readAuxi(chunk));
    else if (chunk.length >= 16) longBytes = Number(chunk.readBigUInt64LE(8));
  }
}

const PCM = 1;
const IEEE_FLOAT = 3;
const EXTENSIBLE = 0xfffe;

function readFormat(chunk: Buffer, name: string): Pick<WavHeader, 'encoding' | 'channels' | 'rate'> {
  if (chunk.length < 16) throw badWav(name, 'its format chunk is too short', `${chunk.length} bytes`);
  let tag = chunk.readUInt16LE(0);
  // The sub-format is a GUID that begins with the plain tag.
  if (tag === EXTENSIBLE && chunk.length >= 26) tag = chunk.readUInt16LE(24);
  const channels = chunk.readUInt16LE(2);
  const rate = chunk.readUInt32LE(4);
  const bits = chunk.readUInt16LE(14);
  const encoding = encodingOf(tag, bits);
  if (!encoding)
    throw new TrunkflowError('bad-file', `${name} holds samples of a kind that cannot be read`, {
      expected: 'PCM of 8, 16, 24 or 32 bits, or floats of 32 or 64',
      got: `WAV format ${tag} with ${bits} bits`,
      hint: 'Convert it: ffmpeg -i in.wav -c:a pcm_s16le out.wav',
      status: 'unknown WAV format',
    });
  if (channels < 1 || channels > 64) throw badWav(name, 'its format is not plausible', `${channels} channels`);
  return { encoding, channels, rate };
}

function encodingOf(tag: number, bits: number): Encoding | undefined {
  if (tag === PCM) return ({ 8: 'u8', 16: 's16', 24: 's24', 32: 's32' } as const)[bits as 8];
  if (tag === IEEE_FLOAT) return ({ 32: 'f32', 64: 'f64' } as const)[bits as 32];
  return undefined;
}

/** Two Windows SYSTEMTIMEs (start and stop, UTC), then the centre frequency in Hz. Other programs' auxi is text. */
function readAuxi(chunk: Buffer): Pick<WavHeader, 'center' | 'startTime'> {
  if (chunk.length < 36) return {};
  const [year, month, , day, hour, minute, second, ms] = new Uint16Array(8).map((_, i) => chunk.readUInt16LE(2 * i));
  if (year < 1990 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23) return {};
  const center = chunk.readUInt32LE(32);
  return { startTime: Date.UTC(year, month - 1, day, hour, minute, second, ms), ...(center > 0 && { center }) };
}

async function take(reader: ByteReader, bytes: number): Promise<Buffer | undefined> {
  const buffer = Buffer.alloc(bytes);
  return (await reader.read(buffer)) === bytes ? buffer : undefined;
}

function printable(bytes: Buffer): string {
  return `"${bytes.toString('latin1').replace(/[^\x20-\x7e]/g, '.')}"`;
}

function badWav(name: string, what: string, got: string): TrunkflowError {
  return new TrunkflowError('bad-file', `${name} cannot be read: ${what}`, {
    got,
    hint: 'If it is a raw recording, choose its sample format; if it is damaged, record it again',
    status: 'not a WAV file',
  });
}
