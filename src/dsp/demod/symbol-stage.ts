import { TrunkflowError } from '../../core/errors';
import type { AudioInfo, IqInfo, PortMessage, StreamMessage, SymbolFrame, SymbolsInfo } from '../../core/messages';
import { sharedBuffer } from '../../core/shared-buffer';
import { addCounters, type Counters, type Stage } from '../../core/stage';
import type { AirInterface } from '../air-interface';
import { CarrierMeter } from './carrier-meter';
import type { DemodOptions } from './options';
import type { Resampler } from './resampler';
import { clippedIn, type SampleReader, silence } from './samples';
import type { SignalHistory } from './signal-history';
import { StreamPosition } from './stream-position';

export type SymbolOptions = Omit<Extract<DemodOptions, { mode: 'fsk4' }>, 'mode'>;

/** Most stream time between two messages, seconds. */
const MESSAGE_SPAN = 0.1;

/** What all frames have in common, however they were found. */
export interface FoundSymbols {
  fix: Pick<SymbolFrame, 'quality' | 'offset' | 'snr' | 'polarity'>;
  /** Sample of the first symbol's centre. */
  start: number;
  /** 4 per symbol. */
  metrics: Float32Array;
}

/** Makes frames of what is in the history. */
interface Assembler<Found> {
  /** What it counted since it was made: names and numbers. */
  readonly counters: object;
  /** Samples from here on do not exist (the stream ended). */
  limit: number;
  /** All frames that begin before this sample have been given. */
  readonly settled: number;
  /** The sync that tells how the signal is received now. */
  readonly recentFix: { offset: number; snr: number } | null;
  /** Call after each hop; gives the frames that are complete now. */
  advance(): Found[];
}

/** What the stage keeps for the kind and rate of samples it gets. */
export interface SymbolChain<Found> {
  /** Complex samples, which show a carrier; else audio. */
  readonly complex: boolean;
  readonly resampler: Resampler;
  readonly history: SignalHistory;
  readonly assembler: Assembler<Found>;
  /** As it was found on the air. */
  readonly modulation: string;
  /** Forgets all signal in history and assembler. */
  clear(): void;
  /** Frees what is behind the resampler. */
  free(): void;
}

/**
 * What the demodulators of symbols share: the stream's beginning, gaps and end, hops, counters and messages. Samples in,
 * soft symbols out, whole frames at a time. A message covers a span of stream time and holds all frames that begin in it.
 */
export abstract class SymbolStage<Found extends FoundSymbols> implements Stage {
  protected chain: SymbolChain<Found> | null = null;
  protected readonly meter = new CarrierMeter();
  /** Kind and rate of samples the chain is for. */
  private key = '';
  private info: IqInfo | AudioInfo | null = null;
  private seq = 0;
  private readonly position = new StreamPosition();
  /** Sample (of the history) up to which messages went out. */
  private reported = 0;
  private readonly tally: Counters;
  /** Samples that were clipped before a channelizer made this channel of them. */
  private clippedBefore = 0;

  /** `none`: the assembler's counters before there is one. */
  protected constructor(
    private readonly protocol: string,
    private readonly common: { air: AirInterface; rate: number; hop: number },
    none: object,
  ) {
    this.tally = { samples: 0, clipped: 0, invalid: 0, no_carrier_ms: 0, ...none };
  }

  /** @throws TrunkflowError for a block this demodulator cannot use */
  protected abstract readerFor(input: StreamMessage): SampleReader;
  protected abstract makeChain(complex: boolean, rate: number): SymbolChain<Found>;
  /** Whether the last hop looked like a signal, blind or not. */
  protected abstract get hasCarrier(): boolean;
  /** Carrier offset (Hz), and Es/N0 (dB) if that can be told, of a carrier without syncs. */
  protected abstract get blind(): { offset: number; snr?: number };
  /** What a frame says of itself beside the figures of its sync. */
  protected abstract describe(found: Found): Pick<SymbolFrame, 'sync' | 'detector'>;

  process(input: StreamMessage): PortMessage[] {
    const block = this.readerFor(input);
    const info = input.info as IqInfo | AudioInfo;
    const out: PortMessage[] = [];
    const key = `${input.port}/${info.rate}`;
    if (!this.chain || this.key !== key || !this.position.expects(info)) this.begin(key, info, out);
    this.position.advance(info, block.length);
    this.info = info;
    this.clippedBefore += clippedIn(info) * block.length;
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
  }

  close(): void {
    this.closeChain();
  }

  counters(): Counters {
    const counters: Counters = { ...this.tally, gaps: this.position.gaps };
    if (this.chain) addCounters(counters, countersOf(this.chain));
    counters.clipped += Math.round(this.clippedBefore);
    return counters;
  }

  /** Starts afresh with this block, at a stream's beginning or after a gap, once what was inside is out. */
  private begin(key: string, info: IqInfo | AudioInfo, out: PortMessage[]): void {
    this.drain(out);
    if (this.key !== key) this.closeChain();
    this.chain?.resampler.clear();
    this.chain?.clear();
    this.position.begin(info);
    this.reported = 0;
    this.key = key;
    this.chain ??= this.makeChain('sample' in info, info.rate);
  }

  private closeChain(): void {
    const { chain } = this;
    if (!chain) return;
    addCounters(this.tally, countersOf(chain));
    chain.resampler.free();
    chain.free();
    this.chain = null;
  }

  private consume(block: SampleReader, out: PortMessage[], tally: Counters): void {
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
    const { complex, resampler, history, assembler } = this.chain!;
    const { rate, hop } = this.common;
    resampler.produce(history);
    if (complex && history.end <= assembler.limit) {
      this.meter.update(history, hop);
      if (!this.hasCarrier) this.tally.no_carrier_ms += (1000 * hop) / rate;
    }
    const found = assembler.advance();
    const settled = Math.min(assembler.settled, assembler.limit);
    if (found.length > 0 || settled - this.reported >= MESSAGE_SPAN * rate) out.push(this.message(found, settled));
  }

  /** The signal stops here: pushes out what filters and assembler hold. */
  private drain(out: PortMessage[]): void {
    const { chain, common } = this;
    if (!chain) return;
    const { resampler, history, assembler } = chain;
    assembler.limit = resampler.received / resampler.step;
    const zeros = silence(Math.ceil(common.hop * resampler.step) + 1);
    while (Math.min(assembler.settled, history.end) < assembler.limit) this.consume(zeros, out, { samples: 0 });
    if (this.reported < assembler.limit) out.push(this.message([], assembler.limit));
  }

  private message(found: Found[], settled: number, extra: { end?: boolean } = {}): PortMessage {
    const { air } = this.common;
    const info = this.info!;
    const { payload, frames } = this.pack(found);
    const time = this.timeOf(this.reported);
    const until = Math.max(settled, this.reported);
    this.reported = until;
    const symbolsInfo: SymbolsInfo = {
      stream: info.stream,
      seq: this.seq++,
      time,
      protocol: this.protocol,
      modulation: this.chain?.modulation ?? air.modulation,
      rate: air.symbolRate,
      levels: 4,
      frames,
      duration: this.timeOf(until) - time,
      frequency: ('center' in info ? info.center : (info as AudioInfo).frequency) ?? 0,
      stats: this.stats(),
      ...this.levels(info),
      ...('signal' in info && { signal: info.signal }),
      ...extra,
    };
    return { port: 'symbols', payload, info: symbolsInfo };
  }

  /** Frames one after the other, with where they stand. */
  private pack(found: Found[]): { payload: Buffer; frames: SymbolFrame[] } {
    let values = 0;
    for (const { metrics } of found) values += metrics.length;
    const payload = sharedBuffer(4 * values);
    const all = new Float32Array(payload.buffer as ArrayBuffer, payload.byteOffset, values);
    let at = 0;
    const frames = found.map((frame): SymbolFrame => {
      const { metrics, fix } = frame;
      const { quality, offset, snr, polarity } = fix;
      const { sync, ...more } = this.describe(frame);
      const start = at / 4;
      all.set(metrics, at);
      at += metrics.length;
      const time = this.timeOf(frame.start);
      return { start, symbols: metrics.length / 4, time, sync, quality, offset, snr, polarity, ...more };
    });
    return { payload, frames };
  }

  private timeOf(sample: number): number {
    return this.position.startTime + (1000 * sample) / this.common.rate;
  }

  /** Counters; offset (Hz) and Es/N0 (dB) of the last sync, or else of whatever carrier there is. */
  private stats(): Record<string, number> {
    const { chain } = this;
    const fix = chain?.assembler.recentFix ?? (chain?.complex ? this.blind : null);
    if (!fix) return this.counters();
    return { ...this.counters(), ...(fix.snr !== undefined && { snr: fix.snr }), offset: Math.round(fix.offset) };
  }

  private levels(info: IqInfo | AudioInfo): { level?: number; noise?: number } {
    if ('sample' in info && info.level !== undefined) return { level: info.level, noise: info.noise };
    return this.chain?.complex ? { level: this.meter.level, noise: this.meter.noise } : {};
  }
}

/** What one chain counted. */
function countersOf<Found>({ resampler, assembler }: SymbolChain<Found>): Counters {
  return { ...resampler.faults, ...assembler.counters };
}

/** The error for what cannot be demodulated; `expected` and `hint` in a user's words. */
export function wrongPort({ port }: StreamMessage, expected: string, hint: string): TrunkflowError {
  return new TrunkflowError('wrong-port', 'demodulator', {
    expected,
    got: port === 'audio' ? 'speech audio' : port,
    hint,
    status: 'needs iq',
  });
}
