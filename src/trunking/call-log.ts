import type { Counters } from '../core/stage';
import { Call } from './call';
import { type CallIdentity, type Cipher, identify, type Party } from './call-identity';
import type { HeardCall, ListeningRules } from './listening-rules';
import type { OpenedChannels } from './opened-channels';
import type { CallOutput, FollowerOutput, SkipReason } from './options';
import type { Roaming } from './roaming';
import type { RunningCalls } from './running-calls';
import type { Site } from './site';
import { type SkippedCall, SkippedCalls } from './skipped-calls';
import type { System } from './system';

const MAX_RELEASED = 1024;

/** What all sources of one follower share. */
export interface CallBook {
  /** Running calls by key. */
  active: Map<string, Call>;
  /** Number of the last call. */
  number: number;
  counters: Counters;
  /** Keys of calls that were released, and have not begun again since. */
  released: Set<string>;
  /** What was asked for by command: a talkgroup held, others avoided. */
  rules: ListeningRules;
  channels: OpenedChannels;
  roaming: Roaming;
}

/** What a call begins with: a grant, or what the voice channel says. */
export interface CallRequest extends Party {
  frequency: number | null;
  slot?: number;
  encrypted?: boolean;
  priority?: number;
  duplex?: boolean;
  mode?: 'packet' | 'circuit';
  conventional?: boolean;
}

/** Makes the calls of one source and tells of them: each that is not followed once, however often it is granted. */
export class CallLog {
  private readonly skipped = new SkippedCalls();

  constructor(
    private readonly root: string,
    private readonly book: CallBook,
    private readonly clock: { now: number },
    private readonly emit: (output: FollowerOutput) => void,
  ) {}

  running(key: string): Call | undefined {
    return this.book.active.get(key);
  }

  /** The call's entry while it is not followed and its grants go on. */
  skippedCall(key: string): SkippedCall | undefined {
    return this.skipped.get(key, this.clock.now);
  }

  /** Why a command keeps a call from being followed; undefined when none does. */
  unwished({ number, patched }: CallIdentity, { system }: Site): 'held' | 'avoided' | undefined {
    return this.refusal({ id: '', sys_name: system.shortName, talkgroup: number, patched_talkgroups: patched });
  }

  private refusal(call: Omit<HeardCall, 'listen'>): 'held' | 'avoided' | undefined {
    const refusal = this.book.rules.refusal({ ...call, listen: true });
    return refusal === 'held' || refusal === 'avoided' ? refusal : undefined;
  }

  /** A call as it would begin; its number is taken only when it starts. */
  draft(identity: CallIdentity, site: Site, request: CallRequest, time: number): Call {
    return new Call({
      identity,
      system: site.system,
      root: this.root,
      number: this.book.number + 1,
      time,
      frequency: request.frequency ?? 0,
      slot: request.slot,
      party: request,
      priority: request.priority,
      duplex: request.duplex,
      packet: request.mode === 'packet',
      encrypted: request.encrypted,
      conventional: request.conventional,
      site: { nac: site.nac, wacn: site.wacn, system: site.systemId },
    });
  }

  /** The call is followed from now on. */
  begin(call: Call): void {
    this.book.number = call.info.call_num;
    this.book.active.set(call.key, call);
    call.knownAsSkipped = this.isTold(call.key);
    this.skipped.delete(call.key);
    this.book.released.delete(call.key);
    this.count('calls');
  }

  /**
   * Talkgroups of a system were patched together, or went apart: a running call goes on with its number, and is found by
   * the grants of all that share it. Where two of them have calls already, each keeps its own; but none keeps the key of a
   * patch that its talkgroup has left.
   * @param home only the calls of this source: by its time
   */
  regroup(system: System, time: number, home?: RunningCalls): void {
    for (const call of [...this.book.active.values()]) {
      if (call.system !== system || call.talkgroup === undefined || (home && call.home !== home)) continue;
      const identity = identify(system, { talkgroup: call.talkgroup }, time)!;
      if (identity.key !== call.key) {
        if (this.book.active.has(identity.key)) {
          if (call.key !== call.topic) call.home!.end(call, 'regranted');
          continue;
        }
        this.rekey(call, identity);
      }
      if (!call.patch(identity.patched)) continue;
      this.tell('update', call);
      // Held or avoided is a patch by other rules than one talkgroup.
      const unwished = this.refusal(call.info);
      if (unwished) call.home!.endUnwished(call, unwished);
    }
  }

  /**
   * A unit call of which one unit was named is that of the pair when the other is named, and the other way round: a unit
   * is in one call at a time. The running call, and what was said now, get the same key.
   */
  pair(identity: CallIdentity, { shortName }: System): string {
    const { units, key } = identity;
    if (!units || this.book.active.has(key)) return key;
    for (const call of this.book.active.values()) {
      if (!call.units || call.system.shortName !== shortName) continue;
      if (!call.units.some((unit) => units.includes(unit)) || call.units.length === units.length) continue;
      if (units.length > 1) {
        this.rekey(call, identity);
        call.units = units;
      }
      return call.key;
    }
    return key;
  }

  private rekey(call: Call, identity: CallIdentity): void {
    const { channel } = call;
    this.book.active.delete(call.key);
    this.book.active.set(identity.key, call);
    // Who was named on its channel before is the call's still.
    if (channel?.talker?.identity.key === call.key) channel.talker.identity = identity;
    channel?.rename(call.key, identity.key);
    call.key = identity.key;
  }

  /** The system released a call: late updates must not start it again, here or at other sites. */
  release({ key, info }: Call): void {
    const { released } = this.book;
    this.remember(key, { reason: 'released', frequency: info.freq });
    released.delete(key);
    released.add(key);
    if (released.size > MAX_RELEASED) released.delete(released.values().next().value!);
  }

  /** True for late updates at a site of a call that was followed at another, and released there. */
  isOverElsewhere(key: string, { stream }: Site, frequency: number | null): boolean {
    const there = `${key}@${stream}`;
    const reason = this.skippedCall(there)?.reason;
    if (reason === 'released') return true;
    if (reason === undefined || !this.book.released.has(key)) return false;
    this.remember(there, { reason: 'released', frequency });
    return true;
  }

  /** The call is over; a call nobody was told of counts as not followed. */
  finish(call: Call, unannounced: SkipReason): void {
    this.book.active.delete(call.key);
    this.count(`ended_${call.info.reason}`);
    if (call.announced) {
      this.tell('end', call);
      return;
    }
    const told = call.knownAsSkipped || this.isTold(call.key);
    this.remember(call.key, { reason: unannounced, frequency: call.info.freq });
    if (!told) this.tellNotFollowed(call, unannounced);
  }

  tell(event: CallOutput['event'], call: Call): void {
    if (event === 'start') call.announced = true;
    if (!call.announced) return;
    this.emit({ to: 'calls', event, topic: call.topic, call: call.snapshot() });
  }

  /** @param cipher how it is encrypted, if its own voice said so */
  skip(identity: CallIdentity, site: Site, request: CallRequest, reason: SkipReason, cipher?: Cipher): void {
    const told = this.isTold(identity.key);
    this.remember(identity.key, {
      reason,
      byVoice: cipher !== undefined,
      frequency: request.frequency,
      source: request.source,
    });
    if (told) return;
    const call = this.draft(identity, site, request, this.clock.now);
    this.book.number = call.info.call_num;
    call.info.encrypted ||= reason === 'encrypted';
    if (cipher) call.encryptedWith(cipher);
    this.tellNotFollowed(call, reason);
  }

  remember(key: string, call: Omit<SkippedCall, 'time'>): void {
    this.skipped.set(key, { ...call, time: this.clock.now });
  }

  count(name: string, amount = 1): void {
    this.book.counters[name] = (this.book.counters[name] ?? 0) + amount;
  }

  private isTold(key: string): boolean {
    const skipped = this.skippedCall(key);
    return skipped !== undefined && skipped.reason !== 'released';
  }

  private tellNotFollowed(call: Call, reason: SkipReason): void {
    call.info.state = 'not_followed';
    call.info.reason = reason;
    this.count(`not_followed_${reason}`);
    this.emit({ to: 'calls', event: 'not_followed', topic: call.topic, call: call.snapshot() });
  }
}
