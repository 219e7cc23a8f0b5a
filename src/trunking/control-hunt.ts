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

interface Tried {
  id: string;
  parent: string;
  frequency: number;
  /** Of its first stats, ms. */
  since?: number;
  locked: boolean;
  /** When it was read last, ms. */
  good: number;
  /** What its decoder says. */
  reason: string;
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

  /** @param list frequencies, Hz @param dwell time given to each, ms */
  constructor(
    private readonly system: System,
    private readonly list: readonly number[],
    private readonly dwell: number,
    private readonly opened: OpenedChannels,
    private readonly emit: (output: FollowerOutput) => void,
  ) {
    this.state = this.event('waiting', 0);
  }

  /** A source covers another band, came, or went. */
  bandsChanged(): void {
    const { tried } = this;
    if (tried) {
      if (this.opened.bands.covers(tried.parent, tried.frequency)) return;
      // Its channelizer has closed the channel.
      this.tried = undefined;
      this.round = [tried.frequency, ...this.others(tried.frequency)];
    }
    this.next();
  }

  /** Takes what decoders say; only what comes from the channel tried is of interest. */
  observe(event: FollowedEvent): void {
    const { tried } = this;
    if (!tried || !event.stream.split('/').includes(tried.id)) return;
    if (event.nac !== undefined && !this.system.accepts(event.protocol, event.nac)) this.giveUp('wrong_system');
    else if (event.type === 'secondary_control_channel') this.learn(event);
    else if (event.type === 'stats') this.judge(tried, event.time, event.locked, event.reason);
  }

  close(): void {
    const { tried } = this;
    if (!tried) return;
    this.tried = undefined;
    this.emit({ to: 'control', control: { stream: tried.parent, close: { id: tried.id } } });
  }

  private judge(tried: Tried, time: number, locked: boolean, reason: string): void {
    tried.since ??= time;
    tried.reason = reason;
    if (locked) {
      tried.good = time;
      if (!tried.locked) this.tell('locked', tried.frequency, { seconds: (time - tried.since) / 1000 });
      tried.locked = true;
      this.round = [];
    } else if (tried.locked ? time - tried.good >= LOST_AFTER : time - tried.since >= this.dwell) {
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

  /** All that may be tried, the site's own words first, `last` at the end. */
  private others(last: number): number[] {
    const all = [...this.learned, ...this.list].filter((frequency) => frequency !== last);
    return [...all, last];
  }

  private next(): void {
    if (this.round.length === 0) this.round = [...this.list, ...this.learned];
    for (let left = this.round.length; left > 0; left--) {
      const frequency = this.round.shift()!;
      const parent = this.opened.bands.reach(frequency);
      if (parent === null) continue;
      const id = `control-${this.system.shortName.slice(0, MAX_ID - 21)}-${frequency}`;
      this.tried = { id, parent, frequency, locked: false, good: 0, reason: '' };
      this.emit({ to: 'control', control: { stream: parent, open: { frequency, id } } });
      this.tell('trying', frequency, { learned: this.learned.includes(frequency) || undefined });
      return;
    }
    if (this.state.state !== 'waiting' || this.state.reason === undefined)
      this.tell('waiting', 0, { reason: 'out_of_band' });
  }

  private tell(state: HuntEvent['state'], frequency: number, more: Partial<HuntEvent> = {}): void {
    this.state = this.event(state, frequency, more);
    this.emit({ to: 'systems', topic: `${this.system.shortName}/control_channel`, event: this.state });
  }

  private event(state: HuntEvent['state'], frequency: number, more: Partial<HuntEvent> = {}): HuntEvent {
    const known = Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined));
    return { type: 'control_channel', state, sys_name: this.system.shortName, frequency, ...known };
  }
}
