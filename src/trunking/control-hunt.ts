import type { ChannelEvent } from '../core/events';
import type { OpenedChannels } from './opened-channels';
import type { FollowerOutput, HuntEvent } from './options';
import type { AlternateEvent, FollowedEvent } from './read-event';
import type { System } from './system';

/** A control channel that is not read for this long (ms of stream time) is lost; fades are shorter. */
const LOST_AFTER = 5000;
/** Alternates a site may name. */
const MAX_LEARNED = 16;
/** Longest id of a channel. */
const MAX_ID = 64;

export interface HuntOptions {
  system: System;
  /** Which of the system's lists it is, from 0. */
  site: number;
  /** Hz. */
  list: readonly number[];
  /** Time given to each, ms. */
  dwell: number;
}

interface Tried {
  id: string;
  parent: string;
  frequency: number;
  /** Of its first stats, ms. */
  since?: number;
  locked: boolean;
  /** When it was read last, ms. */
  good: number;
  /** Its last frames are another system's. */
  foreign: boolean;
}

/**
 * Looks for the control channel of one site: has one frequency after the other opened until its decoder reads it, and
 * goes on when it is lost, first to the alternates that the site itself named. All times are stream time.
 */
export class ControlHunt {
  /** How it stands. */
  state: HuntEvent;
  private tried?: Tried;
  private readonly learned: number[] = [];
  /** What is left of this round, the next first. */
  private round: number[] = [];
  /** Frequencies on which another system was found: the next time they are given the whole dwell, which bounds the pace. */
  private readonly wrong = new Set<number>();
  /** Channels refused, one after the other. */
  private refused = 0;
  /** All were refused: when they are asked for again, ms; undefined until the time is known. */
  private pause?: { until?: number };

  constructor(
    private readonly options: HuntOptions,
    private readonly opened: OpenedChannels,
    private readonly emit: (output: FollowerOutput) => void,
  ) {
    this.state = this.event('waiting', 0);
  }

  /** A source covers another band, came, or went. */
  bandsChanged(): void {
    const { tried } = this;
    if (tried) {
      const { bands } = this.opened;
      // Also from the roaming source, as soon as another covers it.
      if (bands.covers(tried.parent, tried.frequency) && bands.isChoice(tried.parent, tried.frequency)) return;
      this.close();
      this.round = [tried.frequency, ...this.others(tried.frequency).slice(0, -1)];
    }
    this.pause = undefined;
    this.refused = 0;
    this.next();
  }

  /** The channelizer answered: of interest is that it gives no channel. */
  answered({ id, stream, state, reason }: ChannelEvent): void {
    const { tried } = this;
    if (state !== 'refused' || tried?.id !== id || (stream !== id && stream !== `${tried.parent}/${id}`)) return;
    this.drop();
    this.tell('failed', tried.frequency, { reason });
    if (++this.refused < this.list.length + this.learned.length) this.next();
    else {
      // To ask at once again would go round for ever.
      this.pause = {};
      this.tell('waiting', 0, { reason });
    }
  }

  /** Takes what decoders say: of the channel tried, or that time passes. */
  observe(event: FollowedEvent): void {
    if (this.pause) this.wait(this.pause, event.time);
    const { tried } = this;
    if (!tried || !event.stream.startsWith(`${tried.parent}/`) || !event.stream.split('/').includes(tried.id)) return;
    this.refused = 0;
    if (event.nac !== undefined) tried.foreign = !this.options.system.accepts(event.protocol, event.nac);
    if (tried.foreign && !tried.locked && !this.wrong.has(tried.frequency)) {
      this.wrong.add(tried.frequency);
      this.giveUp('wrong_system');
    } else if (event.type === 'stats') this.judge(tried, event.time, event.locked, event.reason);
    else if (event.type === 'secondary_control_channel' && !tried.foreign) this.learn(event);
  }

  close(): void {
    const { tried } = this;
    if (!tried) return;
    this.drop();
    this.emit({ to: 'control', control: { stream: tried.parent, close: { id: tried.id } } });
    this.state = this.event('waiting', 0);
  }

  private get list(): readonly number[] {
    return this.options.list;
  }

  private judge(tried: Tried, time: number, locked: boolean, why: string): void {
    const reason = tried.foreign ? 'wrong_system' : why;
    // Time goes back where a source began again.
    if (tried.since === undefined || time < tried.since) tried.since = time;
    if (time < tried.good) tried.good = time;
    if (locked && !tried.foreign) {
      tried.good = time;
      if (!tried.locked) this.tell('locked', tried.frequency, { seconds: (time - tried.since) / 1000 });
      tried.locked = true;
      this.round = [];
      this.wrong.delete(tried.frequency);
    } else if (tried.locked ? time - tried.good >= LOST_AFTER : time - tried.since >= this.options.dwell) {
      this.giveUp(reason, (time - (tried.locked ? tried.good : tried.since)) / 1000);
    }
  }

  private learn({ frequency }: AlternateEvent): void {
    if (this.list.includes(frequency) || this.learned.includes(frequency)) return;
    this.learned.push(frequency);
    if (this.learned.length > MAX_LEARNED) this.learned.shift();
  }

  private giveUp(reason: string, seconds?: number): void {
    const { frequency, locked } = this.tried!;
    this.tell(locked ? 'lost' : 'failed', frequency, { reason, seconds });
    this.close();
    // A site that fell silent goes on at one of its alternates, or comes back.
    if (locked) this.round = this.others(frequency);
    this.next();
  }

  private wait(pause: { until?: number }, time: number): void {
    const { dwell } = this.options;
    pause.until ??= time + dwell;
    if (time < pause.until && time > pause.until - 2 * dwell) return;
    this.pause = undefined;
    this.refused = 0;
    this.next();
  }

  /** All that may be tried, the site's own words first, `last` at the end. */
  private others(last: number): number[] {
    const all = [...this.learned, ...this.list].filter((frequency) => frequency !== last);
    return [...all, last];
  }

  /** Tries the next that a source covers; those that none does stay in the round. */
  private next(): void {
    const isCovered = (frequency: number) => this.opened.bands.reach(frequency) !== null;
    if (!this.round.some(isCovered)) {
      const all = [...this.list, ...this.learned];
      if (!all.some(isCovered)) {
        const reason = this.opened.bands.isEmpty ? 'no_source' : 'out_of_band';
        if (this.state.state !== 'waiting' || this.state.reason !== reason) this.tell('waiting', 0, { reason });
        return;
      }
      this.round = all;
    }
    const [frequency] = this.round.splice(this.round.findIndex(isCovered), 1);
    const parent = this.opened.bands.reach(frequency)!;
    const { system, site } = this.options;
    // Two sites may list the same frequency.
    const id = `control-${system.shortName.slice(0, MAX_ID - 24)}-${frequency}${site > 0 ? `-${site + 1}` : ''}`;
    this.tried = { id, parent, frequency, locked: false, good: 0, foreign: false };
    this.opened.listen(id, parent);
    this.emit({ to: 'control', control: { stream: parent, open: { frequency, id } } });
    this.tell('trying', frequency, { learned: this.learned.includes(frequency) || undefined });
  }

  /** The channel is not listened to any more. */
  private drop(): void {
    if (this.tried) this.opened.listen(this.tried.id, null);
    this.tried = undefined;
  }

  private tell(state: HuntEvent['state'], frequency: number, more: Partial<HuntEvent> = {}): void {
    this.state = this.event(state, frequency, more);
    this.emit({ to: 'systems', topic: `${this.options.system.shortName}/control_channel`, event: this.state });
  }

  private event(state: HuntEvent['state'], frequency: number, more: Partial<HuntEvent> = {}): HuntEvent {
    const known = Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined));
    return { type: 'control_channel', state, sys_name: this.options.system.shortName, frequency, ...known };
  }
}
