import { crc32 } from 'node:zlib';
import type { ArchivedCall } from './archive';

/** A call, as it was when it ended. A later record with the same id replaces it. */
export interface CallRecord extends Omit<ArchivedCall, 'transcript'> {
  type: 'call';
  /** When it was written, ms by the clock: recordings age from here. */
  at: number;
  /** Path of the sidecar below the recordings' folder. */
  sidecar: string | null;
  /** Bytes of the recording and its sidecar. */
  bytes: number;
}

/** A text that came later. */
export interface NoteRecord {
  type: 'note';
  id: string;
  at: number;
  transcript: string;
}

/** The recording was deleted to keep the limits. */
export interface GoneRecord {
  type: 'gone';
  id: string;
  at: number;
}

export type LogRecord = CallRecord | NoteRecord | GoneRecord;

const SEAL = /,"crc":"([0-9a-f]{8})"\}$/;
/** Bytes the checksum takes at the end of a line. */
const SEAL_BYTES = ',"crc":"00000000"}'.length;

/** One line of JSON, whose last field is the CRC-32 of what stands before it. */
export function toLine(record: LogRecord): Buffer {
  const body = Buffer.from(JSON.stringify(record).slice(0, -1));
  return Buffer.concat([body, Buffer.from(`,"crc":"${checksum(body)}"}\n`)]);
}

/** @param line without its line break. Undefined for what is torn, changed or no record. */
export function fromLine(line: Buffer): LogRecord | undefined {
  const seal = SEAL.exec(line.toString('latin1', Math.max(0, line.length - SEAL_BYTES)));
  if (!seal || checksum(line.subarray(0, -SEAL_BYTES)) !== seal[1]) return undefined;
  const { crc, ...record } = JSON.parse(line.toString());
  return record as LogRecord;
}

function checksum(body: Buffer): string {
  return crc32(body).toString(16).padStart(8, '0');
}
