import type { AudioInfo, CallInfo } from '../../core/messages';
import type { Counters } from '../../core/stage';
import { type AudioMessage, needSpeech } from '../speech';

/**
 * What listeners get: JSON text, or binary audio (stream number as u32le, then s16le mono samples). Texts, by `type`:
 * 'hello' {title, recent}, 'call' {n, rate, label, frequency, call}, 'end' {n, call}, 'lost' {seconds}.
 */
export type Packet = string | Buffer;

export interface Listener {
  /** Takes one packet; the next comes when the promise is settled. */
  deliver(packet: Packet): Promise<void>;
}

export interface LiveHubOptions {
  /** Shown on the page. */
  title: string;
  /** Seconds of sound that may wait for one listener; beyond, its oldest is dropped. */
  maxWaiting: number;
}

/** Of a call, what a listener sees. */
export type PublicCall = Pick<
  CallInfo,
  | 'id'
  | 'sys_name'
  | 'talkgroup'
  | 'talkgroup_alpha_tag'
  | 'talkgroup_description'
  | 'talkgroup_group'
  | 'unit'
  | 'unit_alpha_tag'
  | 'freq'
  | 'start_time'
  | 'length'
  | 'emergency'
  | 'priority'
>;

interface Live {
  n: number;
  /** The last 'call' text. */
  text: string;
}

/** Texts that may wait for one listener; one with more does not listen and is let go. */
const MAX_TEXTS = 2000;
const MAX_STREAMS = 256;
const RECENT = 20;

/**
 * Spreads audio to any number of listeners, without knowing how they are connected. Each has a bounded queue of its
 * own: a slow one loses its oldest audio, counted and told, and delays nobody. Who joins late hears the running calls
 * from that moment on.
 */
export class LiveHub {
  private readonly options: LiveHubOptions;
  private readonly queues = new Set<ListenerQueue>();
  private readonly live = new Map<string, Live>();
  private readonly recent: PublicCall[] = [];
  private streams = 0;
  private readonly count: Counters = { packets: 0, dropped_packets: 0 };

  constructor(options: Partial<LiveHubOptions> = {}) {
    this.options = { title: 'Trunkflow', maxWaiting: 15, ...options };
  }

  get listeners(): number {
    return this.queues.size;
  }

  counters(): Counters {
    return { ...this.count, listeners: this.queues.size, streams: this.live.size };
  }

  /** Adds a listener; the result removes it. `gone` is called when the hub lets it go. */
  join(listener: Listener, gone: () => void = () => {}): () => void {
    const leave = () => {
      this.queues.delete(queue);
      queue.close();
    };
    const queue = new ListenerQueue(listener, this.options.maxWaiting, this.count, () => {
      if (!this.queues.has(queue)) return;
      leave();
      gone();
    });
    this.queues.add(queue);
    queue.text(JSON.stringify({ type: 'hello', title: this.options.title, recent: this.recent }));
    for (const { text } of this.live.values()) queue.text(text);
    return leave;
  }

  /** @throws TrunkflowError 'wrong-port' for what is not speech */
  publish(message: AudioMessage): void {
    needSpeech(message);
    const { payload, info } = message;
    // A channel without calls says with an empty message that its squelch has closed.
    const closed = !info.call && payload.length === 0;
    if (closed && !this.live.has(info.stream)) return;
    const live = this.describe(info);
    if (payload.length > 1) {
      const packet = Buffer.allocUnsafe(4 + payload.length);
      packet.writeUInt32LE(live.n, 0);
      payload.copy(packet, 4);
      this.count.packets++;
      for (const queue of this.queues) queue.audio(packet, payload.length / 2 / info.rate);
    }
    if (info.end || closed) this.end(info.stream, info.call);
  }

  close(): void {
    for (const queue of this.queues) queue.close();
    this.queues.clear();
    this.live.clear();
  }

  /** Tells who is heard on a stream, when that is new. */
  private describe({ stream, rate, call, frequency }: AudioInfo): Live {
    const live = this.live.get(stream) ?? { n: ++this.streams, text: '' };
    // Its length changes with every message and is told at the end.
    const known = call ? { ...publicCall(call), length: 0 } : null;
    const about = {
      type: 'call',
      n: live.n,
      rate,
      label: stream,
      frequency: call?.freq ?? frequency ?? 0,
      call: known,
    };
    const text = JSON.stringify(about);
    if (text !== live.text) {
      live.text = text;
      this.sendText(text);
    }
    if (!this.live.has(stream)) {
      this.live.set(stream, live);
      if (this.live.size > MAX_STREAMS) this.end(this.live.keys().next().value!, undefined);
    }
    return live;
  }

  private end(stream: string, call: CallInfo | undefined): void {
    const { n } = this.live.get(stream)!;
    this.live.delete(stream);
    const known = call ? publicCall(call) : null;
    this.sendText(JSON.stringify({ type: 'end', n, call: known }));
    if (!known) return;
    this.recent.unshift(known);
    this.recent.splice(RECENT);
  }

  private sendText(text: string): void {
    for (const queue of this.queues) queue.text(text);
  }
}

/** What waits for one listener. */
class ListenerQueue {
  private readonly waiting: { packet: Packet; seconds: number }[] = [];
  private seconds = 0;
  private texts = 0;
  private lost = 0;
  private busy = false;
  private closed = false;

  constructor(
    private readonly listener: Listener,
    private readonly maxWaiting: number,
    private readonly count: Counters,
    private readonly gone: () => void,
  ) {}

  text(packet: string): void {
    this.texts++;
    if (this.texts > MAX_TEXTS) this.gone();
    else this.add(packet, 0);
  }

  audio(packet: Buffer, seconds: number): void {
    this.seconds += seconds;
    while (this.seconds > this.maxWaiting) {
      const oldest = this.waiting.findIndex((one) => one.seconds > 0);
      if (oldest < 0) break;
      const [dropped] = this.waiting.splice(oldest, 1);
      this.seconds -= dropped.seconds;
      this.lost += dropped.seconds;
      this.count.dropped_packets++;
    }
    this.add(packet, seconds);
  }

  close(): void {
    this.closed = true;
    this.waiting.length = 0;
  }

  private add(packet: Packet, seconds: number): void {
    if (this.closed) return;
    this.waiting.push({ packet, seconds });
    if (!this.busy) void this.pump();
  }

  private async pump(): Promise<void> {
    this.busy = true;
    try {
      for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
        if (next.seconds === 0) this.texts--;
        this.seconds -= next.seconds;
        if (this.lost > 0) {
          const seconds = this.lost;
          this.lost = 0;
          await this.listener.deliver(JSON.stringify({ type: 'lost', seconds }));
        }
        await this.listener.deliver(next.packet);
      }
    } catch {
      // A connection that cannot take a packet is over.
      this.gone();
    }
    this.busy = false;
  }
}

function publicCall(call: CallInfo): PublicCall {
  const { id, sys_name, talkgroup, talkgroup_alpha_tag, talkgroup_description, talkgroup_group } = call;
  const { unit, unit_alpha_tag, freq, start_time, length, emergency, priority } = call;
  return {
    id,
    sys_name,
    talkgroup,
    talkgroup_alpha_tag,
    talkgroup_description,
    talkgroup_group,
    unit,
    unit_alpha_tag,
    freq,
    start_time,
    length,
    emergency,
    priority,
  };
}
