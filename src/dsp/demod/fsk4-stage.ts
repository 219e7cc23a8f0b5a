import { TrunkflowError } from '../../core/errors';
import type { AudioInfo, IqInfo, PortMessage, StreamMessage, SymbolFrame, SymbolsInfo } from '../../core/messages';
import { sharedBuffer } from '../../core/shared-buffer';
import type { Counters, Stage } from '../../core/stage';
import type { AirInterface } from '../air-interface';
import { AudioReceiver } from './audio-receiver';
import { CarrierMeter } from './carrier-meter';
import { checkRate } from './check-rate';
import { ComplexReceiver } from './complex-receiver';
import { type FoundFrame, FrameAssembler } from './frame-assembler';
import type { DemodOptions } from './options';
import { type Fsk4Plan, planFor } from './plan';
import type { Receiver } from './receiver';
import { Resampler } from './resampler';
import { audioReader, iqReader, type SampleReader, silence } from './samples';
import { StreamPosition } from './stream-position';

export type Fsk4Options = Omit<Extract<DemodOptions, { mode: 'fsk4' }>, 'mode'>;

/** Most stream time between two messages, seconds. */
const MESSAGE_SPAN = 0.1;
/** Below this share of constant-envelope power a channel counts as empty (-5 dB). */
const CARRIER_SHARE = 0.24;
/**
 * Half the bandwidth searched, over the demodulator's rate: 5.8 kHz at 19.2 kS/s lets in the signal with an offset of
 * 2.5 kHz, but not the neighbour 12.5 kHz away.
 */
const BAND = 0.3;

/** What the stage keeps for the kind and rate of samples it gets. */
interface Chain {
  /** Kind and rate this chain is for. */
  key: string;
  rate: number;
  resampler: Resampler;
  receiver: Receiver;
  assembler: FrameAssembler;
}

/**
 * Demodulator of 4-level FSK: complex samples or FM-discriminator audio in, soft symbols out, whole frames at a time.
 * Feed-forward: each frame takes time, frequency, deviation and polarity from its own sync word; there is no loop that
 * must lock. A message covers a span of stream time and holds all frames that begin in it.
 */
export class Fsk4Stage implements Stage {
  private readonly plan: Fsk4Plan;
  private readonly polarity: 1 | -1 | 0;
  private chain: Chain | null = null;
  private readonly meter = new CarrierMeter();
  private info: IqInfo | AudioInfo | null = null;
  private seq = 0;
  private readonly position = new StreamPosition();
  /** Sample (of the history) up to which messages went out. */
  private reported = 0;
  private waiting: FoundFrame[] = [];
  private readonly tally = { samples: 0, clipped: 0, invalid: 0, no_carrier_ms: 0 };
  private readonly past = { candidates: 0, syncs: 0, headers: 0, rejected: 0, frames: 0, equalised: 0 };

  constructor(
    air: AirInterface,
    private readonly options: Fsk4Options,
  ) {
    this.plan = planFor(air);
    this.polarity = { auto: 0, normal: 1, inverted: -1 }[options.polarity] as 1 | -1 | 0;
  }

  process(input: StreamMessage): PortMessage[] {
    const block = this.readerFor(input);
    const info = input.info as IqInfo | AudioInfo;
    const out: PortMessage[] = [];
    const key = `${input.port}/${info.rate}`;
    if (!this.position.expects(info) || this.chain?.key !== key) this.begin(key, info, out);
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
    const faults = this.chain?.resampler.faults;
    const now = this.chain?.assembler.counters;
    const counters: Counters = { ...this.tally, gaps: this.position.gaps, ...this.past };
    counters.clipped += faults?.clipped ?? 0;
    counters.invalid += faults?.invalid ?? 0;
    for (const [name, value] of Object.entries(now ?? {})) counters[name] += value;
    return counters;
  }

  private readerFor(input: StreamMessage): SampleReader {
    if (input.port === 'iq') {
      checkRate(input.info.rate, 2.4 * this.plan.air.symbolRate);
      return iqReader(input.payload, input.info.format);
    }
    if (input.port === 'audio' && input.info.kind === 'discriminator') {
      checkRate(input.info.rate, 3 * this.plan.air.symbolRate);
      return audioReader(input.payload);
    }
    throw new TrunkflowError('wrong-port', 'demodulator', {
      expected: 'iq or discriminator audio',
      got: input.port === 'audio' ? 'speech audio' : input.port,
      hint: 'Wire a channelizer, an IQ file or a discriminator audio file to it',
      status: 'needs iq',
    });
  }

  /** Starts afresh with this block, at a stream's beginning or after a gap, once what was inside is out. */
  private begin(key: string, info: IqInfo | AudioInfo, out: PortMessage[]): void {
    const { chain } = this;
    if (chain) {
      this.drain(out);
      if (chain.key === key) this.restart(chain);
      else this.closeChain();
    }
    this.position.begin(info);
    this.reported = 0;
    this.chain ??= this.makeChain(key, 'sample' in info, info.rate);
  }

  private makeChain(key: string, complex: boolean, rate: number): Chain {
    const { plan } = this;
    const polarities = this.polarity === 0 ? ([1, -1] as const) : [this.polarity];
    const receiver = complex ? new ComplexReceiver(plan, polarities) : new AudioReceiver(plan, polarities);
    const filter = { cutoff: BAND * plan.rate, transition: 0.1 * plan.rate };
    const resampler = new Resampler(rate, plan.rate, filter, complex ? 2 : 1, plan.hop);
    const assembler = new FrameAssembler(plan, receiver, this.polarity);
    return { key, rate, resampler, receiver, assembler };
  }

  private restart(chain: Chain): void {
    chain.resampler.clear();
    chain.receiver.history.clear();
    chain.receiver.search.reset();
    chain.assembler.reset();
  }

  private closeChain(): void {
    const { chain } = this;
    if (!chain) return;
    this.tally.clipped += chain.resampler.faults.clipped;
    this.tally.invalid += chain.resampler.faults.invalid;
    for (const name of Object.keys(this.past) as (keyof typeof this.past)[])
      this.past[name] += chain.assembler.counters[name];
    chain.resampler.free();
    chain.receiver.close();
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
    const { resampler, receiver, assembler } = this.chain!;
    const { plan } = this;
    resampler.produce(receiver.history);
    if (receiver instanceof ComplexReceiver && receiver.history.end <= assembler.limit) {
      this.meter.update(receiver.history, plan.hop);
      if (this.meter.carrierShare < CARRIER_SHARE) this.tally.no_carrier_ms += (1000 * plan.hop) / plan.rate;
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
    const { resampler, receiver, assembler } = chain;
    assembler.limit = resampler.received / resampler.step;
    const zeros = silence(Math.ceil(plan.hop * resampler.step) + 1);
    while (Math.min(assembler.settled, receiver.history.end) < assembler.limit)
      this.consume(zeros, out, { samples: 0 });
    if (this.reported < assembler.limit) out.push(this.message([], assembler.limit));
  }

  private message(frames: FoundFrame[], settled: number, extra: { end?: boolean } = {}): PortMessage {
    const { plan, info } = this;
    let symbols = 0;
    for (const frame of frames) symbols += frame.symbols;
    const payload = sharedBuffer(16 * symbols);
    const metrics = new Float32Array(payload.buffer as ArrayBuffer, payload.byteOffset, 4 * symbols);
    const list: SymbolFrame[] = [];
    let start = 0;
    for (const frame of frames) {
      metrics.set(frame.metrics, 4 * start);
      const { sync, quality, offset, snr, polarity } = frame.fix;
      list.push({
        start,
        symbols: frame.symbols,
        time: this.timeOf(frame.start),
        sync: plan.syncs[sync].name,
        quality,
        offset,
        snr,
        polarity,
        detector: frame.detector,
      });
      start += frame.symbols;
    }
    const time = this.timeOf(this.reported);
    const until = Math.max(settled, this.reported);
    this.reported = until;
    const symbolsInfo: SymbolsInfo = {
      stream: info!.stream,
      seq: this.seq++,
      time,
      protocol: this.options.protocol,
      modulation: this.chain?.receiver.equaliser?.waveform ?? plan.air.modulation,
      rate: plan.air.symbolRate,
      levels: 4,
      frames: list,
      duration: this.timeOf(until) - time,
      frequency: ('center' in info! ? info.center : (info as AudioInfo).frequency) ?? 0,
      stats: this.stats(),
      ...this.levels(),
      ...extra,
    };
    return { port: 'symbols', payload, info: symbolsInfo };
  }

  private timeOf(sample: number): number {
    return this.position.startTime + (1000 * sample) / this.plan.rate;
  }

  /** Counters, and what they mean just now: offset (Hz) and Es/N0 (dB) of the last sync, or else of whatever carrier there is. */
  private stats(): Record<string, number> {
    const stats: Record<string, number> = this.counters();
    const fix = this.chain?.assembler.recentFix;
    if (fix) {
      stats.offset = Math.round(fix.offset);
      stats.snr = fix.snr;
    } else if (this.chain?.receiver instanceof ComplexReceiver) {
      const share = this.meter.carrierShare;
      stats.offset = Math.round(this.meter.offset(this.plan.rate));
      const perSymbol = (2 * BAND * this.plan.rate) / this.plan.air.symbolRate;
      stats.snr = 10 * Math.log10(((share + 1e-3) / (1.001 - share)) * perSymbol);
    }
    return stats;
  }

  private levels(): { level?: number; noise?: number } {
    const info = this.info!;
    if ('sample' in info && info.level !== undefined) return { level: info.level, noise: info.noise };
    if (!(this.chain?.receiver instanceof ComplexReceiver)) return {};
    return { level: this.meter.level, noise: this.meter.noise };
  }
}
