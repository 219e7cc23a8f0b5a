import type { Encryption } from '../p25-shared/encryption';
import { encryption } from '../p25-shared/encryption';
import type { MessageEvent } from '../p25-shared/messages/definition';
import { talker } from '../p25-shared/messages/lc-calls';
import { Octets } from '../p25-shared/octets';
import { EncryptionSync } from './encryption-sync';
import { MAC } from './mac-pdu';
import { SUPERFRAME_MS, VOICE_SLOTS } from './superframe';
import { TalkerAlias } from './talker-alias';

/** Length of a voice frame, ms. */
const FRAME_MS = 20;
/** Voice comes in bursts of 80 ms every 60: it is told this much later than the first burst, so that none is early. */
const DELAY = 40;
/** How far the told time strays from the bursts', ms: bursts of 80 ms come every 72 on average, and one of 40. */
const STRAY = 60;
/** A terminator is told again while the channel is held without voice, this often. */
const TERMINATOR_MS = 1000;
/** Unit that ends a call when the system itself does it. */
const CONTROLLER = 0xffffff;

/** What one of the two logical channels of a carrier carries: who talks, encrypted or not, and when it ends. */
export class LogicalChannel {
  readonly sync = new EncryptionSync();
  readonly alias = new TalkerAlias();
  private state: 'idle' | 'voice' | 'ended' | 'released' = 'idle';
  private toldAt = Number.NEGATIVE_INFINITY;
  /** End of the voice told so far, ms. */
  private voiceEnd = Number.NEGATIVE_INFINITY;
  private lastVoice = Number.NaN;
  private encrypted?: Encryption;
  private doubted?: Encryption;

  reset(): void {
    this.sync.reset();
    this.alias.reset();
    this.state = 'idle';
    this.toldAt = Number.NEGATIVE_INFINITY;
    this.voiceEnd = Number.NEGATIVE_INFINITY;
    this.forget();
  }

  /** Stream time of what happens in the slot at `time`: never before the end of voice that was told already. */
  after(time: number): number {
    return Math.max(time, this.voiceEnd);
  }

  /**
   * Voice of a burst: `frames` frames in voice slot `number` of the channel, counted on from superframe to superframe; its
   * own begins at `superframe` (ms). Gives the stream time of the first: frames follow each other without gaps while
   * bursts do, and a lost burst leaves one.
   */
  voice(superframe: number, number: number, frames: number): number {
    if (this.state !== 'voice') this.forget();
    this.state = 'voice';
    const due = superframe + (SUPERFRAME_MS / VOICE_SLOTS) * (number % VOICE_SLOTS) + DELAY;
    const follows = number === this.lastVoice + 1 && Math.abs(this.voiceEnd - due) <= STRAY;
    const time = follows ? this.voiceEnd : Math.max(due, this.voiceEnd);
    this.lastVoice = number;
    this.voiceEnd = time + frames * FRAME_MS;
    return time;
  }

  /** A MAC PDU's own meaning; the messages in it are told beside. `time` in ms. */
  pdu(octets: Uint8Array, time: number): MessageEvent[] {
    const o = new Octets(octets);
    switch (o.u8(0) >> 5) {
      case MAC.PTT:
        return this.pushToTalk(o);
      case MAC.END_PTT: {
        const source = o.u24(13);
        return this.ended(time, false, {
          ...(o.u16(16) && { talkgroup: o.u16(16) }),
          ...(source && source !== CONTROLLER && { source }),
        });
      }
      case MAC.HANGTIME:
        return this.state === 'idle' ? [] : this.ended(time, false, {});
      case MAC.IDLE:
        return this.state === 'idle' ? [] : this.ended(time, true, {});
      default:
        return [];
    }
  }

  /** An encryption sync was read. */
  encryptionSync(found: Encryption): MessageEvent[] {
    // A transmission does not change its key: one word that says otherwise counts when the next agrees with it.
    const contradicts = this.encrypted !== undefined && !sameKey(this.encrypted, found);
    if (contradicts && !(this.doubted && sameKey(this.doubted, found))) {
      this.doubted = found;
      return [];
    }
    this.doubted = undefined;
    this.encrypted = found;
    return [{ type: 'encryption', ...found }];
  }

  private pushToTalk(o: Octets): MessageEvent[] {
    const found = encryption(o.u8(10), o.u16(11), o.hex(1, 10));
    const isRepeated = this.state === 'voice' && this.encrypted?.message_indicator === found.message_indicator;
    if (!isRepeated) this.forget();
    this.state = 'voice';
    this.encrypted = found;
    const source = o.u24(13);
    const talkgroup = o.u16(16);
    const who = { ...(talkgroup && { talkgroup }), ...(source && { source }) };
    return [
      ...(isRepeated ? [] : [{ type: 'header', ...who, ...found }]),
      // The PDU has no service options: they come with the messages of MAC_ACTIVE.
      ...(talkgroup ? [{ ...talker(0, who), encrypted: found.encrypted }] : []),
      { type: 'encryption', ...found },
    ];
  }

  private ended(time: number, released: boolean, who: Record<string, unknown>): MessageEvent[] {
    const isNews = this.state === 'voice' || this.state === 'idle' || (released && this.state === 'ended');
    if (!isNews && time - this.toldAt < TERMINATOR_MS) return [];
    this.state = released || this.state === 'released' ? 'released' : 'ended';
    this.toldAt = time;
    return [{ type: 'terminator', call: this.state === 'released', ...who }];
  }

  /** A transmission begins. */
  private forget(): void {
    this.encrypted = undefined;
    this.doubted = undefined;
  }
}

const sameKey = (a: Encryption, b: Encryption): boolean => a.algorithm === b.algorithm && a.key_id === b.key_id;
