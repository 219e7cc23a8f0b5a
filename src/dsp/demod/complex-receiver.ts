import type { FrameReader } from '../air-interface';
import { ComplexSyncSearch } from './complex-sync';
import { ChannelReceiver } from './equaliser/channel-receiver';
import { channelMixer, type Mixer } from './mixer';
import type { Fsk4Plan } from './plan';
import type { Receiver } from './receiver';
import { SequenceDetector } from './sequence/sequence-detector';
import { SignalHistory } from './signal-history';
import { SoftDiscriminator } from './soft-discriminator';

/** Receiver of complex samples. */
export class ComplexReceiver implements Receiver {
  readonly history: SignalHistory;
  readonly search: ComplexSyncSearch;
  readonly detector: SoftDiscriminator;
  readonly sequence: SequenceDetector;
  readonly equaliser?: ChannelReceiver;
  readonly reader?: FrameReader;
  private readonly mixer: Mixer;

  constructor(plan: Fsk4Plan, polarities: readonly (1 | -1)[]) {
    this.history = new SignalHistory(2, plan.keep, plan.hop);
    this.mixer = channelMixer(this.history, plan);
    this.search = new ComplexSyncSearch(plan, this.history, this.mixer, polarities);
    this.detector = new SoftDiscriminator(plan, this.mixer);
    this.sequence = new SequenceDetector(plan, this.mixer);
    this.reader = plan.air.createReader?.();
    if (plan.air.waveforms) this.equaliser = new ChannelReceiver(plan, this.history, this.mixer, this.reader ?? null);
  }

  close(): void {
    this.search.free();
    this.detector.free();
    this.sequence.free();
    this.mixer.free();
    this.history.free();
  }
}
