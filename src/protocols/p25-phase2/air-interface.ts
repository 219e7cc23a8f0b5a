import { DIBIT_LEVELS } from '../../coding/dibits';
import type { AirInterface } from '../../dsp/air-interface';
import { ischWords, SYNC_SIGNS } from './isch';
import { ISCH_SYMBOLS, SLOT_SYMBOLS, SYMBOL_RATE } from './superframe';

function levelsOf(signs: Int8Array): number[] {
  return Array.from({ length: ISCH_SYMBOLS }, (_, i) => {
    const [high, low] = signs.subarray(2 * i);
    return DIBIT_LEVELS[(high > 0 ? 2 : 0) + (low > 0 ? 1 : 0)];
  });
}

export const SYNC_LEVELS: readonly number[] = levelsOf(SYNC_SIGNS);

/** What a site sends (TIA-102.BBAB): harmonised differential QPSK, 6000 symbols/s; level 1 is a turn of pi / 4. */
export const H_DQPSK: AirInterface = {
  modulation: 'H-DQPSK',
  family: '4fsk',
  symbolRate: SYMBOL_RATE,
  deviation: SYMBOL_RATE / 8,
  pulse: { kind: 'rc-inverse-sinc', rolloff: 0.2 },
  bandwidth: 12500,
  syncs: [{ name: 'S-ISCH', levels: SYNC_LEVELS }],
  syncPosition: 0,
  maxFrameSymbols: SLOT_SYMBOLS,
  grid: SLOT_SYMBOLS,
  headerSymbols: ISCH_SYMBOLS,
  waveforms: [{ name: 'H-DQPSK', kind: 'linear', pulse: { kind: 'rc', rolloff: 0.2 } }],
  // Two informational ISCHs, two syncs.
  slots: { cycle: 4, syncs: [2, 3], words: { 0: ischWords(0).map(levelsOf), 1: ischWords(1).map(levelsOf) } },
};
