import { TrunkflowError } from '../core/errors';

/** Longest file of a table, bytes: 200,000 talkgroups need about 15 MB. */
export const MAX_TABLE_BYTES = 20 * 1024 * 1024;

export interface DecodedText {
  text: string;
  encoding: 'UTF-8' | 'UTF-16' | 'Windows-1252';
}

/** Bytes looked at to tell UTF-16 without a byte order mark. */
const SAMPLE = 1024;

/**
 * Text of a file as spreadsheets and editors write it: UTF-8 or UTF-16 with or without a byte order mark; what is neither
 * is taken for Windows-1252, of which Latin-1 is a part.
 * @throws TrunkflowError 'bad-file' for more than MAX_TABLE_BYTES
 */
export function decodeText(bytes: Buffer): DecodedText {
  if (bytes.length > MAX_TABLE_BYTES) throw tooBig(bytes.length);
  const wide = wideOrder(bytes);
  if (wide) {
    const even = bytes.subarray(0, bytes.length & ~1);
    const little = wide === 'big' ? Buffer.from(even).swap16() : even;
    return { text: withoutMark(little.toString('utf16le')), encoding: 'UTF-16' };
  }
  try {
    return { text: withoutMark(new TextDecoder('utf-8', { fatal: true }).decode(bytes)), encoding: 'UTF-8' };
  } catch {
    return { text: new TextDecoder('windows-1252').decode(bytes), encoding: 'Windows-1252' };
  }
}

function tooBig(length: number): TrunkflowError {
  return new TrunkflowError('bad-file', 'The table is too big', {
    expected: `at most ${MAX_TABLE_BYTES / 1024 / 1024} MB`,
    got: `${(length / 1024 / 1024).toFixed(1)} MB`,
    status: 'table too big',
  });
}

function wideOrder(bytes: Buffer): 'little' | 'big' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'little';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'big';
  const sample = bytes.subarray(0, SAMPLE);
  const zeros = [0, 0];
  for (let i = 0; i < sample.length; i++) if (sample[i] === 0) zeros[i & 1]++;
  const many = sample.length / 5;
  // Digits and commas have a zero byte each.
  if (zeros[1] > many && zeros[0] < many / 10) return 'little';
  return zeros[0] > many && zeros[1] < many / 10 ? 'big' : undefined;
}

function withoutMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
