import { TrunkflowError } from '../../core/errors';
import type { IqInfo, PortMessage, StreamMessage, SymbolFrame, SymbolsInfo } from '../../core/messages';
import { sharedBuffer } from '../../core/shared-buffer';
import type { Counters, Stage } from '../../core/stage';
import type { AirInterface } from '../air-interface';
import { CarrierMeter } from './carrier-meter';
import type { Fsk4Options } from './fsk4-stage';
import { Resampler } from './resampler';
import { iqReader, type SampleReader, silence } from './samples';
import { SignalHistory } from './signal-history';
import { type FoundSlot, SlotAssembler } from './slots/assembler';
import { type SlotPlan, slotPlanFor } from './slots/plan';
import { StreamPosition } from './stream-position';

/** Most stream time between two messages, seconds. */
const MESSAGE_SPAN = 0.1;
/** Below this share of constant-envelope power a channel counts as empty. */
const CARRIER_SHARE = 0.2;
const MOST_RATE = 500_000;
/** Half the bandwidth taken in, over the demodulator's rate, and the filter's transition. */
const BAND = 0.28;
const TRANSITION = 0.1;

/** What the stage keeps for the rate of samples it gets. */
interface Chain {
  rate: number;
  resampler: Resampler;
  history: SignalHistory;
  assembler: SlotAssembler;
}

/**
 * Demodulator of a carrier in time slots (pi/4-DQPSK): complex samples in, soft symbols out, a frame for each slot. Feed-forward
 * and coherent. A message covers a span of stream time and holds all slots that begin in it.
 */
export class SlotStage implements Stage {
  private readonly plan: SlotPlan;
  private readonly polarities: readonly (1 | -1)[];
  private readonly meter = new CarrierMeter();
  private readonly position = new StreamPosition();
  private chain: Chain | null = null;
  private info: IqInfo | null = null;
  private seq = 0;
  /** Sample (of the history) up to which messages went out. */
  private reported = 0;
  private waiting: FoundSlot[] = [];
  private readonly tally = { samples: 0, clipped: 0, invalid: 0, no_carrier_ms: 0 };
  private readonly past = {
    candidates: 0,
    syncs: 0,
    missed: 0,
    rejected: 0,
    losses: 0,
    equalised: 0,
    channels: 0,
    frames: 0,
  };

  constructor(
    air: AirInterface,
    private readonly options: Fsk4Options,
  ) {
    this.plan = slotPlanFor(air);
    this.polarities = { auto: [1, -1] as const, normal: [1] as const, inverted: [-1] as const }[options.polarity];
  }

  process(input: StreamMessage): PortMessage[] {
    if (input.port !== 'iq')
      throw new TrunkflowError('wrong-port', 'demodulator', {
        expected: 'iq',
        got: input.port === 'audio' ? 'audio' : input.port,
        hint: 'A TDMA signal needs phase and amplitude: wire a channelizer or an IQ file to it',
        status: 'needs iq',
      });
    const { info } = input;
    const least = 2.4 * this.plan.air.symbolRate;
    if (!(info.rate >= least && info.rate <= MOST_RATE))
      throw new TrunkflowError('bad-message', 'sample rate', {
        expected: `${Math.ceil(least)} to ${MOST_RATE} samples/s`,
        got: String(info.rate),
        hint: 'Put a channelizer before the demodulator',
        status: 'bad sample rate',
      });
    const block = iqReader(input.payload, info.format);
    const out: PortMessage[] = [];
    if (!this.position.expects(info) || this.chain?.rate !== info.rate) this.begin(info, out);
    this.position.advance(info, block.length);
    this.info = info;
    this.consume(block, out, this.tally);
    return out;
  }

  flush(): PortMessage[] {
    const out: PortMessage[] = [];
    if (!this.info) return out;
    this.drain(out);
    out.push(this.message([], this.reported, { end: true }));
    this.reset();
    return out;
  }

  reset(): void {
    this.closeChain();
    this.position.reset();
    this.meter.reset();
    this.info = null;
    this.waiting = [];
  }

  close(): void {
    this.closeChain();
  }

  counters(): Counters {
    const { chain } = this;
    const counters: Counters = { ...this.tally, gaps: this.position.gaps, ...this.past };
    counters.clipped += chain?.resampler.faults.clipped ?? 0;
    counters.invalid += chain?.resampler.faults.invalid ?? 0;
    for (const [name, value] of Object.entries(chain?.assembler.counters ?? {})) counters[name] += value;
    return counters;
  }

  /** Starts afresh with this block, at a stream's beginning or after a gap, once what was inside is out. */
  private begin(info: IqInfo, out: PortMessage[]): void {
    if (this.chain) this.drain(out);
    this.closeChain();
    this.position.begin(info);
    this.reported = 0;
    const { plan } = this;
    const filter = { cutoff: BAND * plan.rate, transition: TRANSITION * plan.rate };
    const history = new SignalHistory(2, plan.keep, plan.hop);
    this.chain = {
      rate: info.rate,
      resampler: new Resampler(info.rate, plan.rate, filter, 2, plan.hop),
      history,
      assembler: new SlotAssembler(plan, history, this.polarities),
    };
  }

  private closeChain(): void {
    const { chain } = this;
    if (!chain) return;
    this.tally.clipped += chain.resampler.faults.clipped;
    this.tally.invalid += chain.resampler.faults.invalid;
    for (const name of Object.keys(this.past) as (keyof typeof this.past)[])
      this.past[name] += chain.assembler.counters[name];
    chain.resampler.free();
    chain.assembler.free();
    chain.history.free();
    this.chain = null;
  }

  private consume(block: SampleReader, out: PortMessage[], tally: { samples: number }): void {
    const { resampler } = this.chain!;
    let from = 0;
    while (from < block.length) {
      const taken = resampler.take(block, from);
      from += taken;
      tally.samples += taken;
      if (resampler.ready) this.hop(out);
    }
  }

  private hop(out: PortMessage[]): void {
    const { resampler, history, assembler } = this.chain!;
    const { plan } = this;
    resampler.produce(history);
    if (history.end <= assembler.limit) {
      this.meter.update(history, plan.hop);
      if (this.meter.carrierShare < CARRIER_SHARE && !assembler.recentFix)
        this.tally.no_carrier_ms += (1000 * plan.hop) / plan.rate;
    }
    this.waiting.push(...assembler.advance());
    const settled = Math.min(assembler.settled, assembler.limit);
    if (this.waiting.length > 0 || settled - this.reported >= MESSAGE_SPAN * plan.rate) {
      out.push(this.message(this.waiting, settled));
      this.waiting = [];
    }
  }

  /** The signal stops here: pushes out what filters and assembler hold. */
  private drain(out: PortMessage[]): void {
    const { chain, plan } = this;
    if (!chain) return;
    const { resampler, history, assembler } = chain;
    assembler.limit = resampler.received / resampler.step;
    const zeros = silence(Math.ceil(plan.hop * resampler.step) + 1);
    while (Math.min(assembler.settled, history.end) < assembler.limit) this.consume(zeros, out, { samples: 0 });
    if (this.reported < assembler.limit) out.push(this.message([], assembler.limit));
  }

  private message(slots: FoundSlot[], settled: number, extra: { end?: boolean } = {}): PortMessage {
    const { plan } = this;
    const info = this.info!;
    const symbols = plan.air.maxFrameSymbols;
    const payload = sharedBuffer(16 * symbols * slots.length);
    const metrics = new Float32Array(payload.buffer as ArrayBuffer, payload.byteOffset, 4 * symbols * slots.length);
    const frames: SymbolFrame[] = slots.map(({ fix, start, sync, metrics: four }, i) => {
      metrics.set(four, 4 * symbols * i);
      const { quality, offset, snr, polarity } = fix;
      const name = sync ? plan.air.syncs[0].name : '';
      return { start: symbols * i, symbols, time: this.timeOf(start), sync: name, quality, offset, snr, polarity };
    });
    const time = this.timeOf(this.reported);
    const until = Math.max(settled, this.reported);
    this.reported = until;
    const symbolsInfo: SymbolsInfo = {
      stream: info.stream,
      seq: this.seq++,
      time,
      protocol: this.options.protocol,
      modulation: plan.air.modulation,
      rate: plan.air.symbolRate,
      levels: 4,
      frames,
      duration: this.timeOf(until) - time,
      frequency: info.center ?? 0,
      stats: this.stats(),
      ...this.levels(info),
      ...(info.signal && { signal: info.signal }),
      ...extra,
    };
    return { port: 'symbols', payload, info: symbolsInfo };
  }

  private timeOf(sample: number): number {
    return this.position.startTime + (1000 * sample) / this.plan.rate;
  }

  /** Counters; offset (Hz) and Es/N0 (dB) of the last pair of syncs, or else of whatever carrier there is. */
  private stats(): Record<string, number> {
    const stats: Record<string, number> = this.counters();
    const fix = this.chain?.assembler.recentFix;
    if (fix) {
      stats.offset = Math.round(fix.offset);
      stats.snr = fix.snr;
    } else if (this.chain) stats.offset = Math.round(this.meter.offset(this.plan.rate));
    return stats;
  }

  private levels(info: IqInfo): { level?: number; noise?: number } {
    if (info.level !== undefined) return { level: info.level, noise: info.noise };
    return this.chain ? { level: this.meter.level, noise: this.meter.noise } : {};
  }
}
