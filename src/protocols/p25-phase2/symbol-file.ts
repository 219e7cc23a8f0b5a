import { unpackBits } from '../../coding/bits';
import { DIBIT_LEVELS } from '../../coding/dibits';
import { TrunkflowError } from '../../core/errors';
import type { SymbolFrame } from '../../core/messages';
import { sharedBuffer } from '../../core/shared-buffer';
import type { SymbolsMessage } from '../protocol';
import { H_DQPSK, SYNC_LEVELS } from './air-interface';
import { ISCH_SYMBOLS, SLOT_MS, SLOT_SYMBOLS, SYMBOL_RATE } from './superframe';

/** Files of symbols already decided: 'dibits' = a byte (0..3) per symbol, 'packed' = four symbols a byte, first in the high bits. */
const FORMATS = ['dibits', 'packed'] as const;

/** Differing bits of 40 that still make a sync. */
const SYNC_ERRORS = 4;
/** Slots in a message: about a second. */
const SLOTS_AT_ONCE = 33;
const SYNC_DIBITS = SYNC_LEVELS.map((level) => DIBIT_LEVELS.indexOf(level));
/** Metrics of the four levels when a dibit is known: minus the squared distance. */
const CERTAIN = DIBIT_LEVELS.map((sent) => [-3, -1, 1, 3].map((level) => -((level - sent) ** 2)));

/**
 * The slots of a symbol file as symbols messages with certain metrics; slots begin where most sync words do.
 * @throws TrunkflowError 'bad-file' when the file holds no sync, 'bad-setting' for an unknown format
 */
export function* readSymbolFile(
  data: Uint8Array,
  { format, stream, time = 0 }: { format?: string; stream: string; time?: number },
): Generator<SymbolsMessage> {
  const dibits = readDibits(
    data,
    format ?? (data.subarray(0, 65_536).every((byte) => byte <= 3) ? 'dibits' : 'packed'),
  );
  const first = gridOf(dibits);
  const slots = Math.floor((dibits.length - first) / SLOT_SYMBOLS);
  const began = time + (1000 * first) / SYMBOL_RATE;
  let until = time;
  for (let slot = 0, seq = 0; slot < slots; slot += SLOTS_AT_ONCE, seq++) {
    const count = Math.min(SLOTS_AT_ONCE, slots - slot);
    const from = first + slot * SLOT_SYMBOLS;
    const run = dibits.subarray(from, from + count * SLOT_SYMBOLS);
    const next = began + (slot + count) * SLOT_MS;
    const payload = sharedBuffer(16 * run.length);
    const metrics = new Float32Array(payload.buffer as ArrayBuffer, payload.byteOffset, 4 * run.length);
    run.forEach((dibit, i) => {
      metrics.set(CERTAIN[dibit], 4 * i);
    });
    yield {
      port: 'symbols',
      payload,
      info: {
        stream,
        seq,
        time: until,
        protocol: 'p25-phase2',
        modulation: H_DQPSK.modulation,
        rate: SYMBOL_RATE,
        levels: 4,
        frames: Array.from({ length: count }, (_, i) => frameOf(run, i, began + (slot + i) * SLOT_MS)),
        duration: next - until,
        frequency: 0,
        end: slot + count === slots,
      },
    };
    until = next;
  }
}

function readDibits(data: Uint8Array, format: string): Uint8Array {
  if (format === 'dibits') return data.map((byte) => byte & 3);
  if (format === 'packed') {
    const bits = unpackBits(data);
    return Uint8Array.from({ length: bits.length / 2 }, (_, i) => 2 * bits[2 * i] + bits[2 * i + 1]);
  }
  throw new TrunkflowError('bad-setting', 'Format of a phase 2 symbol file', {
    expected: FORMATS.join(' or '),
    got: format,
    status: 'unknown format',
  });
}

/** Symbols before the first slot. */
function gridOf(dibits: Uint8Array): number {
  const hits = new Uint32Array(SLOT_SYMBOLS);
  for (let at = 0; at + ISCH_SYMBOLS <= dibits.length; at++)
    if (syncErrors(dibits, at) <= SYNC_ERRORS) hits[at % SLOT_SYMBOLS]++;
  const first = hits.indexOf(Math.max(...hits));
  if (hits[first] > 0) return first;
  throw new TrunkflowError('bad-file', 'Symbol file', {
    expected: 'slots of P25 phase 2',
    got: 'no sync',
    status: 'no symbols',
  });
}

function syncErrors(dibits: Uint8Array, at: number): number {
  let errors = 0;
  for (let i = 0; i < ISCH_SYMBOLS && errors <= SYNC_ERRORS; i++) {
    const wrong = dibits[at + i] ^ SYNC_DIBITS[i];
    errors += (wrong >> 1) + (wrong & 1);
  }
  return errors;
}

function frameOf(run: Uint8Array, slot: number, time: number): SymbolFrame {
  const start = slot * SLOT_SYMBOLS;
  const isSync = syncErrors(run, start) <= SYNC_ERRORS;
  const sync = isSync ? H_DQPSK.syncs[0].name : '';
  return { start, symbols: SLOT_SYMBOLS, time, sync, quality: 1, offset: 0, snr: 99, polarity: 1 };
}
