import type { GrantEvent } from '../core/events';
import { channelSignal } from './air';
import type { Call } from './call';
import { type CallIdentity, identify } from './call-identity';
import type { CallLog } from './call-log';
import { refusal, staysSkipped } from './call-policy';
import type { ChannelPool } from './channel-pool';
import type { FollowerOptions, SkipReason } from './options';
import type { Roaming } from './roaming';
import type { RunningCalls } from './running-calls';
import { isBetter, type Site } from './site';
import type { VoiceChannel } from './voice-channel';

/** Updates for another talkgroup within this time (ms) of the call's own mean that the two share the channel. */
const SHARED = 1000;
/** A call without voice for this long (ms) is looked for at the other sites that grant it. */
const SILENT = 1000;

const REFUSED: ReadonlySet<string> = new Set(['out_of_band', 'no_channel']);

/** What the grants of control channels mean: which calls begin, on which voice channels, and at whose cost. */
export class GrantControl {
  constructor(
    private readonly options: Pick<FollowerOptions, 'unitCalls'>,
    private readonly clock: { now: number },
    private readonly log: CallLog,
    private readonly pool: ChannelPool,
    private readonly calls: RunningCalls,
    private readonly roaming: Roaming,
  ) {}

  grant(site: Site, grant: GrantEvent): void {
    const identity = identify(site.system, grant, grant.time);
    if (!identity) return;
    identity.key = this.log.pair(identity, site.system);
    this.log.count('grants');
    const running = this.log.running(identity.key);
    if (running) {
      this.join(site, grant, identity, running);
      return;
    }
    const skipped = this.log.skippedCall(identity.key);
    if (skipped?.reason === 'released' && grant.update && grant.frequency === skipped.frequency) return;
    if (grant.update && this.log.isOverElsewhere(identity.key, site, grant.frequency)) return;
    if (skipped && staysSkipped(skipped, grant)) this.log.remember(identity.key, skipped);
    else this.begin(site, grant, identity);
  }

  /** A grant of a call that does not run. */
  private begin(site: Site, grant: GrantEvent, identity: CallIdentity): void {
    const call = this.log.draft(identity, site, grant, grant.time);
    const channel =
      this.log.unwished(identity, site) ??
      refusal(site.system, this.options, identity, grant) ??
      this.channelFor(site, grant, call);
    if (typeof channel === 'string') this.log.skip(identity, site, grant, channel);
    else if (channel) this.calls.start(call, channel());
  }

  /** A further grant of a call that runs. */
  private join(site: Site, grant: GrantEvent, identity: CallIdentity, call: Call): void {
    this.log.count('joined');
    const channel = call.channel!;
    const key = `${identity.key}@${site.stream}`;
    const skipped = this.log.skippedCall(key);
    // A channel that was refused there stays so while the grants go on.
    const refused = skipped && REFUSED.has(skipped.reason) && skipped.frequency === grant.frequency;
    if (refused) this.log.remember(key, skipped);
    if (channel.site.stream !== site.stream && !this.isSameChannel(site, grant, channel)) {
      // Another site of the same system, or a channel that is listened to anyway.
      if (!refused && !this.goesBetterBy(site, grant, call))
        this.log.skip({ ...identity, key }, site, grant, 'duplicate');
      return;
    }
    channel.site = site;
    channel.claim(call.key, this.clock.now);
    if (grant.encrypted && !this.calls.isLive(call)) {
      this.calls.endEncrypted(call, { granted: grant });
      return;
    }
    if (call.heard(grant, false, grant.time)) this.log.tell('update', call);
    const signal = channelSignal(site, grant.protocol, grant.slot);
    if (grant.frequency === null || signal === 'unknown_system') return;
    const isThere = grant.frequency === call.info.freq && grant.slot === channel.slot;
    call.move = isThere || refused ? undefined : { frequency: grant.frequency, time: grant.time, signal };
    this.calls.moveIfDue(call);
  }

  /** The site goes on with another control channel, and grants what it did before. */
  private isSameChannel(site: Site, { frequency, slot }: GrantEvent, channel: VoiceChannel): boolean {
    const isHere = channel.opened && this.pool.get(channel.id) === channel;
    return isHere && frequency === channel.frequency && slot === channel.slot && site.nac === channel.site.nac;
  }

  /** The call is granted at another site than it is heard at. True when it is heard from there now. */
  private goesBetterBy(site: Site, grant: GrantEvent, call: Call): boolean {
    const { channel } = call;
    if (!channel?.opened || grant.frequency === null || grant.encrypted || this.pool.closing) return false;
    if (grant.frequency === channel.frequency && grant.slot === channel.slot) return false;
    // Never in the middle of what somebody says.
    if (call.mute.has(site.stream) || call.home!.isLive(call)) return false;
    const preferred = call.system.talkgroup(call.info.talkgroup)?.preferredNac;
    const silent = !call.tried.has(site.stream) && call.home!.silence(call) > SILENT;
    // A pause between two transmissions is no reason to go where the signal is worse.
    const lost = silent && (call.isMute || !(call.turnOver || isBetter(channel.site, site, preferred)));
    if (!lost && !isBetter(site, channel.site, preferred)) return false;
    // The roaming source is for calls that cannot be heard at all, and others' channels for calls that are not heard.
    if (this.pool.reach(site, grant.frequency) === null) return false;
    const found = this.channelFor(site, grant, call, lost ? call.rank : Number.POSITIVE_INFINITY);
    if (typeof found !== 'function') return false;
    this.calls.takeOver(call, found, site, grant);
    return true;
  }

  /**
   * Gives a call its channel, or the reason why there is none; undefined for a call that stays silent.
   * @param rank it may take the channel of a call less important than that
   */
  private channelFor(
    site: Site,
    grant: GrantEvent,
    call: Call,
    rank = call.rank,
  ): (() => VoiceChannel) | SkipReason | undefined {
    const signal = channelSignal(site, grant.protocol, grant.slot);
    if (signal === 'unknown_system') return signal;
    const present = this.pool.on(grant.frequency!, grant.slot);
    if (!present) {
      const parent = this.pool.reach(site, grant.frequency!);
      if (parent === null) return this.roaming.request(grant.frequency!, grant.time) ? undefined : 'out_of_band';
      // The channel that the call leaves for it is free.
      const leaves = call.channel?.opened && this.pool.get(call.channel.id) === call.channel;
      if (this.pool.isFull && !leaves && !this.makeRoom(rank)) return 'no_channel';
      return () => this.pool.open(site, grant.frequency!, grant.time, parent, signal);
    }
    present.claim(call.key, this.clock.now);
    const running = present.call;
    if (!running) {
      present.site = site;
      return present.quiet.has(call.key) ? undefined : () => present;
    }
    // Two talkgroups of one channel: its voice tells which it is (see VoiceControl), while both are granted in turn.
    const shared = grant.update && this.clock.now - (present.claims.get(running.key) ?? 0) < SHARED;
    if (shared || (!running.turnOver && running.frames === 0)) return 'duplicate';
    // The next call, granted before the end of this one: it begins with its own voice, or a grant that comes then.
    if (this.calls.isLive(running)) return undefined;
    this.calls.end(running, running.turnOver ? 'terminator' : 'regranted', { keepChannel: true });
    return () => present;
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
    if (victim) this.calls.end(victim, 'preempted');
    return victim !== undefined;
  }
}
