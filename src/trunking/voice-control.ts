import type { EncryptionEvent, TalkerAliasEvent, TalkerEvent, TerminatorEvent } from '../core/events';
import { type CallIdentity, type Cipher, identify, identifyChannel, inSlot, type Party } from './call-identity';
import type { CallLog } from './call-log';
import { refusal } from './call-policy';
import { FRAME_MS } from './call-voice';
import type { ChannelPool } from './channel-pool';
import type { FollowerOptions } from './options';
import type { RunningCalls } from './running-calls';
import type { Talker, VoiceChannel, VoiceFrame } from './voice-channel';

/** Encrypted by the service options of its link control alone, which do not say how. */
const UNTOLD: Cipher = { algorithm: 0, algorithm_name: '', key_id: 0 };

/** What voice channels say and carry: which voice belongs to which call, and which to none. */
export class VoiceControl {
  constructor(
    private readonly options: Pick<FollowerOptions, 'conventional' | 'unitCalls'>,
    private readonly clock: { now: number },
    private readonly log: CallLog,
    private readonly pool: ChannelPool,
    private readonly calls: RunningCalls,
  ) {}

  /** The stream of a channel that was asked for is there. */
  started(channel: VoiceChannel): void {
    channel.started = true;
    this.pool.answered();
    if (channel.call && !channel.call.announced) this.log.tell('start', channel.call);
  }

  /** The channelizer cannot give a channel. */
  refused(channel: VoiceChannel, reason: 'out_of_band' | 'no_channel'): void {
    this.pool.answered();
    const { call, site, frequency } = channel;
    // First, so that it does not count among the open ones.
    this.pool.remove(channel);
    if (!call) return;
    if (!this.calls.goBack(call)) this.calls.end(call, reason, { keepChannel: true });
    // Where it goes on at another site, or on another channel, it need not come here again.
    this.log.remember(`${call.key}@${site.stream}`, { reason, frequency });
  }

  /** The channel's stream ended. A channelizer would open it again when its source comes back: it is closed. */
  ended(channel: VoiceChannel): void {
    this.resolve(channel, true);
    if (channel.call) this.calls.end(channel.call, 'stream_end', { keepChannel: true });
    if (channel.opened) this.pool.close(channel);
    else this.pool.remove(channel);
  }

  /** The source ended, or the follower stops: so does every call, and no channel stays open. */
  finish(): void {
    for (const channel of [...this.pool.all()]) this.ended(channel);
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
    const identity = this.identityOn(channel, event);
    if (identity) identity.key = this.log.pair(identity, channel.site.system);
    if (identity) channel.name({ identity, party: event, time: event.time, encrypted: event.encrypted });
    const { call } = channel;
    // Who speaks in secret has no part in what is heard of the call.
    const isOwn = call && channel.talker?.identity.key === call.key && !event.encrypted;
    if (isOwn && call.heard(event, true, event.time)) this.log.tell('update', call);
    this.tellAlias(channel);
    this.resolve(channel);
  }

  /** The unit speaking sent its name, or a piece of it. */
  alias(channel: VoiceChannel, { text, block, source }: TalkerAliasEvent): void {
    if (text === undefined) return;
    if (block === undefined) channel.alias.clear();
    channel.alias.set(block ?? 1, text);
    this.tellAlias(channel, source);
  }

  /** The frequency of a channel that was there anyway became known: the channel table may name it. */
  located(channel: VoiceChannel, frequency: number): void {
    channel.frequency = frequency;
    const { talker } = channel;
    if (talker) talker.identity = this.identityOn(channel, talker.party) ?? talker.identity;
  }

  /** Another system's signal has the channel, of a distant site on the same frequency: its voice is nobody's here. */
  foreign(channel: VoiceChannel): void {
    this.resolve(channel, true);
    channel.disown();
    this.log.count('other_nac');
  }

  encryption(channel: VoiceChannel, event: EncryptionEvent): void {
    channel.setEncryption(event.encrypted, event.time, event);
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
    if (event.call) this.calls.end(call, 'terminator', { released: true });
    else this.calls.moveIfDue(call);
  }

  private tellAlias(channel: VoiceChannel, source = channel.talker?.party.source): void {
    const name = channel.aliasText;
    if (!source || name === '') return;
    channel.site.system.hear(source, name);
    if (channel.call && channel.call.key === channel.talker?.identity.key) channel.call.named(source, name);
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
    const { site, frequency, slot, opened } = channel;
    const request = { ...party, frequency, slot, conventional: !opened };
    const elsewhere = this.log.running(identity.key) !== undefined;
    const reason = elsewhere
      ? 'duplicate'
      : (this.log.unwished(identity, site) ?? refusal(site.system, this.options, identity, {}));
    if (reason) {
      const key = elsewhere ? `${identity.key}@${channel.id}` : identity.key;
      this.log.skip({ ...identity, key }, site, request, reason);
      // A call without voice so far may still come; one that had voice has lost the channel.
      if (channel.call?.frames) this.calls.end(channel.call, 'regranted');
      return false;
    }
    if (channel.call) this.calls.end(channel.call, 'regranted', { keepChannel: true });
    const call = this.log.draft(identity, site, request, channel.held[0].time);
    call.lastVoice = this.clock.now + FRAME_MS;
    this.calls.start(call, channel);
    return true;
  }

  private refuseEncrypted(channel: VoiceChannel): void {
    const { call, talker, site, frequency, slot, opened } = channel;
    this.log.count('encrypted_frames', channel.held.length);
    channel.held.length = 0;
    if (!talker) {
      if (call) {
        call.encryptedSince ??= this.clock.now;
        call.encryptedAs = channel.cipher ?? call.encryptedAs;
      }
    } else if (call?.key === talker.identity.key) {
      this.calls.endEncrypted(call, { cipher: channel.cipher, source: talker.party.source });
    } else {
      const request = { ...talker.party, encrypted: true, frequency, slot, conventional: !opened };
      if (opened || this.options.conventional)
        this.log.skip(talker.identity, site, request, 'encrypted', channel.cipher ?? UNTOLD);
      if (call?.frames) this.calls.end(call, 'regranted');
    }
  }

  /** Who is named on a channel; undefined when nobody is. */
  private identityOn(channel: VoiceChannel, party: Party): CallIdentity | undefined {
    const { opened, frequency, site, slot } = channel;
    const listed = opened || !frequency ? undefined : site.system.channel(frequency);
    if (listed) return identifyChannel(site.system, listed, slot);
    const identity = identify(site.system, party, this.clock.now);
    if (!identity || opened || slot === undefined) return identity;
    const own = inSlot(identity, slot);
    const isOwn = channel.call?.key === own.key;
    return isOwn || isOtherSlot(channel, this.log.running(identity.key)?.channel) ? own : identity;
  }
}

/** True for the two slots of a carrier that is received without a grant. */
function isOtherSlot({ parent, slot }: VoiceChannel, other: VoiceChannel | undefined): boolean {
  return other !== undefined && !other.opened && other.parent === parent && other.slot !== slot;
}
