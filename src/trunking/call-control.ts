import type { GrantEvent, TalkerEvent, TerminatorEvent } from '../core/events';
import { type Call, type CallIdentity, FRAME_MS, identify } from './call';
import type { CallLog } from './call-log';
import type { ChannelPool } from './channel-pool';
import type { EndReason, FollowerOptions, FollowerOutput, SkipReason } from './options';
import type { Site } from './site';
import type { SkippedCall } from './skipped-calls';
import type { Talker, VoiceChannel, VoiceFrame } from './voice-channel';

/** Voice decoded within this time (ms) means that the call is being spoken in. */
const LIVE = 500;
/** A channel is kept for a silent call while its grants go on; this long (ms) after the last it is closed. */
const CLAIM_TIME = 3000;
/** Updates for another talkgroup within this time (ms) of the call's own mean that the two share the channel. */
const SHARED = 1000;
/** Encrypted voice of nobody named is taken for the call's own after this time (ms): more than a superframe. */
const ENCRYPTION_DOUBT = 500;

interface EndOptions {
  /** The channel goes to another call, or is gone. */
  keepChannel?: boolean;
  /** The system released the call: late updates must not start it again. */
  released?: boolean;
}

/**
 * Decides about the calls of one source: which are followed on which voice channels, which voice belongs to them, and
 * when they end. Fed in the order of stream time, which `clock` tells.
 */
export class CallControl {
  private readonly hang: number;

  constructor(
    private readonly root: string,
    private readonly options: FollowerOptions,
    private readonly clock: { now: number },
    private readonly log: CallLog,
    private readonly pool: ChannelPool,
    private readonly emit: (output: FollowerOutput) => void,
  ) {
    this.hang = options.hangTime * 1000;
  }

  grant(site: Site, grant: GrantEvent): void {
    const identity = identify(site.system, grant);
    if (!identity) return;
    this.log.count('grants');
    const running = this.log.running(identity.key);
    if (running) {
      this.regrant(site, grant, identity, running);
      return;
    }
    const skipped = this.log.skippedCall(identity.key);
    if (skipped?.reason === 'released' && grant.update && grant.frequency === skipped.frequency) return;
    if (skipped && staysSkipped(skipped, grant)) this.log.remember(identity.key, skipped);
    else this.begin(site, grant, identity);
  }

  /** A grant of a call that does not run. */
  private begin(site: Site, grant: GrantEvent, identity: CallIdentity): void {
    const call = this.log.draft(identity, site, grant, grant.time);
    const channel = this.refusal(site, identity, grant) ?? this.channelFor(site, grant, call);
    if (typeof channel === 'string') this.log.skip(identity, site, grant, channel);
    else if (channel) this.start(call, channel);
  }

  private regrant(site: Site, grant: GrantEvent, identity: CallIdentity, call: Call): void {
    this.log.count('joined');
    const channel = call.channel!;
    if (channel.site.stream !== site.stream) {
      // Another site of the same system, or a channel that is listened to anyway.
      this.log.skip({ ...identity, key: `${identity.key}@${site.stream}` }, site, grant, 'duplicate');
      return;
    }
    channel.claim(call.key, this.clock.now);
    if (grant.encrypted && !this.isLive(call)) {
      this.endEncrypted(call);
      return;
    }
    if (call.heard(grant, false, grant.time)) this.log.tell('update', call);
    if (grant.frequency === null || grant.slot !== undefined) return;
    call.move = grant.frequency === call.info.freq ? undefined : { frequency: grant.frequency, time: grant.time };
    this.moveIfDue(call);
  }

  /** Why a call that may have a channel is not wanted. */
  private refusal(
    { system }: Site,
    { number, unitCall }: CallIdentity,
    grant: Partial<Pick<GrantEvent, 'data' | 'encrypted' | 'slot' | 'frequency'>>,
  ): SkipReason | undefined {
    if (grant.data) return 'data';
    if (unitCall && !this.options.unitCalls) return 'unit_call';
    const entry = unitCall ? undefined : system.talkgroup(number);
    if (entry && entry.priority < 0) return 'locked_out';
    if (!entry && !unitCall && !system.followUnknown) return 'unknown_talkgroup';
    if (grant.encrypted || entry?.encryption === 'always') return 'encrypted';
    if (grant.slot !== undefined) return 'tdma';
    return grant.frequency === null ? 'unknown_frequency' : undefined;
  }

  /** The stream of a channel that was asked for is there. */
  started(channel: VoiceChannel): void {
    channel.started = true;
    this.pool.answered();
    if (channel.call && !channel.call.announced) this.log.tell('start', channel.call);
  }

  /** The channelizer cannot give a channel. */
  refused(channel: VoiceChannel, reason: 'out_of_band' | 'no_channel'): void {
    this.pool.answered();
    if (channel.call) this.end(channel.call, reason, { keepChannel: true });
    this.pool.remove(channel);
  }

  ended(channel: VoiceChannel): void {
    this.resolve(channel, true);
    if (channel.call) this.end(channel.call, 'stream_end', { keepChannel: true });
    this.pool.remove(channel);
  }

  frame(channel: VoiceChannel, frame: VoiceFrame): void {
    const startsTurn = channel.startsTurn(frame.time);
    if (startsTurn) this.resolve(channel, true);
    const { call, unnamed } = channel;
    const usable = channel.hold(frame);
    if (call && startsTurn) {
      call.endTurn();
      if (channel.talker?.identity.key === call.key) call.heard(channel.talker.party, true, frame.time);
    }
    if (usable && call && !channel.encrypted) {
      call.lastVoice = Math.max(call.lastVoice, this.clock.now + FRAME_MS);
      call.turnOver = false;
    }
    this.log.count('unnamed_frames', channel.unnamed - unnamed);
    this.log.count(channel.rejected ? 'foreign_frames' : 'voice_frames');
    this.resolve(channel);
  }

  talker(channel: VoiceChannel, event: TalkerEvent): void {
    const identity = identify(channel.site.system, event);
    if (identity) channel.name({ identity, party: event, time: event.time, encrypted: event.encrypted });
    const { call } = channel;
    if (call && channel.talker?.identity.key === call.key && call.heard(event, true, event.time))
      this.log.tell('update', call);
    this.resolve(channel);
  }

  encryption(channel: VoiceChannel, encrypted: boolean, time: number): void {
    channel.setEncryption(encrypted, time);
    this.resolve(channel);
  }

  terminator(channel: VoiceChannel, event: TerminatorEvent): void {
    this.resolve(channel, true);
    channel.endTurn();
    const { call } = channel;
    // Before the call's first voice it is the end of what was on the channel before.
    if (!call || call.frames === 0) return;
    call.endTurn();
    call.turnOver = true;
    if (event.call) this.end(call, 'terminator', { released: true });
    else this.moveIfDue(call);
  }

  /** Decides about the voice held on a channel with what is known by now. */
  private resolve(channel: VoiceChannel, turnEnds = false): void {
    const { talker } = channel;
    if (turnEnds && channel.held.length === 0) return;
    if (channel.encrypted ?? talker?.encrypted) {
      this.refuseEncrypted(channel);
      return;
    }
    if (!talker || channel.held.length === 0) return;
    if (!channel.isClear && !(turnEnds && talker.encrypted === false)) return;
    if (channel.call?.key !== talker.identity.key && !this.handOver(channel, talker)) {
      channel.reject();
      return;
    }
    const call = channel.call!;
    call.encryptedSince = undefined;
    for (const frame of channel.release()) call.add(frame);
  }

  /** The channel carries another call than it was opened for. True when that call has it now. */
  private handOver(channel: VoiceChannel, { identity, party }: Talker): boolean {
    if (!channel.opened && !this.options.conventional) return false;
    const { site, frequency, opened } = channel;
    const request = { ...party, frequency, conventional: !opened };
    const elsewhere = this.log.running(identity.key) !== undefined;
    const refusal = elsewhere ? 'duplicate' : this.refusal(site, identity, {});
    if (refusal) {
      const key = elsewhere ? `${identity.key}@${channel.id}` : identity.key;
      this.log.skip({ ...identity, key }, site, request, refusal);
      // A call without voice so far may still come; one that had voice has lost the channel.
      if (channel.call?.frames) this.end(channel.call, 'regranted');
      return false;
    }
    if (channel.call) this.end(channel.call, 'regranted', { keepChannel: true });
    const call = this.log.draft(identity, site, request, channel.held[0].time);
    call.lastVoice = this.clock.now + FRAME_MS;
    this.start(call, channel);
    return true;
  }

  private refuseEncrypted(channel: VoiceChannel): void {
    const { call, talker, site, frequency, opened } = channel;
    this.log.count('encrypted_frames', channel.held.length);
    channel.held.length = 0;
    if (!talker) {
      if (call) call.encryptedSince ??= this.clock.now;
    } else if (call?.key === talker.identity.key) {
      this.endEncrypted(call);
    } else {
      const request = { ...talker.party, encrypted: true, frequency, conventional: !opened };
      if (opened || this.options.conventional) this.log.skip(talker.identity, site, request, 'encrypted', true);
      if (call?.frames) this.end(call, 'regranted');
    }
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
    for (const channel of this.pool.all()) {
      if (now < this.due(channel)) continue;
      const { call } = channel;
      if (!call) this.pool.close(channel);
      else if (now >= call.lastVoice + this.hang) this.end(call, call.turnOver ? 'terminator' : 'silence');
      else if (call.encryptedSince !== undefined && now >= call.encryptedSince + ENCRYPTION_DOUBT)
        this.endEncrypted(call);
      else this.moveIfDue(call);
    }
  }

  private due(channel: VoiceChannel): number {
    const { call } = channel;
    if (!call) return channel.opened ? channel.lastClaim + CLAIM_TIME : Number.POSITIVE_INFINITY;
    let due = call.lastVoice + this.hang;
    if (call.encryptedSince !== undefined) due = Math.min(due, call.encryptedSince + ENCRYPTION_DOUBT);
    return call.move ? Math.min(due, this.moveDue(call)) : due;
  }

  /** Voice taken since the last time goes out. */
  flush(): void {
    for (const { call } of this.pool.all()) if (call) this.flushCall(call);
  }

  /** The source ended, or the follower stops: so does every call, and no channel stays open. */
  finish(): void {
    for (const channel of this.pool.all()) {
      this.resolve(channel, true);
      if (channel.call) this.end(channel.call, 'stream_end', { keepChannel: true });
      if (channel.opened) this.pool.close(channel);
      else this.pool.remove(channel);
    }
  }

  private start(call: Call, channel: VoiceChannel): void {
    call.channel = channel;
    channel.call = call;
    channel.claim(call.key, this.clock.now);
    channel.quiet.delete(call.key);
    this.log.begin(call);
    if (channel.started) this.log.tell('start', call);
  }

  private end(call: Call, reason: EndReason, { keepChannel = false, released = false }: EndOptions = {}): void {
    const channel = call.channel!;
    this.flushCall(call);
    call.info.state = 'ended';
    call.info.reason = reason;
    const last = call.endMessage(this.root);
    if (last) this.emit({ to: 'voice', message: last });
    channel.call = undefined;
    call.channel = undefined;
    this.log.finish(call, reason === 'encrypted' || reason === 'out_of_band' ? reason : 'no_channel');
    if (released) this.log.remember(call.key, { reason: 'released', frequency: call.info.freq });
    if (reason === 'silence' || (reason === 'terminator' && !released)) channel.quiet.add(call.key);
    else channel.claims.delete(call.key);
    if (keepChannel || !channel.opened) return;
    // While grants of its frequency go on, voice may come back on the channel.
    if (reason === 'preempted' || this.clock.now >= channel.lastClaim + CLAIM_TIME) this.pool.close(channel);
  }

  /** The voice is encrypted: ended at once, and not tried again while its grants go on. */
  private endEncrypted(call: Call): void {
    call.info.encrypted = call.frames === 0;
    const { freq: frequency, unit: source } = call.info;
    this.end(call, 'encrypted');
    this.log.remember(call.key, { reason: 'encrypted', byVoice: true, frequency, source });
  }

  /** A channel for a call, the reason why there is none, or undefined for a call that stays silent. */
  private channelFor(site: Site, grant: GrantEvent, call: Call): VoiceChannel | SkipReason | undefined {
    const present = this.pool.on(grant.frequency!);
    if (!present) {
      if (this.pool.openCount >= this.options.maxCalls && !this.makeRoom(call.rank)) return 'no_channel';
      return this.pool.open(site, grant.frequency!, grant.time);
    }
    present.claim(call.key, this.clock.now);
    const running = present.call;
    if (!running) return present.quiet.has(call.key) ? undefined : present;
    // Two talkgroups of one channel: its voice tells which it is (see handOver), while both are granted in turn.
    const shared = grant.update && this.clock.now - present.claims.get(running.key)! < SHARED;
    if (shared || (!running.turnOver && (running.frames === 0 || this.isLive(running)))) return 'duplicate';
    this.end(running, running.turnOver ? 'terminator' : 'regranted', { keepChannel: true });
    return present;
  }

  /** Frees a channel: one without a call, else that of the least important call if it is less important than `rank`. */
  private makeRoom(rank: number): boolean {
    let victim: Call | undefined;
    for (const channel of this.pool.opened) {
      const { call } = channel;
      if (!call) {
        this.pool.close(channel);
        return true;
      }
      // Of equal calls the latest, which loses least.
      if (call.rank > rank && call.rank >= (victim?.rank ?? 0)) victim = call;
    }
    if (victim) this.end(victim, 'preempted');
    return victim !== undefined;
  }

  /** When a call may leave its channel for the frequency it was re-granted on: not while it is spoken in. */
  private moveDue(call: Call): number {
    const { since } = call.channel!;
    return (call.turnOver ? since : Math.max(since, call.lastVoice)) + LIVE;
  }

  private moveIfDue(call: Call): void {
    if (!call.move || this.clock.now < this.moveDue(call)) return;
    const { frequency, time } = call.move;
    const old = call.channel!;
    call.move = undefined;
    const present = this.pool.on(frequency);
    if (present?.call) return;
    this.flushCall(call);
    old.call = undefined;
    this.pool.close(old);
    const channel = present ?? this.pool.open(old.site, frequency, time);
    call.channel = channel;
    channel.call = call;
    channel.claim(call.key, this.clock.now);
    call.info.freq = frequency;
    call.endTurn();
    this.log.count('moved');
    if (channel.started && !call.announced) this.log.tell('start', call);
  }

  private isLive(call: Call): boolean {
    return call.frames > 0 && !call.turnOver && this.clock.now - call.lastVoice < LIVE;
  }

  private flushCall(call: Call): void {
    for (const message of call.takeMessages(this.root)) this.emit({ to: 'voice', message });
  }
}

/** A call that is not followed, and a grant that changes nothing about it. */
function staysSkipped(skipped: SkippedCall, grant: GrantEvent): boolean {
  if (skipped.reason === 'out_of_band') return grant.frequency === skipped.frequency;
  if (skipped.reason !== 'encrypted') return false;
  // Updates do not say whether the call is encrypted, and where the voice itself said so a grant is not believed until
  // it is for another unit.
  if (grant.encrypted || grant.update) return true;
  return skipped.byVoice === true && (!grant.source || !skipped.source || grant.source === skipped.source);
}
