import { TrunkflowError } from '../core/errors';
import type { ChannelEvent, PatchEvent } from '../core/events';
import { rootOf } from '../core/flow-gate';
import type { VoiceInfo } from '../core/messages';
import { type CallBook, CallLog } from './call-log';
import { FRAME_MS } from './call-voice';
import { ChannelPool } from './channel-pool';
import { GrantControl } from './grant-control';
import type { FollowerOptions, FollowerOutput, VoiceMessage } from './options';
import type { FollowedEvent } from './read-event';
import { RunningCalls } from './running-calls';
import type { Site } from './site';
import { StreamMerge } from './stream-merge';
import type { SystemDirectory } from './system-directory';
import type { VoiceChannel, VoiceFrame } from './voice-channel';
import { VoiceControl } from './voice-control';

/** Of things at the same moment, what is known of voice comes before the voice, and its end last. */
const RANK = { start: 0, event: 1, frame: 2, end: 3, refused: 4 } as const;

type Item =
  | { kind: 'start' }
  | { kind: 'event'; event: FollowedEvent }
  | { kind: 'frame'; frame: VoiceFrame }
  | { kind: 'end' }
  | { kind: 'refused'; reason: 'out_of_band' | 'no_channel' };

/** A stream whose time goes back this far (ms) has begun anew. */
const RESTART = 5000;
const MAX_STREAMS = 4096;
const MAX_SITES = 1024;
const MAX_FRAMES = 10_000;

/** The streams of one source: brought into one order of time, then decided about. */
export class RootFollower {
  private merge!: StreamMerge<Item>;
  private pool!: ChannelPool;
  private log!: CallLog;
  private calls!: RunningCalls;
  private grants!: GrantControl;
  private voices!: VoiceControl;
  /** Sites of the streams, as their last words were. */
  private readonly sites = new Map<string, Site>();
  /** All that were heard, by stream and NAC: where two of a frequency come in by turns, none is forgotten. */
  private readonly heardSites = new Map<string, Site>();
  /** Frequencies (Hz) of the streams that were there anyway: known from their first block on, before anything is heard. */
  private readonly frequencies = new Map<string, number>();
  /** End of the last block of any stream, ms. */
  private latest = Number.NEGATIVE_INFINITY;
  /** A stream has ended, of which the source may have no more. */
  private ending = false;
  /** Every stream has ended. */
  done = false;

  constructor(
    private readonly root: string,
    private readonly options: FollowerOptions,
    private readonly systems: SystemDirectory,
    private readonly book: CallBook,
    private readonly emit: (output: FollowerOutput) => void,
  ) {
    this.begin();
  }

  event(event: FollowedEvent): void {
    const key = this.keyOf(event.stream);
    if (key === undefined || this.isTooMany(key)) return;
    if (this.merge.hasBlocks(key) && !this.keepTime(key, event.stream, event.time)) return;
    this.merge.heard(key, event.time);
    this.merge.push(key, event.time, RANK.event, { kind: 'event', event });
    this.run();
  }

  /** @throws TrunkflowError 'bad-message' when the payload does not hold the frames it says */
  voice({ payload, info }: VoiceMessage): void {
    const frames = cutFrames(payload, info);
    const key = this.keyOf(info.stream);
    if (key === undefined || this.isTooMany(key)) return;
    const end = info.time + Math.max(info.duration, frames.length * FRAME_MS);
    if (!this.keepTime(key, info.stream, end)) return;
    const channel = this.pool.get(key);
    if (!channel?.opened && info.frequency) this.frequencies.set(key, info.frequency);
    if (channel && !channel.started) this.merge.push(key, channel.since, RANK.start, { kind: 'start' });
    for (const frame of frames) this.merge.push(key, frame.time, RANK.frame, { kind: 'frame', frame });
    this.merge.passed(key, info.time, end);
    this.latest = Math.max(this.latest, end);
    if (info.end) {
      this.merge.push(key, end, RANK.end, { kind: 'end' });
      this.merge.forget(key);
    }
    if (info.end) this.ending = true;
    if (info.end && !this.merge.alive) this.finish();
    else this.run();
    // The last that lived were channels in other sources' bands, which the calls have now closed.
    if (this.ending && !this.done && !this.merge.alive) this.finish();
  }

  /** True while the control channel of one of its sites is read. */
  get readsSite(): boolean {
    for (const { locked } of this.sites.values()) if (locked) return true;
    return false;
  }

  /** The channelizer opened, closed or refused a channel. */
  channel({ id, state, reason }: ChannelEvent): void {
    const channel = this.pool.get(id);
    if (!channel?.opened || state !== 'refused') return;
    const why = reason === 'out_of_band' ? reason : 'no_channel';
    this.merge.push(id, channel.since, RANK.refused, { kind: 'refused', reason: why });
    this.merge.forget(id);
    this.run();
  }

  /** The source ended or is given up: what still waits is dealt with, and every call ends. */
  finish(): void {
    this.pool.closing = true;
    this.merge.forgetAll();
    this.run();
    this.voices.finish();
    this.count('late', this.merge.late);
    this.count('stalled', this.merge.stalled);
    this.done = true;
  }

  private begin(): void {
    this.done = false;
    this.ending = false;
    this.sites.clear();
    this.heardSites.clear();
    this.frequencies.clear();
    this.latest = Number.NEGATIVE_INFINITY;
    this.merge = new StreamMerge({ settle: this.options.settle * 1000, patience: this.options.patience * 1000 });
    const { root, options, merge, book, emit } = this;
    const pool = new ChannelPool(root, options.maxCalls, book.channels, merge, emit);
    const log = new CallLog(root, book, merge, emit);
    this.pool = pool;
    this.log = log;
    this.calls = new RunningCalls(options.hangTime * 1000, merge, log, pool, emit);
    this.grants = new GrantControl(options, merge, log, pool, this.calls, book.roaming);
    this.voices = new VoiceControl(options, merge, log, pool, this.calls);
  }

  /**
   * Begins anew where a stream says that its source has. False when that stream is of no interest any more.
   * @param key what the stream is known by @param time what it says now, ms
   */
  private keepTime(key: string, stream: string, time: number): boolean {
    if (!this.beganAgain(key, time)) return true;
    const channel = this.pool.get(key);
    if (channel && rootOf(channel.parent) !== this.root) {
      // It lies in another source's band, and only that source began again.
      this.merge.push(key, this.merge.now, RANK.end, { kind: 'end' });
      this.merge.forget(key);
      this.run();
      return false;
    }
    this.finish();
    this.begin();
    return this.keyOf(stream) !== undefined;
  }

  /** True when a stream's time goes back to `time`, or a stream not known yet begins long before what was dealt with. */
  private beganAgain(key: string, time: number): boolean {
    const reached = this.merge.reached(key);
    if (reached === undefined && this.pool.get(key)) return false;
    return time < (reached ?? this.merge.now) - RESTART;
  }

  private run(): void {
    for (;;) {
      const deadline = this.calls.deadline();
      // A source that ended does not go on in silence: its calls end with it.
      const due = this.merge.next(this.pool.closing && deadline > this.latest ? Number.POSITIVE_INFINITY : deadline);
      if (due === undefined) break;
      if (due === 'deadline') this.calls.expire();
      else this.handle(due.stream, due.value);
    }
    this.calls.flush();
  }

  private handle(key: string, item: Item): void {
    if (item.kind === 'event') {
      this.handleEvent(key, item.event);
      return;
    }
    const channel = this.pool.get(key);
    if (item.kind === 'end') {
      this.leaveSite(key);
      this.frequencies.delete(key);
    }
    if (!channel) return;
    if (item.kind === 'frame') this.handleFrame(channel, item.frame);
    else if (item.kind === 'end') this.voices.ended(channel);
    else if (item.kind === 'refused') this.voices.refused(channel, item.reason);
    else this.voices.started(channel);
  }

  private handleEvent(key: string, event: FollowedEvent): void {
    const own = this.pool.get(key);
    // A channel that was closed while this waited is no site of its own.
    if (!own && this.book.channels.isOwn(key)) return;
    if (own?.opened && !isOf(own.site, event.nac)) {
      if (event.type === 'talker') this.voices.foreign(own);
      return;
    }
    // A patch that nobody has told of for a while is over, though nothing says so.
    if (event.type === 'stats' || event.type === 'grant') this.patchesEnd(event);
    if (event.type === 'stats') {
      const heard = this.sites.get(event.stream);
      if (heard) Object.assign(heard, { snr: event.snr, locked: event.locked });
      return;
    }
    if (event.type === 'secondary_control_channel') return;
    const site = own?.opened ? own.site : this.siteOf(event);
    if (!site) this.count('other_system');
    else if (event.type === 'grant') {
      // Voice channels repeat grants, often without the tables that say what their channel numbers mean.
      if (!own?.opened || event.frequency !== null) this.grants.grant(site, event);
    } else if (event.type === 'system') {
      site.wacn = event.wacn ?? site.wacn;
      site.systemId = event.system ?? site.systemId;
      const { wacn, systemId: system, nac } = site;
      if (wacn && system) site.system = this.systems.sameAs(site.system, { wacn, system, nac });
    } else if (event.type === 'patch') this.patch(site, event);
    else if (own || !this.book.channels.isAnothers(key)) {
      // Talk on a stream that was not asked for: a conventional channel.
      const channel = own ?? this.pool.adopt(key, site, event.time, this.frequencies.get(key));
      channel.site = site;
      if (event.type === 'talker') this.voices.talker(channel, event);
      else if (event.type === 'talker_alias') this.voices.alias(channel, event);
      else if (event.type === 'encryption') this.voices.encryption(channel, event);
      else this.voices.terminator(channel, event);
    }
  }

  private patchesEnd({ stream, time }: FollowedEvent): void {
    const system = this.sites.get(stream)?.system;
    if (system?.patches.any) this.log.regroup(system, time, this.calls);
  }

  private patch({ system }: Site, event: PatchEvent): void {
    system.patches.observe(event);
    this.log.regroup(system, event.time);
  }

  /** A control channel is no longer heard: calls that it granted are not better heard here than elsewhere. */
  private leaveSite(key: string): void {
    const site = this.sites.get(key);
    if (site) Object.assign(site, { locked: false, snr: undefined });
    this.sites.delete(key);
    for (const [name, { stream }] of this.heardSites) if (stream === key) this.heardSites.delete(name);
  }

  private handleFrame(channel: VoiceChannel, frame: VoiceFrame): void {
    if (!channel.frequency && frame.info.frequency) this.voices.located(channel, frame.info.frequency);
    this.voices.frame(channel, frame);
  }

  /** The site a stream's events belong to; undefined when they are another system's. */
  private siteOf(event: FollowedEvent): Site | undefined {
    const site = this.sites.get(event.stream);
    if (site && (event.nac === undefined || event.nac === site.nac)) return site;
    const system = this.systems.find(event.protocol, event.nac);
    if (!system) return undefined;
    const name = `${event.stream} ${event.nac}`;
    const found = this.heardSites.get(name) ?? { stream: event.stream, system, nac: event.nac };
    this.sites.set(event.stream, found);
    if (this.heardSites.size < MAX_SITES) this.heardSites.set(name, found);
    return found;
  }

  /**
   * A channel that was asked for is known by its id wherever that stands in the stream's name, other streams by their
   * whole name. Undefined for a channel that is closed already.
   */
  private keyOf(stream: string): string | undefined {
    const own = this.book.channels.idIn(stream);
    if (own === undefined) return stream;
    return this.pool.get(own) ? own : undefined;
  }

  private isTooMany(key: string): boolean {
    if (this.merge.streams < MAX_STREAMS || this.merge.reached(key) !== undefined) return false;
    this.count('ignored_streams');
    return true;
  }

  private count(name: string, amount = 1): void {
    this.book.counters[name] = (this.book.counters[name] ?? 0) + amount;
  }
}

/** True when a voice channel's signal is the system's that granted it: by its NAC, as far as both are known. */
function isOf({ nac, system }: Site, heard: string | undefined): boolean {
  return nac === undefined || heard === undefined || heard === nac || system.lists(heard);
}

function cutFrames(payload: Buffer, info: VoiceInfo): VoiceFrame[] {
  const { frames, duration, time } = info;
  const bytes = payload.length / frames;
  const fits = frames === 0 ? payload.length === 0 : Number.isInteger(bytes) && bytes > 0;
  if (!Number.isInteger(frames) || frames < 0 || frames > MAX_FRAMES || !(duration >= 0 && duration < 1e9) || !fits) {
    throw new TrunkflowError('bad-message', 'Unusable voice message', {
      expected: 'a duration and a whole number of frames of equal length in the payload',
      got: `${payload.length} bytes, frames ${frames}, duration ${duration}`,
      status: 'bad message',
    });
  }
  return Array.from({ length: frames }, (_, index) => ({
    time: time + index * FRAME_MS,
    bits: payload.subarray(index * bytes, (index + 1) * bytes),
    info,
  }));
}
