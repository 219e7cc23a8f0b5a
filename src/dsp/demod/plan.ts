import type { AirInterface } from '../air-interface';
import { modulate, PhasePulse, type Waveform } from './waveform';

/** Deviations tried, relative to the nominal one: transmitters stray by up to 15 %. */
export const DEVIATION_RATIOS = Array.from({ length: 13 }, (_, i) => 0.82 + 0.03 * i);
export const NOMINAL_RATIO = 6;

/** Samples per symbol of the waveforms sync words are measured with. */
export const TEMPLATE_RATE = 4;

/** A sync word with the waveforms it is compared with. */
export interface SyncTemplate {
  name: string;
  levels: readonly number[];
  /** At the demodulator's rate and nominal deviation, for the search. */
  search: Waveform;
  /** At TEMPLATE_RATE, one for each of DEVIATION_RATIOS. */
  waveforms: Waveform[];
}

/** What follows from an air interface alone; shared by all its demodulators. */
export interface Fsk4Plan {
  air: AirInterface;
  /** Samples per symbol and per second of the demodulator's own rate. */
  perSymbol: number;
  rate: number;
  /** Samples processed at once: 10 ms or a little more. */
  hop: number;
  /** Cut-off of the channel filter, Hz. */
  channelCutoff: number;
  /** Of the transmitted waveform. */
  pulse: PhasePulse;
  syncs: SyncTemplate[];
  /** Symbols of the longest sync word. */
  syncLength: number;
  /** Samples of history that cover the longest frame, what is before its sync and what its header waits for. */
  keep: number;
}

const plans = new WeakMap<AirInterface, Fsk4Plan>();

export function planFor(air: AirInterface): Fsk4Plan {
  const known = plans.get(air);
  if (known) return known;
  const perSymbol = Math.max(4, 4 * Math.ceil(19200 / air.symbolRate / 4));
  const rate = perSymbol * air.symbolRate;
  const pulse = new PhasePulse(air.pulse);
  const deviation = air.deviation / air.symbolRate;
  const syncLength = Math.max(...air.syncs.map((sync) => sync.levels.length));
  const plan: Fsk4Plan = {
    air,
    perSymbol,
    rate,
    hop: 4 * Math.ceil(rate / 400),
    pulse,
    // 4.35 kHz for P25, the best of a sweep against noise and strong neighbours; scaled to other modes by the outermost
    // deviation and the pulse's bandwidth.
    channelCutoff: Math.min(0.93 * (3 * air.deviation + 0.6 * air.symbolRate), air.bandwidth / 2),
    syncs: air.syncs.map(({ name, levels }) => ({
      name,
      levels,
      search: modulate(pulse, levels, perSymbol, deviation),
      waveforms: DEVIATION_RATIOS.map((ratio) => modulate(pulse, levels, TEMPLATE_RATE, ratio * deviation)),
    })),
    syncLength,
    keep: perSymbol * (air.maxFrameSymbols + air.syncPosition + air.headerSymbols + syncLength + 256),
  };
  plans.set(air, plan);
  return plan;
}
