import { IQ_BYTES, type IqFormat, type PortMessage } from '../../core/messages';
import { ChannelBank } from './bank';
import { clippedShare } from './clipped-share';
import { Converter } from './converter';
import { DcEstimator } from './dc';
import { type ChannelFilter, DirectChannel } from './direct';
import { type ChunkRecord, History } from './history';
import { NoiseFloor } from './noise';
import type { ChannelizerOptions } from './options';
import { ChannelOutput, type Scene } from './output';
import { bankPlan, type ChannelShape, channelShape, directPlan, USABLE_BAND } from './plan';
import type { ChannelSpec } from './requests';
import { SlabAllocator } from './slab';
import { SampleWindow } from './window';

/** Seconds of input in a chunk, the unit of all work, and the limits of its length in samples. */
const CHUNK = 0.004;
const CHUNK_SAMPLES = { least: 256, most: 65536 };

/** Seconds of history kept in any case, which is what the longest channel filter reaches back. */
const LEAST_HISTORY = 0.1;
/** Most memory for the history, bytes; a very wide input keeps a shorter one. */
const MOST_HISTORY = 256 << 20;

/** A spectrum for the noise floor is taken of every so many chunks. */
const NOISE_CHUNKS = 16;

/** A wideband stream as long as its rate, centre and format stay the same. */
export interface Wideband {
  stream: string;
  format: IqFormat;
  /** Samples/s. */
  rate: number;
  /** Hz. */
  center: number;
  /** Stream time of sample 0, ms. */
  start: number;
}

interface OpenChannel {
  output: ChannelOutput;
  /** Null when the bank makes this channel. */
  filter: ChannelFilter | null;
}

/**
 * Makes the channels of one wideband stream. All work is done in chunks that lie on a grid of absolute sample numbers,
 * so nothing depends on how the samples arrived. The raw chunks are kept a while: a channel opened late is fed from them
 * exactly what it would have got had it been open.
 */
export class Engine {
  /** cf32 samples that were not numbers. */
  nonFinite = 0;
  /** Share of the samples that were clipped before they became floats. */
  private clippedBefore = 0;
  private readonly scene: Scene;
  private readonly chunk: number;
  private readonly history: History;
  private readonly converter: Converter;
  private readonly dc: DcEstimator;
  private readonly noise: NoiseFloor;
  private readonly channels = new Map<string, OpenChannel>();
  private bank: ChannelBank | null = null;
  /** The bank and the filters of all other channels. */
  private filters: ChannelFilter[] = [];
  private window: SampleWindow;

  /** first: number of the first sample to come. Finished messages are appended to `messages`. */
  constructor(
    readonly wideband: Wideband,
    first: number,
    private readonly options: ChannelizerOptions,
    messages: PortMessage[],
  ) {
    const { rate, center, format, start } = wideband;
    const wanted = 2 ** Math.round(Math.log2(rate * CHUNK));
    this.chunk = Math.min(CHUNK_SAMPLES.most, Math.max(CHUNK_SAMPLES.least, wanted));
    const chunkBytes = this.chunk * IQ_BYTES[format];
    const chunks = (Math.max(options.history, LEAST_HISTORY) * rate) / this.chunk;
    const limit = Math.ceil(Math.min(chunks, MOST_HISTORY / chunkBytes)) + 2;
    this.history = new History(limit, this.chunk, IQ_BYTES[format], first, (record) => this.process(record));
    const to = Number.POSITIVE_INFINITY;
    this.scene = {
      rate,
      center,
      start,
      from: first,
      to,
      floor: null,
      clipped: (begin, end) => this.history.clipped(begin, end),
      messages,
      memory: new SlabAllocator(),
    };
    this.converter = new Converter(format, this.chunk);
    this.dc = new DcEstimator(rate);
    this.noise = new NoiseFloor(rate, this.chunk);
    this.window = new SampleWindow(this.chunk, this.chunk);
    this.window.restart(first);
  }

  /** Number of the next sample. */
  get next(): number {
    return this.history.next;
  }

  /** Lowest and highest centre frequency, Hz, of channels of the usual bandwidth. */
  get span(): { low: number; high: number } {
    const { center, rate } = this.wideband;
    const reach = USABLE_BAND * rate - this.options.bandwidth / 2;
    return { low: Math.ceil(center - reach), high: Math.floor(center + reach) };
  }

  /** Is the channel's whole band inside the part of the input that can be used? */
  covers({ frequency, bandwidth }: ChannelSpec): boolean {
    const { center, rate } = this.wideband;
    return Math.abs(frequency - center) + bandwidth / 2 <= USABLE_BAND * rate;
  }

  /**
   * Opens the permanent channels, before the first sample. If a bank is cheaper for those of the usual shape, it makes
   * them; all others are made one by one. seqs: where the message numbers of a channel go on.
   */
  begin(specs: readonly ChannelSpec[], seqs: ReadonlyMap<string, number>): void {
    const { rate, bandwidth } = this.options;
    const usual = specs.filter((spec) => spec.rate === rate && spec.bandwidth === bandwidth);
    const shape = channelShape(this.wideband.rate, rate, bandwidth);
    const plan = bankPlan(this.wideband.rate, shape, usual.length);
    if (plan.cost < usual.length * directPlan(this.wideband.rate, shape).cost) {
      this.bank = new ChannelBank(plan, shape.decimation);
      this.widen(this.bank.keep);
      this.bank.restart(this.next);
    }
    for (const spec of specs) {
      const seq = seqs.get(spec.id) ?? 0;
      if (this.bank && usual.includes(spec)) this.openInBank(this.bank, spec, shape, seq);
      else this.openDirect(spec, this.next, seq);
    }
    this.listFilters();
  }

  /** Opens a channel; tells the stream time it starts at and by how many ms that is later than it was wanted. */
  open(spec: ChannelSpec, seq: number): { time: number; late: number } {
    const { rate, start } = this.wideband;
    const wanted = spec.from === undefined ? this.next : ((spec.from - start) * rate) / 1000;
    const oldest = this.history.from;
    const time = this.openDirect(spec, Math.max(wanted, oldest), seq);
    this.listFilters();
    return { time, late: wanted < oldest ? time - spec.from! : 0 };
  }

  /** Ends a channel's stream with what was made of it so far; returns the stream time of its end. */
  close(id: string): number {
    const { output, filter } = this.channels.get(id)!;
    output.finish(true);
    output.close();
    filter?.close();
    this.channels.delete(id);
    this.listFilters();
    return output.time;
  }

  /**
   * Takes whole samples; `sample` is the number of the first, `clipped` the share that was clipped before. Returns how many were lost
   * before it, if there is a gap.
   */
  receive(sample: number, lost: boolean, payload: Uint8Array, clipped = 0): number | null {
    this.clippedBefore = clipped;
    const missing = sample - this.next;
    const gap = missing !== 0 || lost;
    if (gap) this.history.skipTo(sample);
    this.history.add(payload);
    return gap ? missing : null;
  }

  /** Makes all outputs up to the last sample. No sample may follow. */
  drain(): void {
    this.history.seal();
    this.endSegment(this.filters);
  }

  /** Sends what is packed, for streams that another engine will continue. */
  hand(): Map<string, number> {
    const seqs = new Map<string, number>();
    for (const [id, { output }] of this.channels) {
      output.finish(false);
      // One number is left out, so that receivers see that the signal is interrupted.
      seqs.set(id, output.seq + 1);
    }
    return seqs;
  }

  free(): void {
    for (const { output, filter } of this.channels.values()) {
      output.close();
      filter?.close();
    }
    this.channels.clear();
    this.bank?.close();
    this.window.close();
    this.converter.close();
    this.noise.close();
  }

  private openInBank(bank: ChannelBank, spec: ChannelSpec, shape: ChannelShape, seq: number): void {
    const output = this.makeOutput(spec, shape, this.next, seq);
    bank.add(this.cycles(spec), output.take);
    this.channels.set(spec.id, { output, filter: null });
  }

  /** Returns the stream time of the first output, ms. */
  private openDirect(spec: ChannelSpec, from: number, seq: number): number {
    const shape = channelShape(this.wideband.rate, spec.rate, spec.bandwidth);
    const output = this.makeOutput(spec, shape, from, seq);
    const plan = directPlan(this.wideband.rate, shape);
    const filter = new DirectChannel(plan, this.cycles(spec), this.chunk, output.take);
    filter.restart(this.next);
    this.widen(filter.keep);
    const { time } = output;
    this.replay(filter, from);
    this.channels.set(spec.id, { output, filter });
    return time;
  }

  private makeOutput(spec: ChannelSpec, shape: ChannelShape, from: number, seq: number): ChannelOutput {
    // A time that falls on an output but for rounding means that output.
    const start = Math.max(0, Math.ceil(from / shape.decimation - 1e-6));
    const { id, frequency, signal } = spec;
    return new ChannelOutput(`${this.wideband.stream}/${id}`, frequency, shape, this.scene, start, seq, signal);
  }

  private cycles(spec: ChannelSpec): number {
    return (spec.frequency - this.wideband.center) / this.wideband.rate;
  }

  private listFilters(): void {
    const direct = [...this.channels.values()].flatMap(({ filter }) => filter ?? []);
    this.filters = this.bank ? [this.bank, ...direct] : direct;
  }

  /** Makes the window keep at least so many samples. */
  private widen(keep: number): void {
    if (keep <= this.window.keep) return;
    const { end } = this.window;
    this.window.close();
    this.window = new SampleWindow(keep, this.chunk);
    this.window.restart(end);
  }

  private process(record: ChunkRecord): void {
    const { filters } = this;
    record.dcRe = this.options.removeDc ? this.dc.re : 0;
    record.dcIm = this.options.removeDc ? this.dc.im : 0;
    this.load(record, filters);
    this.nonFinite += this.converter.bad;
    const [re, im] = this.converter.mean(record);
    this.dc.add(re, im, record.to - record.from);
    const whole = record.to - record.from === this.chunk;
    if (whole && (!this.noise.profile || (record.from / this.chunk) % NOISE_CHUNKS === 0))
      this.noise.measure(this.window);
    record.floor = this.scene.floor = this.noise.profile;
    // Floats have no limit; what another channelizer found goes on with them.
    const { format } = this.wideband;
    record.clipped = format === 'cf32' ? this.clippedBefore : clippedShare(format, record);
    for (const filter of filters) filter.advance(this.window);
  }

  private load(record: ChunkRecord, filters: readonly ChannelFilter[]): void {
    if (record.restart) {
      this.endSegment(filters);
      this.beginSegment(record.from, filters);
    }
    this.converter.load(record, this.window);
  }

  private beginSegment(sample: number, filters: readonly ChannelFilter[]): void {
    this.window.restart(sample);
    this.scene.from = sample;
    for (const filter of filters) filter.restart(sample);
  }

  /** Makes the outputs that still wait for later samples, as if these were zero. */
  private endSegment(filters: readonly ChannelFilter[]): void {
    const { end } = this.window;
    this.scene.to = end;
    while (filters.some((filter) => filter.position < end)) {
      this.window.extendWithZeros(this.chunk);
      for (const filter of filters) filter.advance(this.window);
    }
    this.scene.to = Number.POSITIVE_INFINITY;
  }

  /**
   * Feeds a new channel the kept chunks, so that it stands where the others do. `start`: its first output's input sample.
   * Going back at least as far as the window keeps also leaves the window as it was.
   */
  private replay(filter: ChannelFilter, start: number): void {
    const { history, scene } = this;
    const live = { from: scene.from, floor: scene.floor };
    // A rotation is computed from the first output of a chunk, so the first chunk fed must not matter.
    const need = Math.min(start - filter.reach - this.chunk, this.window.end - this.window.keep);
    let age = 0;
    while (age < history.length && history.at(age).to <= need) age++;
    if (age === history.length) return;
    this.beginSegment(history.at(age).from, [filter]);
    for (const first = age; age < history.length; age++) {
      const record = history.at(age);
      scene.floor = record.floor;
      if (age === first) this.converter.load(record, this.window);
      else this.load(record, [filter]);
      filter.advance(this.window);
    }
    Object.assign(scene, live);
  }
}
