import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import { asTrunkflowError, TrunkflowError } from '../../src/core/errors';
import { PipedInput } from '../../src/receiver/piped-input';
import { fileInput } from '../../src/receiver/play-file';
import type { SignalInput } from '../../src/receiver/signal-input';
import { describeSignalFile, type FileHints } from '../../src/sources/file/signal-file';
import type { SignalFormat } from '../../src/sources/stream-writer';
import { UsageError } from '../command';
import type { DecodeSettings } from './settings';

export const STDIN = '-';

/** Formats that the file readers know by name; others are left to ffmpeg or sox, which see for themselves. */
const READ: readonly FileHints['format'][] = ['wav', 'sigmf', 'cu8', 'cs8', 'cs16', 'cf32', 's16'];
const RAW: readonly SignalFormat[] = ['cu8', 'cs8', 'cs16', 'cf32', 's16'];

/** Symbol files are small; what is larger is something else. */
const MOST_SYMBOL_BYTES = 256 * 1024 * 1024;
const SYMBOL_NAMES = ['.hex', '.dibits', '.symbols', '.bits'];
/** How a symbol file of hexadecimal digits or of marks begins. */
const SYMBOL_TEXT = /^(?:[0-9a-fA-F\s]+|[\s\d#-]+)$/;
const SNIFFED = 4096;

/** Standard input as raw samples, or a recording. @throws TrunkflowError, or UsageError when something must be told */
export async function openSignal(settings: DecodeSettings): Promise<SignalInput> {
  const { file, input, format, rate, center } = settings;
  if (file === STDIN) return openPipe(settings);
  const described = await describeSignalFile(file, {
    kind: input === 'discriminator' ? 'audio' : input === 'iq' ? 'iq' : undefined,
    format: READ.includes(format as FileHints['format']) ? (format as FileHints['format']) : 'auto',
    rate,
    center,
  });
  for (const note of described.notes) console.error(`trunkflow: ${note}`);
  return fileInput(described);
}

function openPipe({ format, rate, center = 0 }: DecodeSettings): SignalInput {
  const raw = RAW.find((known) => known === format);
  if (!raw) throw new UsageError(`Standard input is raw samples: give --format, one of ${RAW.join(', ')}`);
  if (rate === undefined) throw new UsageError('Standard input has no name or header to tell its rate: give --rate');
  if (process.stdin.isTTY) throw new UsageError("Nothing is piped in: 'program | trunkflow decode - ...'");
  return new PipedInput(process.stdin, { format: raw, rate, center });
}

/** Does the file hold symbols already decided? As its name or, where that says nothing, its beginning tells. */
export async function holdsSymbols(path: string): Promise<boolean> {
  if (path === STDIN) return false;
  const end = extname(path).toLowerCase();
  if (SYMBOL_NAMES.includes(end) || path.toLowerCase().endsWith('.symbols.bin')) return true;
  if (end !== '' && end !== '.txt') return false;
  // A file that cannot be read is reported by whoever reads it as a recording.
  const beginning = await readBytes(path, SNIFFED).catch(() => Buffer.alloc(0));
  return beginning.length >= 24 && SYMBOL_TEXT.test(beginning.toString('latin1'));
}

/** The bytes of a symbol file. @throws TrunkflowError 'bad-file' */
export async function readSymbols(path: string): Promise<Uint8Array> {
  const data = await (path === STDIN ? readStdin() : readBytes(path, MOST_SYMBOL_BYTES + 1)).catch((error) => {
    throw asTrunkflowError(error, 'bad-file', `Cannot read ${path}`);
  });
  if (data.length <= MOST_SYMBOL_BYTES) return data;
  throw new TrunkflowError('bad-file', `${path} is too large for a file of symbols`, {
    expected: `at most ${MOST_SYMBOL_BYTES} bytes`,
    hint: 'Is it a recording? Then give --input iq or --input discriminator',
  });
}

async function readBytes(path: string, most: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const buffer = Buffer.alloc(Math.min(size, most));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function readStdin(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MOST_SYMBOL_BYTES) break;
  }
  return Buffer.concat(chunks);
}
