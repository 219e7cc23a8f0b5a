import { TrunkflowError } from '../../core/errors';
import type { BandEvent, ChannelEvent } from '../../core/events';
import { type Control, IQ_BYTES, type IqInfo, type PortMessage, type StreamMessage } from '../../core/messages';
import type { Counters, Stage } from '../../core/stage';
import { checkInput, checkOptions } from './checks';
import { Engine } from './engine';
import { CHANNELIZER_DEFAULTS, type ChannelizerOptions } from './options';
import { type ChannelSpec, closeTest, describeRequest, readRequest } from './requests';

/** A block whose time lies further than this from where its sample number puts it begins a new time line, ms. */
const TIME_TOLERANCE = 250;
/** What the input covers is told again after this time (ms): whoever was set up later must know it too. */
const TELL_BAND_EVERY = 10_000;

/**
 * Wideband iq in; out, for each channel, an iq stream `<input stream>/<channel id>` in cf32 at the input rate divided by
 * a whole number, with level, noise, SNR and carrier offset; a BandEvent that tells what the input covers, and a
 * ChannelEvent for each channel opened, closed or refused. docs/channelizer.md tells methods, figures and limits.
 */
export class ChannelizerStage implements Stage {
  private readonly options: ChannelizerOptions;
  /** Channels wanted by id: the permanent ones always, others while they are open or wait for the first block. */
  private readonly wanted = new Map<string, ChannelSpec>();
  /** Ids of the channels that have a stream. */
  private readonly streaming = new Set<string>();
  private engine: Engine | null = null;
  /** Stream time when the band was told last, ms. */
  private bandTold = 0;
  /** Name of the input stream, known from the first block on. */
  private source = '';
  /** What the next call gives back; the engine appends to it too. */
  private readonly messages: PortMessage[] = [];
  private readonly count = {
    blocks: 0,
    samples: 0,
    gaps: 0,
    lost_samples: 0,
    non_finite: 0,
    replanned: 0,
    opened: 0,
    closed: 0,
    refused: 0,
    late: 0,
  };

  /** Throws TrunkflowError 'bad-setting' when an option or a permanent channel makes no sense. */
  constructor(options: Partial<ChannelizerOptions> = {}) {
    this.options = { ...CHANNELIZER_DEFAULTS, ...options };
    checkOptions(this.options);
    for (const request of this.options.channels) this.addPermanent(request);
    if (this.wanted.size > this.options.maxChannels)
      throw new TrunkflowError('bad-setting', 'Channels', {
        expected: `at most ${this.options.maxChannels}`,
        got: String(this.wanted.size),
        hint: 'Raise the largest number of channels or list fewer',
      });
  }

  process(input: StreamMessage): PortMessage[] {
    const info = checkInput(input);
    const engine = this.engineFor(info);
    if (info.time >= this.bandTold + TELL_BAND_EVERY) this.tellCovered(engine, info.time);
    const missing = engine.receive(info.sample, info.dropped > 0, input.payload, info.clipped);
    this.count.blocks++;
    this.count.samples += input.payload.length / IQ_BYTES[info.format];
    if (missing !== null) {
      this.count.gaps++;
      this.count.lost_samples += missing;
    }
    return this.give();
  }

  control(command: Control): PortMessage[] {
    if (command.open !== undefined) for (const request of [command.open].flat()) this.open(request);
    if (command.close !== undefined) this.closeAll(command.close);
    return this.give();
  }

  flush(): PortMessage[] {
    this.engine?.drain();
    for (const id of [...this.streaming]) this.endStream(this.wanted.get(id)!);
    if (this.engine) this.tellBand(this.engine, 'ended');
    this.dropEngine();
    return this.give();
  }

  reset(): void {
    const { engine } = this;
    if (!engine) return;
    this.replace(new Engine(engine.wideband, engine.next, this.options, this.messages), 0);
    this.messages.length = 0;
  }

  close(): void {
    this.dropEngine();
  }

  counters(): Counters {
    const nonFinite = this.count.non_finite + (this.engine?.nonFinite ?? 0);
    return { ...this.count, non_finite: nonFinite, channels: this.streaming.size };
  }

  private addPermanent(request: unknown): void {
    const spec = readRequest(request, this.options, true);
    if (typeof spec === 'string')
      throw new TrunkflowError('bad-setting', 'Channel', { expected: spec, got: JSON.stringify(request) });
    const same = this.wanted.get(spec.id);
    if (same && same.frequency !== spec.frequency)
      throw new TrunkflowError('bad-setting', `Two channels are named ${spec.id}`, {
        hint: 'Give every channel a name of its own',
      });
    this.wanted.set(spec.id, spec);
  }

  /** The engine for this input; a new one when rate, centre, format or time line changed. */
  private engineFor(info: IqInfo): Engine {
    const { stream, format, rate, center } = info;
    const start = Math.round(info.time - (1000 * info.sample) / rate);
    const old = this.engine;
    if (old) {
      const { wideband } = old;
      const alike = stream === wideband.stream && format === wideband.format && rate === wideband.rate;
      const inTime = Math.abs(start - wideband.start) <= TIME_TOLERANCE && info.sample >= old.next;
      if (alike && center === wideband.center && inTime) return old;
      this.count.replanned++;
      old.drain();
    }
    this.source = stream;
    const engine = new Engine({ stream, format, rate, center, start }, info.sample, this.options, this.messages);
    this.tellCovered(engine, info.time);
    this.replace(engine, info.time);
    return engine;
  }

  /** Goes on with a new engine: streams it covers continue, others end. time: stream time of the change, ms. */
  private replace(engine: Engine, time: number): void {
    for (const spec of [...this.wanted.values()]) if (!engine.covers(spec)) this.leave(spec, time);
    const seqs = this.engine?.hand() ?? new Map<string, number>();
    this.dropEngine();
    this.engine = engine;
    const specs = [...this.wanted.values()].filter((spec) => engine.covers(spec));
    engine.begin(
      specs.filter(({ permanent }) => permanent),
      seqs,
    );
    for (const spec of specs) {
      if (!spec.permanent) this.start(engine, spec, seqs.get(spec.id));
      else if (!this.streaming.has(spec.id)) this.opened(spec, time);
    }
  }

  /** The new input does not cover this channel. */
  private leave(spec: ChannelSpec, time: number): void {
    if (this.streaming.has(spec.id)) this.endStream(spec, 'out_of_band');
    else this.refuse(spec, 'out_of_band', { time });
    if (!spec.permanent) this.wanted.delete(spec.id);
  }

  private open(request: unknown): void {
    const spec = readRequest(request, this.options, false);
    if (typeof spec === 'string') {
      this.refuse(describeRequest(request), 'bad_request', { detail: spec });
      return;
    }
    const same = this.wanted.get(spec.id);
    if (same) {
      if (same.frequency === spec.frequency) return;
      this.refuse(spec, 'bad_request', { detail: `${spec.id} is open on another frequency` });
    } else if (this.wanted.size >= this.options.maxChannels) this.refuse(spec, 'too_many');
    else if (this.engine && !this.engine.covers(spec)) this.refuse(spec, 'out_of_band');
    else {
      this.wanted.set(spec.id, spec);
      if (this.engine) this.start(this.engine, spec);
    }
  }

  /** seq: where the message numbers go on if the channel was open before. */
  private start(engine: Engine, spec: ChannelSpec, seq = 0): void {
    const { time, late } = engine.open(spec, seq);
    if (this.streaming.has(spec.id)) return;
    if (late > 0) this.count.late++;
    this.opened(spec, time, late);
  }

  private closeAll(close: unknown): void {
    const meant = closeTest(close);
    if (!meant) this.refuse(describeRequest(close), 'bad_request', { detail: 'close names an id or a frequency' });
    else
      for (const spec of [...this.wanted.values()]) {
        if (spec.permanent || !meant(spec)) continue;
        if (this.streaming.has(spec.id)) this.endStream(spec);
        this.wanted.delete(spec.id);
      }
  }

  private endStream(spec: ChannelSpec, reason?: string): void {
    const time = this.engine?.close(spec.id);
    this.streaming.delete(spec.id);
    this.count.closed++;
    this.tell(spec, 'closed', { time, ...(reason ? { reason } : {}) });
  }

  private opened(spec: ChannelSpec, time: number, late = 0): void {
    this.streaming.add(spec.id);
    this.count.opened++;
    this.tell(spec, 'opened', { time, ...(late > 0 ? { late_ms: late } : {}) });
  }

  private refuse(channel: { id: string; frequency: number }, reason: string, more: Partial<ChannelEvent> = {}): void {
    this.count.refused++;
    this.tell(channel, 'refused', { reason, ...more });
  }

  private tell(
    { id, frequency }: { id: string; frequency: number },
    state: ChannelEvent['state'],
    more: Partial<ChannelEvent>,
  ): void {
    const stream = this.source ? `${this.source}/${id}` : id;
    const payload: ChannelEvent = { type: 'channel', state, id, stream, frequency, ...more };
    this.messages.push({ port: 'event', payload });
  }

  private tellCovered(engine: Engine, time: number): void {
    this.bandTold = time;
    this.tellBand(engine, 'covered');
  }

  private tellBand({ wideband: { stream }, span }: Engine, state: BandEvent['state']): void {
    const payload: BandEvent = { type: 'band', state, stream, ...span };
    this.messages.push({ port: 'event', payload });
  }

  private dropEngine(): void {
    if (this.engine) this.count.non_finite += this.engine.nonFinite;
    this.engine?.free();
    this.engine = null;
  }

  private give(): PortMessage[] {
    return this.messages.splice(0);
  }
}
