import type { ChannelSignal, VoiceInfo } from '../core/messages';
import type { Call } from './call';
import type { CallIdentity, Cipher, Party } from './call-identity';
import { FRAME_MS } from './call-voice';
import type { Site } from './site';

export interface VoiceFrame {
  /** Stream time of its first sample, ms. */
  time: number;
  /** Soft bits of one frame. */
  bits: Buffer;
  /** Of the message it came in. */
  info: VoiceInfo;
}

/** Who the voice channel itself says is talking. */
export interface Talker {
  identity: CallIdentity;
  party: Party;
  time: number;
  encrypted?: boolean;
}

/** A pause in decoded voice this long (ms) begins another transmission, which must name its talker anew. */
const TURN_GAP = 250;
/** Voice kept while nobody is named yet: 3 s; then the oldest is lost. */
const MAX_HELD = 150;
/** Voice held this long (frames) without a word of encryption is clear if the link control says so: 1.5 superframes. */
const HOLD_FOR_ENCRYPTION = 27;
/** Without a grant for this long (ms), a channel without voice is given back; what is granted then is another call. */
export const CLAIM_TIME = 3000;
const MAX_CLAIMS = 16;

/**
 * One stream that carries voice, opened by the follower or there anyway, and the gate its voice goes through: each
 * transmission is held back until its link control names the talkgroup and its encryption is known, so that neither the
 * tail of another call nor encrypted noise gets into a call.
 */
export class VoiceChannel {
  call?: Call;
  /** Its stream has delivered something. */
  started = false;
  talker?: Talker;
  /** Frames not passed on yet. */
  held: VoiceFrame[] = [];
  /** Pieces of the name that the unit speaking sends along, by their numbers. */
  readonly alias = new Map<number, string>();
  /** This transmission belongs to a call that is not followed. */
  rejected = false;
  /** Calls granted on this frequency: key and time of the last grant, ms. The voice tells which of them it is. */
  readonly claims = new Map<string, number>();
  /** Keys of calls that ended in silence here: grants alone do not start them again, voice does. */
  readonly quiet = new Set<string>();
  /** Frames lost because nobody was named. */
  unnamed = 0;
  private encryption?: { encrypted: boolean; time: number; cipher: Cipher };
  private passing = false;
  private lastFrameEnd = Number.NEGATIVE_INFINITY;

  constructor(
    readonly id: string,
    /** Hz; 0 until it is known. */
    public frequency: number,
    /** When it was asked for or first heard, ms. */
    readonly since: number,
    /** The follower asked for it; otherwise it is there anyway (a conventional channel). */
    readonly opened: boolean,
    /** The site that granted it, or that its own frames name. */
    public site: Site,
    /** The stream it is part of. */
    readonly parent: string,
    /** What was said of it when it was asked for. */
    readonly signal?: ChannelSignal,
  ) {}

  /** Time slot on its carrier. */
  get slot(): number | undefined {
    return this.signal?.slot;
  }

  /** What its encryption sync says of this transmission; undefined until it came. */
  get encrypted(): boolean | undefined {
    return this.encryption?.encrypted;
  }

  /** How this transmission is encrypted; undefined when it is not, or has not said. */
  get cipher(): Cipher | undefined {
    return this.encryption?.encrypted ? this.encryption.cipher : undefined;
  }

  /** True when the voice held may be passed on to its call. */
  get isClear(): boolean {
    if (this.passing || this.encrypted === false) return true;
    return this.held.length >= HOLD_FOR_ENCRYPTION && !this.talker?.encrypted;
  }

  /** True when a frame at `time` comes after a pause and begins another transmission. */
  startsTurn(time: number): boolean {
    return time - this.lastFrameEnd > TURN_GAP;
  }

  /** The channel named who talks. */
  name(talker: Talker): void {
    if (this.talker?.identity.key !== talker.identity.key) {
      this.rejected = false;
      this.passing = false;
      this.alias.clear();
      // What was said before anybody was named is the header's, of the same transmission.
      if (this.talker && this.encryption && this.encryption.time < talker.time) this.encryption = undefined;
    }
    this.talker = talker;
  }

  /** The name as far as its pieces have come. */
  get aliasText(): string {
    let name = '';
    for (let block = 1; this.alias.has(block); block++) name += this.alias.get(block);
    return name.replace(/\s+/g, ' ').trim();
  }

  /** Takes a frame. False when it cannot belong to a call that is followed, or nobody is named for too long. */
  hold(frame: VoiceFrame): boolean {
    if (this.startsTurn(frame.time)) this.beginTurn(frame.time);
    this.lastFrameEnd = frame.time + FRAME_MS;
    if (this.rejected) return false;
    this.held.push(frame);
    if (this.held.length <= MAX_HELD) return true;
    this.held.shift();
    this.unnamed++;
    return false;
  }

  /** The frames held; those to come pass at once until the transmission ends. */
  release(): VoiceFrame[] {
    this.passing = true;
    return this.held.splice(0);
  }

  drop(): void {
    this.unnamed += this.held.length;
    this.held.length = 0;
  }

  /** The channel said whether its voice is encrypted. */
  setEncryption(encrypted: boolean, time: number, cipher: Cipher): void {
    this.encryption = { encrypted, time, cipher };
    if (encrypted) this.passing = false;
  }

  /** The transmission ended: all that is known of it is forgotten. */
  endTurn(): void {
    this.beginTurn(Number.POSITIVE_INFINITY);
  }

  /** The voice held so far belongs to somebody else than the call that had the channel. */
  reject(): void {
    this.rejected = true;
    this.passing = false;
    this.drop();
  }

  /** The voice is another system's. */
  disown(): void {
    this.talker = undefined;
    this.reject();
  }

  /** Remembers a grant of this frequency; of too many the oldest is forgotten. */
  claim(key: string, time: number): void {
    if (time - (this.claims.get(key) ?? time) > CLAIM_TIME) this.quiet.delete(key);
    this.claims.delete(key);
    this.claims.set(key, time);
    if (this.claims.size <= MAX_CLAIMS) return;
    const oldest = this.claims.keys().next().value!;
    this.claims.delete(oldest);
    this.quiet.delete(oldest);
  }

  /** Its call has another key: its talkgroup was patched, or is no longer, or its other unit was named. */
  rename(old: string, key: string): void {
    const claimed = this.claims.get(old);
    if (claimed !== undefined) this.claim(key, claimed);
    this.claims.delete(old);
    this.quiet.delete(old);
  }

  /** The call ended in silence: while its grants go on, they alone do not start it again. */
  silence(key: string): void {
    if (this.claims.has(key)) this.quiet.add(key);
  }

  /** Time of the last grant of this frequency to any call, ms. */
  get lastClaim(): number {
    let last = Number.NEGATIVE_INFINITY;
    for (const time of this.claims.values()) last = Math.max(last, time);
    return last;
  }

  /** What a header said shortly before the first voice still holds. */
  private beginTurn(time: number): void {
    this.drop();
    this.alias.clear();
    this.rejected = false;
    this.passing = false;
    if (this.talker && this.talker.time < time - TURN_GAP) this.talker = undefined;
    if (this.encryption && this.encryption.time < time - TURN_GAP) this.encryption = undefined;
  }
}
