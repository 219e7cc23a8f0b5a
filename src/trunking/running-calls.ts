import type { GrantEvent } from '../core/events';
import type { Call, Place } from './call';
import type { Cipher } from './call-identity';
import type { CallLog } from './call-log';
import type { ChannelPool } from './channel-pool';
import type { EndReason, FollowerOutput, SkipReason } from './options';
import type { Site } from './site';
import { CLAIM_TIME, type VoiceChannel } from './voice-channel';

/** Voice decoded within this time (ms) means that the call is being spoken in. */
const LIVE = 500;
/** Encrypted voice of nobody named is taken for the call's own after this time (ms): more than a superframe. */
const ENCRYPTION_DOUBT = 500;

/** Ends that are the reason why a call nobody was told of was not followed. */
const UNANNOUNCED: ReadonlySet<SkipReason> = new Set(['encrypted', 'out_of_band', 'held', 'avoided', 'locked_out']);

interface EndOptions {
  /** The channel goes to another call, or is gone. */
  keepChannel?: boolean;
  /** The system released the call: late updates must not start it again. */
  released?: boolean;
}

/** What told that a call is encrypted: its voice, with how, or a grant. */
interface EncryptedBy {
  cipher?: Cipher;
  granted?: Pick<GrantEvent, 'source'>;
  /** Who speaks, where the voice says that. */
  source?: number;
}

/**
 * The calls of one source that are followed, each on its voice channel: begins, moves and ends them, and knows when
 * one is over though nothing comes. Time is stream time, which `clock` tells.
 */
export class RunningCalls {
  constructor(
    /** Time without decoded voice after which a call ends, ms. */
    private readonly hang: number,
    private readonly clock: { now: number },
    private readonly log: CallLog,
    private readonly pool: ChannelPool,
    private readonly emit: (output: FollowerOutput) => void,
  ) {}

  start(call: Call, channel: VoiceChannel): void {
    this.put(call, channel);
    channel.quiet.delete(call.key);
    this.log.begin(call);
    if (channel.started) this.log.tell('start', call);
  }

  end(call: Call, reason: EndReason, { keepChannel = false, released = false }: EndOptions = {}): void {
    const channel = call.channel!;
    this.pass(call);
    call.info.state = 'ended';
    call.info.reason = reason;
    const last = call.voice.end();
    if (last) this.emit({ to: 'voice', message: last });
    channel.call = undefined;
    call.channel = undefined;
    this.log.finish(call, UNANNOUNCED.has(reason as SkipReason) ? (reason as SkipReason) : 'no_channel');
    if (released) this.log.release(call);
    if (reason === 'silence' || (reason === 'terminator' && !released)) channel.silence(call.key);
    else channel.claims.delete(call.key);
    if (keepChannel || !channel.opened) return;
    // While grants of its frequency go on, voice may come back on the channel.
    if (reason === 'preempted' || this.clock.now >= channel.lastClaim + CLAIM_TIME) this.pool.close(channel);
  }

  /** A command asks for others: ended at once, and silent about it while its grants go on. */
  endUnwished(call: Call, reason: 'held' | 'avoided' | 'locked_out'): void {
    const { freq: frequency } = call.info;
    this.end(call, reason);
    this.log.remember(call.key, { reason, frequency });
  }

  /** It is encrypted: ended at once, and not tried again while its grants go on. */
  endEncrypted(call: Call, { cipher, granted, source: talker }: EncryptedBy): void {
    call.info.encrypted = call.frames === 0;
    if (cipher) call.encryptedWith(cipher);
    const { freq: frequency, unit } = call.info;
    this.end(call, 'encrypted');
    const source = granted ? granted.source : (talker ?? unit);
    this.log.remember(call.key, { reason: 'encrypted', byVoice: granted === undefined, frequency, source });
  }

  /** True while somebody speaks in the call. */
  isLive(call: Call): boolean {
    return call.frames > 0 && !call.turnOver && this.clock.now - call.lastVoice < LIVE;
  }

  /** Time without voice where the call is, ms. */
  silence(call: Call): number {
    return this.clock.now - Math.max(call.channel!.since, call.lastVoice);
  }

  /** Takes over a call that another site has too: its voice comes from here from now on. */
  takeOver(call: Call, open: () => VoiceChannel, site: Site, grant: GrantEvent): void {
    call.home!.release(call);
    const channel = open();
    channel.quiet.delete(call.key);
    this.put(call, channel);
    call.relocate(grant.frequency!, grant.slot, site);
    // Another source may have another clock, and a channel that is only now opened needs time to be heard.
    call.lastVoice = this.clock.now;
    this.log.count('moved');
    if (channel.started && !call.announced) this.log.tell('start', call);
  }

  /** The channel that a call went to is refused: it is heard where it was again. False when it cannot be. */
  goBack(call: Call): boolean {
    const { cameFrom } = call;
    const refused = call.channel!;
    call.cameFrom = undefined;
    if (refused.started || !cameFrom?.home.takeBack(call, cameFrom)) return false;
    refused.call = undefined;
    return true;
  }

  /** Nothing of what was said since it left is lost. */
  private takeBack(call: Call, { site, parent, frequency, signal, left }: Place): boolean {
    const { pool } = this;
    const present = pool.on(frequency, signal?.slot);
    if (pool.closing || present?.call || (!present && pool.isFull)) return false;
    this.put(call, present ?? pool.open(site, frequency, left, parent, signal));
    call.relocate(frequency, signal?.slot, site);
    call.lastVoice = left;
    if (call.channel!.started && !call.announced) this.log.tell('start', call);
    return true;
  }

  /** The call goes on elsewhere. */
  private release(call: Call): void {
    const channel = call.channel!;
    this.pass(call);
    if (call.isMute) call.mute.add(channel.site.stream);
    this.leave(call, channel);
    if (channel.opened) this.pool.close(channel);
  }

  private leave(call: Call, channel: VoiceChannel): void {
    const { site, parent, frequency, signal } = channel;
    call.cameFrom = { home: this, site, parent, frequency, signal, left: this.clock.now };
    channel.call = undefined;
    channel.claims.delete(call.key);
  }

  private put(call: Call, channel: VoiceChannel): void {
    call.channel = channel;
    call.home = this;
    call.tried.add(channel.site.stream);
    channel.call = call;
    channel.claim(call.key, this.clock.now);
  }

  /** Takes the call to the frequency it was granted on again, unless it is too early for that. */
  moveIfDue(call: Call): void {
    if (!call.move || this.clock.now < this.moveDue(call)) return;
    const { frequency, time, signal } = call.move;
    const old = call.channel!;
    call.move = undefined;
    const present = this.pool.on(frequency, signal?.slot);
    const parent = this.pool.reach(old.site, frequency);
    if (present?.call || parent === null || !old.opened) return;
    this.pass(call);
    this.leave(call, old);
    this.pool.close(old);
    this.put(call, present ?? this.pool.open(old.site, frequency, time, parent, signal));
    call.moved(frequency, signal?.slot);
    call.endTurn();
    this.log.count('moved');
    if (call.channel?.started && !call.announced) this.log.tell('start', call);
  }

  /** When something is to be done though nothing comes, ms of stream time. */
  deadline(): number {
    let first = Number.POSITIVE_INFINITY;
    for (const channel of this.pool.all()) first = Math.min(first, this.due(channel));
    return first;
  }

  /** Does what is due now. */
  expire(): void {
    const { now } = this.clock;
    for (const channel of [...this.pool.all()]) {
      if (now < this.due(channel)) continue;
      const { call } = channel;
      if (!call) this.pool.close(channel);
      else if (now >= call.lastVoice + this.hang) this.end(call, call.turnOver ? 'terminator' : 'silence');
      else if (call.encryptedSince !== undefined && now >= call.encryptedSince + ENCRYPTION_DOUBT)
        this.endEncrypted(call, { cipher: call.encryptedAs });
      else this.moveIfDue(call);
    }
  }

  /** Voice taken since the last time goes out. */
  flush(): void {
    for (const { call } of this.pool.all()) if (call) this.pass(call);
  }

  private due(channel: VoiceChannel): number {
    const { call } = channel;
    if (!call) return channel.opened ? channel.lastClaim + CLAIM_TIME : Number.POSITIVE_INFINITY;
    let due = call.lastVoice + this.hang;
    if (call.encryptedSince !== undefined) due = Math.min(due, call.encryptedSince + ENCRYPTION_DOUBT);
    return call.move ? Math.min(due, this.moveDue(call)) : due;
  }

  /** When a call may leave its channel for the frequency it was re-granted on: not while it is spoken in. */
  private moveDue(call: Call): number {
    const { since } = call.channel!;
    return (call.turnOver ? since : Math.max(since, call.lastVoice)) + LIVE;
  }

  private pass(call: Call): void {
    for (const message of call.voice.take()) this.emit({ to: 'voice', message });
  }
}
