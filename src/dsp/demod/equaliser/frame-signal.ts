import { VECTOR } from '../../kernels/equalise-channel';
import { SIGNAL_LEAD } from '../../kernels/equalise-sequence';
import type { Mixer } from '../mixer';
import type { Fsk4Plan } from '../plan';
import { scratch } from '../scratch';
import type { SignalHistory } from '../signal-history';
import type { ChannelFit } from './channel-fit';
import type { ChannelState } from './frame-equaliser';

/** Half symbols read after the last symbol, and before the first where nothing else is asked. */
const MARGIN = 12;

/** Reads stretches of a history into an equaliser, two samples a symbol, scaled to unit power; scales the last channel alike. */
export class FrameSignal {
  private power = 1;

  constructor(
    private readonly plan: Fsk4Plan,
    private readonly history: SignalHistory,
    private readonly mixer: Mixer,
    private readonly into: ChannelFit,
    private readonly channel: ChannelState,
  ) {}

  /**
   * Reads symbols -before .. count - 1 of a frame whose first symbol's instant is sample `anchor`, `offset` Hz becoming 0; a
   * `polarity` of -1 mirrors the spectrum.
   */
  read(anchor: number, offset: number, polarity: 1 | -1, before: number, count: number): void {
    const { plan, mixer, history, channel } = this;
    const half = plan.perSymbol / 2;
    const lead = before > 0 ? 2 * before : MARGIN;
    const held = Math.floor((history.end - mixer.reach - 2 - anchor) / half) + lead;
    const samples = Math.min(lead + 2 * count + MARGIN, held);
    const start = anchor - lead * half;
    mixer.tune(start, start + samples * half, offset);
    mixer.read(start, half, samples, 'halves');
    const re = scratch('halves-re', 0).view;
    const im = scratch('halves-im', 0).view;
    let power = 1e-30;
    const last = Math.min(samples, lead + 2 * count);
    for (let i = lead; i < last; i++) power += re[i] * re[i] + im[i] * im[i];
    power /= Math.max(1, last - lead);
    const scale = 1 / Math.sqrt(power);
    const { signal } = this.into;
    const to = 2 * (SIGNAL_LEAD - lead);
    signal.fill(0, 0, to);
    for (let i = 0; i < samples; i++) {
      signal[to + 2 * i] = re[i] * scale;
      signal[to + 2 * i + 1] = polarity * im[i] * scale;
    }
    signal.fill(0, to + 2 * samples, Math.min(signal.length, to + 2 * samples + 4 * SIGNAL_LEAD));
    if (channel.valid) {
      const ratio = Math.sqrt(this.power / power);
      for (let i = 0; i < VECTOR; i++) channel.taps[i] *= ratio;
    }
    this.power = power;
  }
}
