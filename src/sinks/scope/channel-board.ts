import type { ChannelEvent, StatsEvent } from '../../core/events';
import type { CallMessage, EventObject, IqInfo } from '../../core/messages';

/** What is known of a channel, for viewers. */
export interface BoardChannel {
  id: string;
  /** Hz. */
  frequency: number;
  /**
   * 'asked': this scope has asked for it; 'open': it is there; 'good' and 'bad': its decoder reads it, or does not;
   * 'refused': it could not be opened.
   */
  state: 'asked' | 'open' | 'good' | 'bad' | 'refused';
  /** Opened by this scope, which may close it. */
  mine: boolean;
  /** Good messages per second; why it cannot be read, or was refused. */
  rate?: number;
  reason?: string;
  /** dB, dB, Hz. */
  level?: number;
  snr?: number;
  offset?: number;
  /** Who is heard there. */
  call?: { label: string; emergency: boolean; encrypted: boolean };
}

interface Entry extends BoardChannel {
  stream: string;
  /** When it was last heard of, ms. */
  heard: number;
}

/** Channels shown at once. */
const MOST = 256;
/** For how long a refusal is shown, and a channel known only by its signal when that stops; ms. */
const FADES = 10_000;
/** A call that nobody says has ended, ms. */
const CALL_FADES = 30_000;
const LONGEST = 64;

/**
 * The channels of the flow as far as the messages on the wires tell: events of the channelizer and the decoders, calls
 * of the follower, and the channels' own signals.
 */
export class ChannelBoard {
  private readonly channels = new Map<string, Entry>();
  private readonly calls = new Map<string, { frequency: number; call: BoardChannel['call']; heard: number }>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** This scope asks for a channel. */
  ask(id: string, frequency: number): void {
    this.put({ id, frequency, stream: '', state: 'asked', mine: true, heard: this.now() });
  }

  /** This scope gives a channel up. */
  drop(id: string): void {
    const entry = this.channels.get(id);
    if (entry?.mine) this.channels.delete(id);
  }

  /** Channels this scope has asked for that may be open. */
  mine(): BoardChannel[] {
    return [...this.channels.values()].filter(({ mine, state }) => mine && state !== 'refused');
  }

  /** Sees any event; true when it changed something. */
  event(event: EventObject): boolean {
    if (event.type === 'channel') return this.channel(event as ChannelEvent);
    if (event.type === 'stats') return this.stats(event as StatsEvent);
    return false;
  }

  call({ payload, event }: CallMessage): boolean {
    const { id, freq, state } = payload;
    if (event === 'end' || event === 'recorded' || state === 'ended') return this.calls.delete(id);
    if (event === 'not_followed' || !(freq > 0)) return false;
    const label = short(payload.talkgroup_alpha_tag || String(payload.talkgroup));
    const { emergency, encrypted } = payload;
    this.calls.delete(id);
    this.calls.set(id, { frequency: freq, call: { label, emergency, encrypted }, heard: this.now() });
    if (this.calls.size > MOST) this.calls.delete(this.calls.keys().next().value!);
    return true;
  }

  /** Sees a block of a channel's signal. */
  signal(info: IqInfo): void {
    const id = short(info.stream.slice(info.stream.lastIndexOf('/') + 1));
    const known = this.channels.get(id);
    if (info.end) {
      if (known?.stream === info.stream) this.channels.delete(id);
      return;
    }
    const { center: frequency, level, snr, offset, stream } = info;
    const entry = known ?? { id, frequency, stream, state: 'open' as const, mine: false, heard: 0 };
    if (!known) this.put(entry);
    if (entry.state === 'asked' || entry.state === 'refused') entry.state = 'open';
    Object.assign(entry, { stream, level, snr, offset, heard: this.now() });
  }

  /** What viewers see now, in order of frequency. */
  list(): BoardChannel[] {
    this.fade();
    const byFrequency = new Map<number, BoardChannel['call']>();
    for (const { frequency, call } of this.calls.values()) byFrequency.set(frequency, call);
    return [...this.channels.values()]
      .map(({ stream, heard, ...channel }) => {
        const call = byFrequency.get(channel.frequency);
        return call ? { ...channel, call } : channel;
      })
      .sort((a, b) => a.frequency - b.frequency);
  }

  private channel({ id, stream, frequency, state, reason }: ChannelEvent): boolean {
    if (typeof id !== 'string' || !Number.isFinite(frequency)) return false;
    const name = short(id);
    const known = this.channels.get(name);
    if (state === 'closed') return this.channels.delete(name);
    const mine = known?.mine ?? false;
    const heard = this.now();
    if (state === 'opened')
      this.put({ ...known, id: name, stream, frequency, state: 'open', mine, heard, reason: undefined });
    // A channel that is open stays so when it is asked for again in a way that cannot be.
    else if (!known || known.state === 'asked' || known.state === 'refused')
      this.put({ id: name, stream, frequency, state: 'refused', mine, heard, reason: short(String(reason ?? '')) });
    return true;
  }

  private stats({ stream, locked, rate, reason }: StatsEvent): boolean {
    for (const entry of this.channels.values()) {
      if (!entry.stream || entry.stream !== stream) continue;
      entry.state = locked ? 'good' : 'bad';
      entry.rate = Number.isFinite(rate) ? Math.round(rate) : undefined;
      entry.reason = locked ? undefined : short(String(reason ?? ''));
      return true;
    }
    return false;
  }

  private put(entry: Entry): void {
    this.channels.delete(entry.id);
    this.channels.set(entry.id, entry);
    if (this.channels.size > MOST) this.channels.delete(this.channels.keys().next().value!);
  }

  private fade(): void {
    const now = this.now();
    for (const [id, { state, heard, stream, level }] of this.channels) {
      // What an event told is there until an event says otherwise; a signal's own channel as long as it is heard.
      const fades = state === 'refused' || (level !== undefined && stream !== '');
      if (fades && now - heard > FADES) this.channels.delete(id);
    }
    for (const [id, { heard }] of this.calls) if (now - heard > CALL_FADES) this.calls.delete(id);
  }
}

function short(text: string): string {
  return text.slice(0, LONGEST);
}
