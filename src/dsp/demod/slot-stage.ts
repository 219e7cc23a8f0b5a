import type { StreamMessage, SymbolFrame } from '../../core/messages';
import type { AirInterface } from '../air-interface';
import { checkRate } from './check-rate';
import { Resampler } from './resampler';
import { iqReader, type SampleReader } from './samples';
import { SignalHistory } from './signal-history';
import { type FoundSlot, NOTHING_COUNTED, SlotAssembler } from './slots/assembler';
import { type SlotPlan, slotPlanFor } from './slots/plan';
import { type SymbolChain, type SymbolOptions, SymbolStage, wrongPort } from './symbol-stage';

/** Below this share of constant-envelope power a channel counts as empty. */
const CARRIER_SHARE = 0.2;
/** Half the bandwidth taken in, over the demodulator's rate, and the filter's transition. */
const BAND = 0.28;
const TRANSITION = 0.1;

/**
 * Demodulator of a carrier in time slots (pi/4-DQPSK): complex samples in, soft symbols out, a frame for each slot. Feed-forward
 * and coherent.
 */
export class SlotStage extends SymbolStage<FoundSlot> {
  private readonly plan: SlotPlan;
  private readonly polarities: readonly (1 | -1)[];

  constructor(air: AirInterface, { protocol, polarity }: SymbolOptions) {
    const plan = slotPlanFor(air);
    super(protocol, plan, NOTHING_COUNTED);
    this.plan = plan;
    this.polarities = { auto: [1, -1] as const, normal: [1] as const, inverted: [-1] as const }[polarity];
  }

  protected readerFor(input: StreamMessage): SampleReader {
    if (input.port !== 'iq')
      throw wrongPort(input, 'iq', 'A TDMA signal needs phase and amplitude: wire a channelizer or an IQ file to it');
    checkRate(input.info.rate, 2.4 * this.plan.air.symbolRate);
    return iqReader(input.payload, input.info.format);
  }

  protected makeChain(_complex: boolean, rate: number): SymbolChain<FoundSlot> {
    const { plan } = this;
    const filter = { cutoff: BAND * plan.rate, transition: TRANSITION * plan.rate };
    const history = new SignalHistory(2, plan.keep, plan.hop);
    const assembler = new SlotAssembler(plan, history, this.polarities);
    return {
      complex: true,
      resampler: new Resampler(rate, plan.rate, filter, 2, plan.hop),
      history,
      assembler,
      modulation: plan.air.modulation,
      clear() {
        history.clear();
        assembler.reset();
      },
      free() {
        assembler.free();
        history.free();
      },
    };
  }

  protected get hasCarrier(): boolean {
    return this.meter.carrierShare >= CARRIER_SHARE || this.chain!.assembler.recentFix !== null;
  }

  protected get blind(): { offset: number } {
    return { offset: this.meter.offset(this.plan.rate) };
  }

  protected describe({ sync }: FoundSlot): Pick<SymbolFrame, 'sync'> {
    return { sync: sync ? this.plan.air.syncs[0].name : '' };
  }
}
