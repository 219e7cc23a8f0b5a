import { decodeNid, NID_BITS } from '../../coding/bch63';
import { unpackBits } from '../../coding/bits';
import { DIBIT_LEVELS } from '../../coding/dibits';
import { TrunkflowError } from '../../core/errors';
import type { PortMessage, SymbolFrame, SymbolsInfo } from '../../core/messages';
import { sharedBuffer } from '../../core/shared-buffer';
import { C4FM, SYNC_LEVELS } from './air-interface';
import { DATA_UNITS, LENGTHS, MAX_SYMBOLS, STATUS_PERIOD, SYNC_SYMBOLS } from './data-units';

/**
 * Files of symbols already decided, for the command line and for tests:
 * 'hex' = hexadecimal text, two symbols a digit; 'marks' = a line per frame of '#' (1) and '-' (0) after an optional count;
 * 'dibits' = a byte (0..3) per symbol; 'packed' = four symbols a byte, first in the high bits.
 */
const FORMATS = ['hex', 'marks', 'dibits', 'packed'] as const;
export type SymbolFileFormat = (typeof FORMATS)[number];

export interface SymbolFileOptions {
  /** A SymbolFileFormat; default: told from the contents. */
  format?: string;
  stream: string;
  /** Stream time of the first symbol, ms; default 0. */
  time?: number;
}

/** Differing bits of 48 that still make a sync. */
const SYNC_ERRORS = 5;
/** Stream time one message covers at most, ms. */
const MESSAGE_MS = 1000;
const SYNC_DIBITS = SYNC_LEVELS.map((level) => DIBIT_LEVELS.indexOf(level));
/** An inverted signal has every dibit's first bit wrong. */
const INVERT = 2;

/** Metrics of the four levels when a dibit is known: minus the squared distance. */
const CERTAIN = DIBIT_LEVELS.map((sent) => [-3, -1, 1, 3].map((level) => -((level - sent) ** 2)));

/** A frame found in a run of dibits. */
interface Found {
  /** Index of its first symbol in the file. */
  at: number;
  /** Dibits with status symbols, polarity corrected; null stands for a symbol the file does not have. */
  dibits: (number | null)[];
  polarity: 1 | -1;
  quality: number;
}

/**
 * The frames of a symbol file as symbols messages with certain metrics. Finds the frame syncs of either polarity with up
 * to five bit errors; status symbols may be there or have been removed.
 * @throws TrunkflowError 'bad-file' when the file holds no symbols of this format, 'bad-setting' for an unknown format
 */
export function* readSymbolFile(
  data: Uint8Array,
  options: SymbolFileOptions,
): Generator<Extract<PortMessage, { port: 'symbols' }>> {
  const runs = readRuns(data, options.format === undefined ? guessFormat(data) : knownFormat(options.format));
  const began = options.time ?? 0;
  const timeOf = (symbol: number): number => began + (1000 * symbol) / C4FM.symbolRate;
  let seq = 0;
  let sent = began;
  const message = (frames: Found[], until: number, end = false): Extract<PortMessage, { port: 'symbols' }> => {
    const time = sent;
    sent = until;
    return symbolsMessage(frames, { stream: options.stream, seq: seq++, time, duration: until - time, end }, timeOf);
  };
  let first = 0;
  let waiting: Found[] = [];
  for (const run of runs) {
    for (const frame of framesIn(run, first)) {
      if (timeOf(frame.at) - sent >= MESSAGE_MS) {
        yield message(waiting, timeOf(frame.at));
        waiting = [];
      }
      waiting.push(frame);
    }
    first += run.length;
  }
  yield message(waiting, timeOf(first), true);
}

function knownFormat(name: string): SymbolFileFormat {
  const format = FORMATS.find((known) => known === name);
  if (format) return format;
  throw new TrunkflowError('bad-setting', 'Unknown format of a symbol file', {
    expected: FORMATS.join(', '),
    got: name,
    status: 'unknown format',
  });
}

function guessFormat(data: Uint8Array): SymbolFileFormat {
  const head = data.subarray(0, 65536);
  if (head.every((byte) => byte <= 3)) return 'dibits';
  const text = Buffer.from(head).toString('latin1');
  if (/^[0-9a-fA-F\s]+$/.test(text)) return 'hex';
  return /^[\s\d#-]+$/.test(text) ? 'marks' : 'packed';
}

/** Runs of dibits without a break. */
function readRuns(data: Uint8Array, format: SymbolFileFormat): Uint8Array[] {
  const runs = parse(data, format)
    .filter((run) => run.length > 0)
    .map(withSync);
  if (runs.length > 0) return runs;
  throw new TrunkflowError('bad-file', 'Symbol file', {
    expected: `symbols in the format '${format}'`,
    got: data.length === 0 ? 'an empty file' : 'none',
    status: 'no symbols',
  });
}

function parse(data: Uint8Array, format: SymbolFileFormat): Uint8Array[] {
  switch (format) {
    case 'dibits':
      return [data.map((byte) => byte & 3)];
    case 'packed':
      return [toDibits(unpackBits(data))];
    case 'hex': {
      const digits = Buffer.from(data)
        .toString('latin1')
        .replace(/[^0-9a-fA-F]/g, '');
      const bytes = Buffer.from(digits.length % 2 ? `${digits}0` : digits, 'hex');
      return [toDibits(unpackBits(bytes, digits.length * 4))];
    }
    case 'marks': {
      const lines = Buffer.from(data).toString('latin1').split('\n');
      return lines.map((line) =>
        toDibits(Uint8Array.from(line.replace(/[^#-]/g, ''), (mark) => (mark === '#' ? 1 : 0))),
      );
    }
  }
}

function toDibits(bits: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: bits.length >> 1 }, (_, i) => (bits[2 * i] << 1) | bits[2 * i + 1]);
}

/** Some files leave the sync out: a run that begins with a NID gets it back. */
function withSync(run: Uint8Array): Uint8Array {
  const whole = Uint8Array.from([...SYNC_DIBITS, ...run.subarray(0, STATUS_PERIOD)]);
  const begins = nidErrors(whole, 0, 0, true) !== null || nidErrors(whole, 0, 0, false) !== null;
  if (!begins || syncErrors(run, 0, 0) <= SYNC_ERRORS || syncErrors(run, 0, INVERT) <= SYNC_ERRORS) return run;
  return Uint8Array.from([...SYNC_DIBITS, ...run]);
}

/** The frames of a run whose first symbol is number `first` of the file. */
function framesIn(run: Uint8Array, first: number): Found[] {
  const starts = findSyncs(run);
  return starts.map((start, i) => cut(run, start, starts[i + 1]?.at ?? run.length, first));
}

interface SyncHit {
  at: number;
  flip: number;
  errors: number;
}

function findSyncs(run: Uint8Array): SyncHit[] {
  const hits: SyncHit[] = [];
  for (let at = 0; at + SYNC_SYMBOLS <= run.length; at++) {
    for (const flip of [0, INVERT]) {
      const errors = syncErrors(run, at, flip);
      if (errors > SYNC_ERRORS) continue;
      hits.push({ at, flip, errors });
      at += SYNC_SYMBOLS - 1;
      break;
    }
  }
  return hits;
}

function syncErrors(run: Uint8Array, at: number, flip: number): number {
  let errors = 0;
  for (let i = 0; i < SYNC_SYMBOLS && errors <= SYNC_ERRORS; i++) {
    const wrong = run[at + i] ^ flip ^ SYNC_DIBITS[i];
    errors += (wrong >> 1) + (wrong & 1);
  }
  return errors;
}

/** Errors of the NID after a sync, read with or without a status symbol in it; null when it is none. */
function nidErrors(run: Uint8Array, at: number, flip: number, status: boolean): number | null {
  const nid = readNid(run, at, flip, status);
  return nid && nid.duid in DATA_UNITS ? nid.corrected : null;
}

function readNid(run: Uint8Array, at: number, flip: number, status: boolean): ReturnType<typeof decodeNid> {
  const bits = new Uint8Array(NID_BITS);
  let from = SYNC_SYMBOLS;
  for (let i = 0; i < NID_BITS; i += 2) {
    if (status && from === STATUS_PERIOD - 1) from++;
    const dibit = (run[at + from++] ?? 0) ^ flip;
    bits[i] = dibit >> 1;
    bits[i + 1] = dibit & 1;
  }
  return decodeNid(bits);
}

/** The frame from a sync to the next at most. */
function cut(run: Uint8Array, sync: SyncHit, next: number, first: number): Found {
  const { at, flip, errors } = sync;
  const withStatus = nidErrors(run, at, flip, true) ?? Number.POSITIVE_INFINITY;
  const without = nidErrors(run, at, flip, false) ?? Number.POSITIVE_INFINITY;
  const status = withStatus <= without;
  const nid = readNid(run, at, flip, status);
  const length = (nid && LENGTHS[nid.duid]?.symbols) ?? MAX_SYMBOLS;
  const dibits: (number | null)[] = [];
  for (let from = at; from < next && dibits.length < length; ) {
    const absent = !status && dibits.length % STATUS_PERIOD === STATUS_PERIOD - 1;
    dibits.push(absent ? null : run[from++] ^ flip);
  }
  return { at: first + at, dibits, polarity: flip ? -1 : 1, quality: 1 - errors / (2 * SYNC_SYMBOLS) };
}

function symbolsMessage(
  found: Found[],
  info: Pick<SymbolsInfo, 'stream' | 'seq' | 'time' | 'duration' | 'end'>,
  timeOf: (symbol: number) => number,
): Extract<PortMessage, { port: 'symbols' }> {
  const symbols = found.reduce((sum, frame) => sum + frame.dibits.length, 0);
  const payload = sharedBuffer(symbols * 16);
  const metrics = new Float32Array(payload.buffer as ArrayBuffer, payload.byteOffset, symbols * 4);
  const frames: SymbolFrame[] = [];
  let start = 0;
  for (const { at, dibits, polarity, quality } of found) {
    dibits.forEach((dibit, i) => {
      if (dibit !== null) metrics.set(CERTAIN[dibit], (start + i) * 4);
    });
    const { name } = C4FM.syncs[0];
    frames.push({ start, symbols: dibits.length, time: timeOf(at), sync: name, quality, offset: 0, snr: 99, polarity });
    start += dibits.length;
  }
  return {
    port: 'symbols',
    payload,
    info: {
      ...info,
      protocol: 'p25',
      modulation: C4FM.modulation,
      rate: C4FM.symbolRate,
      levels: 4,
      frames,
      frequency: 0,
    },
  };
}
