import { Diagnosis, type Finding } from '../core/diagnosis';
import { TrunkflowError } from '../core/errors';
import type { OffsetEvent, StatsEvent } from '../core/events';
import type { Control, EventObject, PortMessage, StreamMessage, SymbolsInfo } from '../core/messages';
import { asFloat32 } from '../core/shared-buffer';
import type { Counters, Stage } from '../core/stage';
import { CarrierOffset } from './carrier-offset';
import type { DecoderOptions, DecoderSink, Protocol, ProtocolDecoder } from './protocol';
import { Reception } from './reception';
import { checkSymbols } from './symbols-check';
import { outputStream, VoiceLane } from './voice-lane';

/** Metrics per symbol: the 4-level signals'. */
const LEVELS = 4;
const STATS_MS = 1000;
/** Share of a second's blocks that fail from which on it is told, and how many there must be. */
const BAD_BLOCKS = { share: 0.3, least: 10 };

/**
 * Symbols in; events and coded voice out, in the order of the air. Each symbols message gives at least one voice
 * message (if the protocol has voice), with or without frames, as the last thing: it says that time has passed. Where
 * an event falls between voice frames there is one more, so that the order holds. A decoder with several outputs (the slots
 * of a TDMA carrier) gives a stream of events and voice for each, named '<stream>/slot-<n>'.
 */
export class DecoderStage implements Stage, DecoderSink {
  private readonly decoder: ProtocolDecoder;
  private readonly reception = new Reception();
  private readonly diagnosis = new Diagnosis('decoder');
  private readonly carrier = new CarrierOffset();
  private out: PortMessage[] = [];
  /** Voice by output; undefined is the stream's own. */
  private readonly lanes = new Map<number | undefined, VoiceLane>();
  private info: SymbolsInfo | null = null;
  /** Carrier offset of the last frame, Hz. */
  private offset: number | undefined;
  /** How the last frame was received. */
  private received: Pick<StatsEvent, 'modulation' | 'detector'> = {};
  private statsDue = Number.POSITIVE_INFINITY;
  private before: Counters = {};
  private lastStats = 0;
  private nextSeq = 0;
  private gaps = 0;
  private inverted = 0;

  constructor(
    private readonly protocol: Protocol,
    options: DecoderOptions = {},
  ) {
    this.decoder = protocol.createDecoder(this, options);
  }

  /** @throws TrunkflowError 'wrong-port' or 'bad-message'; the stage is as before and stays usable */
  process(input: StreamMessage): PortMessage[] {
    if (input.port !== 'symbols') {
      throw new TrunkflowError('wrong-port', 'Wrong kind of message', {
        expected: 'soft symbols',
        got: input.port,
        hint: 'Wire a demod to this node',
        status: 'needs symbols',
      });
    }
    const { info, payload } = input;
    checkSymbols(info, payload, this.protocol.id, LEVELS);
    this.begin(info);
    const metrics = asFloat32(payload);
    for (const frame of info.frames) {
      this.passTime(frame.time);
      this.offset = frame.offset;
      this.received = { modulation: info.modulation, ...(frame.detector && { detector: frame.detector }) };
      this.carrier.add(frame.time, frame.offset);
      if (frame.polarity < 0) this.inverted++;
      const part = metrics.subarray(frame.start * LEVELS, (frame.start + frame.symbols) * LEVELS);
      this.decoder.frame({ ...frame, frequency: info.frequency }, part);
    }
    const end = info.time + info.duration;
    this.passTime(end);
    for (const lane of this.lanes.values()) this.sendVoice(lane, end);
    return this.take();
  }

  /** `bandPlan`: another one takes the place of the one that was set; what the air says still wins. */
  control({ bandPlan }: Control): PortMessage[] {
    if (bandPlan && typeof bandPlan === 'object') this.decoder.useBandPlan?.(bandPlan as DecoderOptions['bandPlan']);
    return [];
  }

  flush(): PortMessage[] {
    if (!this.info) return [];
    const end = this.info.time + this.info.duration;
    if (end > this.lastStats) this.sendStats(end);
    for (const lane of this.lanes.values()) {
      const message = lane.take(lane.until, this.info, this.voiceFields());
      message.info.end = true;
      this.out.push(message);
    }
    this.lanes.clear();
    this.info = null;
    return this.take();
  }

  reset(): void {
    this.decoder.reset();
    this.reception.reset();
    for (const lane of this.lanes.values()) lane.drop();
    this.diagnosis.reset();
    this.carrier.reset();
    this.offset = undefined;
    this.received = {};
  }

  close(): void {
    this.out = [];
    this.lanes.clear();
  }

  counters(): Counters {
    return { ...this.decoder.counters(), gaps: this.gaps, inverted: this.inverted };
  }

  event(event: EventObject, output?: number): void {
    const lane = this.laneOf(output);
    if (lane?.isWaiting) this.sendVoice(lane, event.time ?? lane.until);
    this.sendEvent(event, output);
  }

  voice(time: number, frames: number, bits: Int8Array, output?: number): void {
    const lane = this.laneOf(output);
    if (!lane || lane.add(time, frames, bits)) return;
    this.sendVoice(lane, time);
    lane.add(time, frames, bits);
  }

  private begin(info: SymbolsInfo): void {
    if (this.info && info.time < this.info.time - STATS_MS) {
      // A source that began again: what was heard before is in the future now.
      this.reset();
      this.info = null;
    }
    if (!this.info) {
      for (const lane of this.lanes.values()) lane.until = info.time;
      this.statsDue = info.time + STATS_MS;
      this.lastStats = info.time;
    } else if (info.seq !== this.nextSeq) this.gaps++;
    this.nextSeq = info.seq + 1;
    this.info = info;
    this.laneOf(undefined);
    this.reception.update(info);
  }

  /** Stream time has come to `time`: what was due before is sent first. */
  private passTime(time: number): void {
    while (this.statsDue <= time) {
      // After a jump in stream time the seconds in between have nothing to tell.
      if (time - this.statsDue > STATS_MS) this.statsDue += STATS_MS * Math.floor((time - this.statsDue) / STATS_MS);
      this.decoder.tick(this.statsDue);
      this.sendStats(this.statsDue);
      this.statsDue += STATS_MS;
    }
    this.decoder.tick(time);
  }

  private sendStats(time: number): void {
    const counters = this.counters();
    const since = (name: string): number => (counters[name] ?? 0) - (this.before[name] ?? 0);
    const { locked, text, code } = this.decoder.status();
    const problem = this.reception.problem();
    const empty = problem?.code === 'no_carrier';
    const snr = empty ? undefined : this.reception.snr;
    const offset = empty ? undefined : this.carrier.value;
    const seconds = (time - this.lastStats) / 1000;
    const rate = seconds > 0 ? since('messages') / seconds : 0;
    const found = problem ?? (code ? { code, words: text } : { code: 'no_sync', words: 'no sync' });
    const { frequency } = this.info!;
    const stats: Omit<StatsEvent, 'protocol' | 'stream'> = {
      type: 'stats',
      time,
      locked,
      reason: locked ? '' : found.words,
      code: locked ? 'ok' : found.code,
      rate: Math.round(rate * 100) / 100,
      ...(snr !== undefined && { snr }),
      ...(offset !== undefined && { offset }),
      ...(offset !== undefined && frequency > 0 && { ppm: millionths(offset, frequency) }),
      ...this.received,
      counters,
    };
    this.sendEvent(stats as StatsEvent);
    this.diagnose(time, locked ? null : found, { ok: since('crc_ok'), bad: since('crc_bad'), frames: since('frames') });
    if (locked) this.tellOffset(time, frequency);
    this.before = counters;
    this.lastStats = time;
  }

  /** Tells what keeps the channel from being read, when that changes. */
  private diagnose(
    time: number,
    problem: { code: string; words: string } | null,
    blocks: { ok: number; bad: number; frames: number },
  ): void {
    const all = blocks.ok + blocks.bad;
    const share = all > 0 ? blocks.bad / all : 0;
    const lossy = all >= BAD_BLOCKS.least && share > BAD_BLOCKS.share;
    const good = lossy
      ? { code: 'bad_blocks', words: `${Math.round(100 * share)} % lost` }
      : { code: 'ok', words: 'ok' };
    const { looksLike } = this.reception;
    const finding: Finding = {
      ...(problem ?? good),
      ...(problem && looksLike !== undefined && problem.code.startsWith('wrong_') && { looks_like: looksLike }),
      numbers: {
        ...this.reception.numbers(),
        frames: blocks.frames,
        blocks: all,
        blocks_bad: blocks.bad,
      },
    };
    const event = this.diagnosis.observe(finding);
    if (event) this.sendEvent({ ...event, time });
  }

  private tellOffset(time: number, frequency: number): void {
    const offset = this.carrier.news(time, frequency);
    if (offset === undefined) return;
    const ppm = millionths(offset, frequency);
    const event: Omit<OffsetEvent, 'protocol' | 'stream'> = {
      type: 'offset',
      time,
      offset: Math.round(offset),
      ppm,
      control: { adjust: -ppm || 0 },
    };
    this.sendEvent(event as OffsetEvent);
  }

  private sendEvent({ type, ...fields }: EventObject, output?: number): void {
    const stream = outputStream(this.info!.stream, output);
    this.out.push({ port: 'event', payload: { type, protocol: this.protocol.id, stream, ...fields } });
  }

  /** The voice of an output; undefined for protocols without voice. */
  private laneOf(output: number | undefined): VoiceLane | undefined {
    const { voiceCodec } = this.protocol;
    let lane = this.lanes.get(output);
    if (lane || !voiceCodec) return lane;
    lane = new VoiceLane(voiceCodec, output, this.info!.time);
    this.lanes.set(output, lane);
    return lane;
  }

  /** Sends the voice that waits, or says that time passed when there is none. */
  private sendVoice(lane: VoiceLane, until: number): void {
    this.out.push(lane.take(until, this.info!, this.voiceFields()));
  }

  private voiceFields(): { errors: number; offset?: number } {
    const { corrected } = this.decoder.counters();
    return { errors: corrected, ...(this.offset !== undefined && { offset: this.offset }) };
  }

  private take(): PortMessage[] {
    const out = this.out;
    this.out = [];
    return out;
  }
}

/** Parts per million of a frequency, to hundredths. */
function millionths(offset: number, frequency: number): number {
  return Math.round((1e8 * offset) / frequency) / 100 || 0;
}
