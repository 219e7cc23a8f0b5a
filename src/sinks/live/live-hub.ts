import type { AudioInfo, CallInfo, CallMessage } from '../../core/messages';
import type { Counters } from '../../core/stage';
import type { Avoided, Hold } from '../../trunking/listening-rules';
import { type AudioMessage, needSpeech } from '../speech';
import { Backlog, type BacklogShare } from './backlog';
import { CallHistory, type ListedTalkgroup } from './call-history';
import { type Listener, ListenerQueue } from './listener-queue';
import { callFigures, publicCall } from './public-call';

export interface LiveHubOptions {
  /** Shown on the page. */
  title: string;
  /** Seconds of live sound that may wait for one listener; beyond, its oldest is dropped. */
  maxWaiting: number;
  /** More for the 'hello' of a page, asked for each: what its server can do, and another title. */
  about(): object;
}

/** What a flow has set for all listeners; they may choose otherwise. */
export interface ListeningState {
  hold: Hold | null;
  avoided: Avoided[];
  paused: boolean;
}

/** One who has joined. */
export interface Joined {
  /** Sound or none; with sound come the running calls, from their beginning where that is still there. */
  listen(on: boolean): void;
  leave(): void;
}

interface Live {
  n: number;
  rate: number;
  /** The last 'call' text. */
  text: string;
  backlog: Backlog;
  /** Stream time of the last 'figures', ms. */
  told: number;
}

const MAX_STREAMS = 256;
/** Between two figures of a call, ms of stream time. */
const FIGURES_MS = 1000;
/** Between two numbers of listeners, ms. */
const LISTENERS_MS = 1000;

/**
 * Spreads calls to any number of listeners, without knowing how they are connected. Each has a bounded queue of its
 * own: a slow one loses its oldest sound, counted and told, and delays nobody. Who joins late hears the running calls
 * from their beginning, as far as it is kept.
 *
 * Listeners get JSON texts, by `type`: 'hello' {title, history, listeners, control, ...about}, 'call' {n, rate, label,
 * frequency, call, at?} (`at`: seconds of the call that came before the sound that follows), 'figures' {n, ...}, 'end' {n, call}, 'past' {call}, 'listeners' {count}, 'control' {state,
 * revision, ...command}, 'lost' {seconds}; and binary sound: the stream's n as u32le, then s16le mono samples.
 */
export class LiveHub {
  private readonly options: LiveHubOptions;
  private readonly queues = new Set<ListenerQueue>();
  private readonly live = new Map<string, Live>();
  private readonly history = new CallHistory();
  private readonly share: BacklogShare = { seconds: 0 };
  private streams = 0;
  private state: ListeningState = { hold: null, avoided: [], paused: false };
  private revision = 0;
  private listenersTimer?: NodeJS.Timeout;
  private readonly count: Counters = { packets: 0, dropped_packets: 0, not_put_out: 0 };

  constructor(options: Partial<LiveHubOptions> = {}) {
    this.options = { title: 'Trunkflow', maxWaiting: 15, about: () => ({}), ...options };
  }

  /** Those who want sound. */
  get listeners(): number {
    let count = 0;
    for (const { listens } of this.queues) if (listens) count++;
    return count;
  }

  counters(): Counters {
    return {
      ...this.count,
      pages: this.queues.size,
      listeners: this.listeners,
      streams: this.live.size,
      kept_seconds: this.share.seconds,
    };
  }

  /** Adds a listener, without sound yet. `gone` is called when the hub lets it go. */
  join(listener: Listener, gone: () => void = () => {}): Joined {
    const leave = () => {
      this.queues.delete(queue);
      queue.close();
      this.tellListeners();
    };
    const queue = new ListenerQueue(listener, this.options.maxWaiting, this.count, () => {
      if (!this.queues.has(queue)) return;
      leave();
      gone();
    });
    this.queues.add(queue);
    queue.text(this.hello());
    for (const { text } of this.live.values()) queue.text(text);
    return { leave, listen: (on) => this.listen(queue, on) };
  }

  /** @throws TrunkflowError 'wrong-port' for what is not speech */
  publish(message: AudioMessage): void {
    needSpeech(message);
    const { payload, info } = message;
    if (info.call?.listen === false) {
      if (payload.length > 0) this.count.not_put_out++;
      if (info.end) this.past(info.call);
      return;
    }
    // A channel without calls says with an empty message that its squelch has closed.
    const closed = !info.call && payload.length === 0;
    if (closed && !this.live.has(info.stream)) return;
    const live = this.describe(info);
    if (payload.length > 1) {
      const packet = Buffer.allocUnsafe(4 + payload.length);
      packet.writeUInt32LE(live.n, 0);
      payload.copy(packet, 4);
      this.count.packets++;
      const seconds = payload.length / 2 / info.rate;
      for (const queue of this.queues) if (queue.listens) queue.sound(packet, seconds);
      live.backlog.add(packet, seconds);
    }
    if (info.end || closed) this.end(info.stream, info.call);
  }

  /** What a call follower or recorder tells of a call: also of those that are not heard. */
  tell({ payload: call, event }: CallMessage): void {
    if (event === 'not_followed' || event === 'end' || event === 'recorded') this.past(call);
    else this.history.hear(publicCall(call));
  }

  /**
   * Tells all listeners what the flow has set, and commands that are done once.
   * @param once e.g. {skip: true}
   */
  control(state: ListeningState, once: object = {}): void {
    this.state = state;
    this.revision++;
    this.sendText({ type: 'control', state, revision: this.revision, ...once });
  }

  /** Talkgroups heard of. */
  talkgroups(): ListedTalkgroup[] {
    return this.history.talkgroups();
  }

  close(): void {
    clearTimeout(this.listenersTimer);
    for (const queue of this.queues) queue.close();
    this.queues.clear();
    for (const { backlog } of this.live.values()) backlog.close();
    this.live.clear();
  }

  private hello(): string {
    const { title, about } = this.options;
    const { listeners, state, revision } = this;
    const history = this.history.recent();
    return JSON.stringify({ type: 'hello', title, ...about(), history, listeners, control: { state, revision } });
  }

  private listen(queue: ListenerQueue, on: boolean): void {
    if (!this.queues.has(queue) || queue.listens === on) return;
    queue.listens = on;
    this.tellListeners();
    if (!on) {
      queue.silence();
      return;
    }
    for (const { text, backlog } of this.live.values()) {
      queue.text(JSON.stringify({ ...JSON.parse(text), at: backlog.before }));
      for (const packet of backlog.packets) queue.missed(packet);
    }
  }

  /** Tells who is heard on a stream, when that is new. */
  private describe(info: AudioInfo): Live {
    const { stream, rate, call, frequency, time } = info;
    const live = this.live.get(stream) ?? this.begin(info);
    // Figures change with every message: they are told now and then.
    const known = call ? { ...publicCall(call), ...NO_FIGURES } : null;
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
      if (call) this.history.hear(publicCall(call));
      for (const queue of this.queues) queue.text(text);
    }
    if (call && !info.end && time - live.told >= FIGURES_MS) {
      live.told = time;
      this.sendText({ type: 'figures', n: live.n, ...callFigures(call) });
    }
    return live;
  }

  private begin({ stream, rate, time }: AudioInfo): Live {
    const live = { n: ++this.streams, rate, text: '', backlog: new Backlog(this.share), told: time };
    this.live.set(stream, live);
    if (this.live.size > MAX_STREAMS) this.end(this.live.keys().next().value!, undefined);
    return live;
  }

  private end(stream: string, call: CallInfo | undefined): void {
    const { n, backlog } = this.live.get(stream)!;
    backlog.close();
    this.live.delete(stream);
    this.sendText({ type: 'end', n });
    if (call) this.past(call);
  }

  private past(info: CallInfo): void {
    const call = publicCall(info);
    if (this.history.add(call)) this.sendText({ type: 'past', call });
  }

  private tellListeners(): void {
    this.listenersTimer ??= setTimeout(() => {
      this.listenersTimer = undefined;
      this.sendText({ type: 'listeners', count: this.listeners });
    }, LISTENERS_MS).unref();
  }

  private sendText(message: object): void {
    const text = JSON.stringify(message);
    for (const queue of this.queues) queue.text(text);
  }
}

const NO_FIGURES = {
  length: 0,
  error_count: 0,
  spike_count: 0,
  signal: 999,
  noise: 999,
  state: 'active' as const,
  reason: undefined,
};
