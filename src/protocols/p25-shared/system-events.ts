import type { DecoderOptions, DecoderSink } from '../protocol';
import { BandPlan } from './band-plan';
import type { MessageEvent } from './messages/definition';
import { SystemState } from './system-state';

/** Tells a decoder's events and learns from them: frequencies of channels, and the site's identity, told when it changes. */
export class SystemEvents {
  readonly bands: BandPlan;
  private readonly system: SystemState;

  constructor(
    private readonly sink: Pick<DecoderSink, 'event'>,
    bandPlan: DecoderOptions['bandPlan'],
  ) {
    this.bands = new BandPlan(bandPlan);
    this.system = new SystemState(this.bands);
  }

  /** Another system is heard. */
  reset(): void {
    this.system.reset();
  }

  /** `base`: what every event says, whatever its message. `output`: of the decoder's outputs the one it belongs to. */
  tell(event: MessageEvent, base: { time: number; nac?: string }, output?: number): void {
    const { type, ...fields } = event;
    this.sink.event({ type, ...base, ...fields }, output);
    const system = this.system.observe(event);
    if (system) this.sink.event({ ...system, ...base }, output);
  }
}
