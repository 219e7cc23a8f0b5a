import { decodeNidSoft } from '../../coding/bch63';
import { DIBIT_LEVELS } from '../../coding/dibits';
import type { AirInterface, FrameHeader } from '../../dsp/air-interface';
import {
  DATA_UNITS,
  HEADER_SYMBOLS,
  LENGTHS,
  MAX_SYMBOLS,
  STATUS_PERIOD,
  SYMBOL_RATE,
  SYNC_SYMBOLS,
} from './data-units';
import { P25FrameReader } from './frame-reader';
import { SoftFrame } from './soft-frame';

/** Frame sync word (TIA-102.BAAA-B 7.3), 24 dibits. */
export const FRAME_SYNC = 0x5575f5ff77ffn;

/** Levels of the frame sync's symbols. */
export const SYNC_LEVELS: readonly number[] = Array.from(
  { length: SYNC_SYMBOLS },
  (_, i) => DIBIT_LEVELS[Number((FRAME_SYNC >> BigInt(2 * (SYNC_SYMBOLS - 1 - i))) & 3n)],
);

const header = new SoftFrame();

/** Length of the frame from its network identifier; null when that does not verify. */
function frameHeader(metrics: Float32Array): FrameHeader | null {
  header.load(metrics, HEADER_SYMBOLS);
  const nid = decodeNidSoft(header.llr, undefined, SYNC_SYMBOLS * 2);
  if (!nid || !(nid.duid in DATA_UNITS)) return null;
  return { ...LENGTHS[nid.duid], corrected: nid.corrected };
}

/** C4FM (TIA-102.BAAA-B 8): 4800 symbols/s, deviations of 600 and 1800 Hz. */
export const C4FM: AirInterface = {
  modulation: 'C4FM',
  family: '4fsk',
  symbolRate: SYMBOL_RATE,
  deviation: 600,
  pulse: { kind: 'rc-inverse-sinc', rolloff: 0.2 },
  bandwidth: 12500,
  syncs: [{ name: 'frame sync', levels: SYNC_LEVELS }],
  syncPosition: 0,
  maxFrameSymbols: MAX_SYMBOLS,
  grid: STATUS_PERIOD,
  headerSymbols: HEADER_SYMBOLS,
  header: frameHeader,
  // CQPSK (also called LSM) has the phases of C4FM at the symbol instants: one receiver takes both.
  waveforms: [
    { name: 'CQPSK', kind: 'linear', pulse: { kind: 'rc', rolloff: 0.2 } },
    { name: 'C4FM', kind: 'frequency', pulse: { kind: 'rc-inverse-sinc', rolloff: 0.2 } },
  ],
  createReader: () => new P25FrameReader(),
};
