import type { StreamMessage, SymbolFrame } from '../../core/messages';
import type { AirInterface } from '../air-interface';
import { AudioReceiver } from './audio-receiver';
import { checkRate } from './check-rate';
import { ComplexReceiver } from './complex-receiver';
import { type FoundFrame, FrameAssembler, NOTHING_COUNTED } from './frame-assembler';
import { type Fsk4Plan, planFor } from './plan';
import type { Receiver } from './receiver';
import { Resampler } from './resampler';
import { audioReader, iqReader, type SampleReader } from './samples';
import { type SymbolChain, type SymbolOptions, SymbolStage, wrongPort } from './symbol-stage';

/** Below this share of constant-envelope power a channel counts as empty (-5 dB). */
const CARRIER_SHARE = 0.24;
/**
 * Half the bandwidth searched, over the demodulator's rate: 5.8 kHz at 19.2 kS/s lets in the signal with an offset of
 * 2.5 kHz, but not the neighbour 12.5 kHz away.
 */
const BAND = 0.3;

/**
 * Demodulator of 4-level FSK: complex samples or FM-discriminator audio in, soft symbols out. Feed-forward: each frame takes
 * time, frequency, deviation and polarity from its own sync word; there is no loop that must lock.
 */
export class Fsk4Stage extends SymbolStage<FoundFrame> {
  private readonly plan: Fsk4Plan;
  private readonly polarity: 1 | -1 | 0;

  constructor(air: AirInterface, { protocol, polarity }: SymbolOptions) {
    const plan = planFor(air);
    super(protocol, plan, NOTHING_COUNTED);
    this.plan = plan;
    this.polarity = { auto: 0, normal: 1, inverted: -1 }[polarity] as 1 | -1 | 0;
  }

  protected readerFor(input: StreamMessage): SampleReader {
    if (input.port === 'iq') {
      checkRate(input.info.rate, 2.4 * this.plan.air.symbolRate);
      return iqReader(input.payload, input.info.format);
    }
    if (input.port === 'audio' && input.info.kind === 'discriminator') {
      checkRate(input.info.rate, 3 * this.plan.air.symbolRate);
      return audioReader(input.payload);
    }
    throw wrongPort(
      input,
      'iq or discriminator audio',
      'Wire a channelizer, an IQ file or a discriminator audio file to it',
    );
  }

  protected makeChain(complex: boolean, rate: number): SymbolChain<FoundFrame> {
    const { plan } = this;
    const polarities = this.polarity === 0 ? ([1, -1] as const) : [this.polarity];
    const receiver: Receiver = complex ? new ComplexReceiver(plan, polarities) : new AudioReceiver(plan, polarities);
    const filter = { cutoff: BAND * plan.rate, transition: 0.1 * plan.rate };
    const assembler = new FrameAssembler(plan, receiver, this.polarity);
    return {
      complex,
      resampler: new Resampler(rate, plan.rate, filter, complex ? 2 : 1, plan.hop),
      history: receiver.history,
      assembler,
      get modulation() {
        return receiver.equaliser?.waveform ?? plan.air.modulation;
      },
      clear() {
        receiver.history.clear();
        receiver.search.reset();
        assembler.reset();
      },
      free: () => receiver.close(),
    };
  }

  protected get hasCarrier(): boolean {
    return this.meter.carrierShare >= CARRIER_SHARE;
  }

  protected get blind(): { offset: number; snr: number } {
    const { rate, air } = this.plan;
    const share = this.meter.carrierShare;
    const perSymbol = (2 * BAND * rate) / air.symbolRate;
    return { offset: this.meter.offset(rate), snr: 10 * Math.log10(((share + 1e-3) / (1.001 - share)) * perSymbol) };
  }

  protected describe({ fix, detector }: FoundFrame): Pick<SymbolFrame, 'sync' | 'detector'> {
    return { sync: this.plan.syncs[fix.sync].name, detector };
  }
}
