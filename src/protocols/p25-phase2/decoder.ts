import { packBits } from '../../coding/bits';
import type { Counters } from '../../core/stage';
import type { MessageEvent } from '../p25-shared/messages/definition';
import { hex, Octets } from '../p25-shared/octets';
import { SystemEvents } from '../p25-shared/system-events';
import type { DecoderOptions, DecoderSink, FrameContext, ProtocolDecoder } from '../protocol';
import { readAcch } from './acch';
import { LogicalChannel } from './channel';
import { COUNTERS } from './counters';
import { BURSTS, DUID, isCertain, isScrambled, readDuid } from './duid';
import { MacFragments } from './mac-fragments';
import { macMessages } from './mac-pdu';
import { ScramblingState } from './scrambling-state';
import { SlotCounter } from './slot-counter';
import { SoftSlot } from './soft-slot';
import { CHANNEL_OF, SLOT_MS, VOICE_SLOTS } from './superframe';
import { voiceBits } from './voice';

/** Nothing good for this long, and the channel is not locked. */
const LOCK_MS = 2000;
/** Correlation of an ISCH that counts as read. */
const ISCH_FITS = 0.5;

/** Decodes one carrier of P25 phase 2: both logical channels, or the one that `signal.slot` names. */
export class P25Phase2Decoder implements ProtocolDecoder {
  private readonly soft = new SoftSlot();
  private readonly counter = new SlotCounter();
  private readonly events: SystemEvents;
  private readonly scrambling: ScramblingState;
  private readonly channels = [new LogicalChannel(), new LogicalChannel()];
  private readonly fragments = new MacFragments();
  private readonly only?: number;
  private readonly count = { ...COUNTERS };
  private time = 0;
  /** Stream times of the last slot, the last one whose place was known, the last good message, the last that needed a key. */
  private last = { frame: -Infinity, placed: -Infinity, message: -Infinity, keyless: -Infinity };

  constructor(
    private readonly sink: DecoderSink,
    { bandPlan, signal = {} }: DecoderOptions,
  ) {
    this.events = new SystemEvents(sink, bandPlan);
    this.scrambling = new ScramblingState(signal);
    this.only = signal.slot;
  }

  useBandPlan(plan: DecoderOptions['bandPlan']): void {
    this.events.bands.set(plan);
  }

  frame(frame: FrameContext, metrics: Float32Array): void {
    this.time = frame.time;
    this.count.frames++;
    this.last.frame = frame.time;
    if (!this.soft.load(metrics, frame.symbols)) {
      this.count.cut_short++;
      return;
    }
    const slot = this.counter.next(frame.time, this.soft.isch);
    if (slot < 0) {
      this.count.unplaced++;
      return;
    }
    this.last.placed = frame.time;
    if (this.counter.reading.scores[slot] >= ISCH_FITS) this.count.isch_ok++;
    else this.count.isch_bad++;
    this.burst(slot);
  }

  tick(time: number): void {
    this.time = Math.max(this.time, time);
  }

  reset(): void {
    this.counter.reset();
    this.events.reset();
    this.scrambling.reset();
    for (const channel of this.channels) channel.reset();
    this.fragments.reset();
    this.time = 0;
    this.last = { frame: -Infinity, placed: -Infinity, message: -Infinity, keyless: -Infinity };
  }

  counters(): Counters {
    return { ...this.count };
  }

  status(): { locked: boolean; text: string; code?: string } {
    const recent = (time: number): boolean => this.time - time < LOCK_MS;
    if (recent(this.last.message)) return { locked: true, text: `NAC ${this.scrambling.nacName}` };
    if (recent(this.last.keyless)) return { locked: false, text: this.scrambling.missing, code: 'no_identity' };
    if (recent(this.last.placed)) return { locked: false, text: 'ISCH, bad messages', code: 'no_data' };
    if (recent(this.last.frame)) return { locked: false, text: 'sync, no ISCH', code: 'no_header' };
    return { locked: false, text: '' };
  }

  private burst(slot: number): void {
    const { burst } = this.soft;
    const duid = readDuid(burst);
    const number = CHANNEL_OF[slot];
    // A control channel has both slots to itself.
    if (this.only !== undefined && number !== this.only && duid !== DUID.LCCH_CLEAR) {
      this.count.other_channel++;
      return;
    }
    this.count[BURSTS[duid]]++;
    const isData = duid === DUID.DATA && isCertain(burst, duid);
    if (isScrambled(duid)) {
      if (!this.scrambling.apply(burst, slot)) {
        this.count.no_scrambling++;
        this.last.keyless = this.time;
        return;
      }
    }
    if (duid === DUID.DATA) {
      if (isData) this.data(number);
    } else if (duid === DUID.VOICE_4 || duid === DUID.VOICE_2) this.voice(slot, number, duid === DUID.VOICE_4 ? 4 : 2);
    else this.mac(duid, number);
  }

  private voice(slot: number, number: number, frames: number): void {
    const channel = this.channels[number];
    const place = Math.min(VOICE_SLOTS - 1, slot >> 1);
    const superframe = this.time - slot * SLOT_MS;
    const count = this.counter.superframe * VOICE_SLOTS + place;
    const { burst } = this.soft;
    if (frames === 4) channel.sync.part(burst, count);
    else {
      const found = channel.sync.finish(burst, count);
      this.scrambling.judge(found !== null);
      if (found) {
        this.count.ess_ok++;
        this.corrected(found.corrected);
        this.good();
        this.emit(number, channel.encryptionSync(found.encryption));
      } else this.count.ess_bad++;
    }
    if (this.scrambling.isDoubted) {
      this.count.voice_doubted += frames;
      return;
    }
    this.count.voice_frames += frames;
    this.sink.voice(channel.voice(superframe, count, frames), frames, voiceBits(burst, frames), this.outputOf(number));
  }

  /** What the bursts of a data channel hold is not public: they are told as they are. */
  private data(number: number): void {
    if (this.scrambling.isDoubted) return;
    const bits = Uint8Array.from(this.soft.burst, (bit) => (bit > 0 ? 1 : 0));
    this.emit(number, [{ type: 'data_burst', message: 'DATCH', hex: new Octets(packBits(bits)).hex() }]);
  }

  private mac(duid: number, number: number): void {
    const pdu = readAcch(this.soft.burst, duid);
    if (isScrambled(duid)) this.scrambling.judge(pdu !== null);
    if (!pdu) {
      this.count.mac_bad++;
      this.count.crc_bad++;
      return;
    }
    this.count.mac++;
    this.count.crc_ok++;
    this.corrected(pdu.corrected);
    this.good();
    if (pdu.nac !== undefined) this.scrambling.learn({ nac: hex(pdu.nac, 3) });
    const channel = this.channels[number];
    const { bands } = this.events;
    const messages = macMessages(pdu.octets, bands).flatMap((event) => this.fragments.add(event, this.time, bands));
    for (const event of messages) if (event.type === 'unknown') this.count.unknown++;
    const names = messages.flatMap((event) => channel.alias.add(event, this.time));
    this.emit(number, [...channel.pdu(pdu.octets, this.time), ...messages, ...names]);
  }

  private corrected(bits: number): void {
    this.count.rs_corrected += bits;
    this.count.corrected += bits;
  }

  private good(): void {
    this.count.messages++;
    this.last.message = this.time;
  }

  /** The output of a channel: its own when both are decoded. */
  private outputOf(number: number): number | undefined {
    return this.only === undefined ? number : undefined;
  }

  private emit(number: number, events: MessageEvent[]): void {
    const time = this.channels[number].after(this.time);
    const output = this.outputOf(number);
    for (const event of events) {
      if (event.type === 'network_status') this.scrambling.learn(event as { wacn?: string; system?: string });
      this.events.tell(event, { time, ...this.scrambling.identity }, output);
    }
  }
}
