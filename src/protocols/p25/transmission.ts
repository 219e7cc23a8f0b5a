import type { Encryption } from '../p25-shared/encryption';
import type { MessageEvent } from '../p25-shared/messages/definition';
import type { Header } from './hdu';

/** A terminator is told once, and again while the channel is held without voice, this often. */
const TERMINATOR_MS = 1000;

/** What a voice channel says of the transmission on it. */
export class Transmission {
  private state: 'idle' | 'voice' | 'ended' | 'released' = 'idle';
  private toldAt = Number.NEGATIVE_INFINITY;
  private lastLowSpeedData = 0;
  /** What this transmission said of its encryption, and what it said once against that. */
  private encrypted?: Encryption;
  private doubted?: Encryption;

  reset(): void {
    this.state = 'idle';
    this.toldAt = Number.NEGATIVE_INFINITY;
    this.begin();
  }

  /** A header: a transmission begins. */
  header(header: Header): MessageEvent[] {
    this.begin();
    this.state = 'voice';
    const { mfid, talkgroup, ...encryption } = header;
    return [{ type: 'header', talkgroup, mfid, ...encryption }, ...this.encryption(encryption)];
  }

  /** Voice, or the header before it. */
  voice(): void {
    if (this.state !== 'voice') this.begin();
    this.state = 'voice';
  }

  /**
   * A transmission does not change its algorithm or key. One word that says otherwise is more likely a word decoded
   * wrongly from noise, which would end a clear call: it counts when the next one agrees with it.
   */
  encryption(encryption: Encryption): MessageEvent[] {
    const contradicts = this.encrypted !== undefined && !sameKey(this.encrypted, encryption);
    if (contradicts && !(this.doubted && sameKey(this.doubted, encryption))) {
      this.doubted = encryption;
      return [];
    }
    this.doubted = undefined;
    this.encrypted = encryption;
    return [{ type: 'encryption', ...encryption }];
  }

  private begin(): void {
    this.lastLowSpeedData = 0;
    this.encrypted = undefined;
    this.doubted = undefined;
  }

  /** Low speed data is sent whether there is any or not: it is told when it changes. */
  lowSpeedData(value: number): MessageEvent[] {
    if (value === this.lastLowSpeedData) return [];
    this.lastLowSpeedData = value;
    return [{ type: 'low_speed_data', value }];
  }

  /** A terminator at `time` (ms), with the events of the link control it carried. */
  terminator(time: number, linkControl: MessageEvent[]): MessageEvent[] {
    const released = linkControl.some((event) => event.type === 'call_termination');
    // On a terminator, the voice user is whoever had the channel: nobody talks.
    const user = linkControl.find((event) => event.type === 'talker');
    const rest = linkControl.filter((event) => event.type !== 'talker' && event.type !== 'call_termination');
    const isNews = this.state === 'voice' || this.state === 'idle' || (released && this.state === 'ended');
    if (!isNews && time - this.toldAt < TERMINATOR_MS) return rest;
    this.state = released || this.state === 'released' ? 'released' : 'ended';
    this.toldAt = time;
    return [
      { type: 'terminator', call: this.state === 'released', ...pick(user, 'talkgroup'), ...pick(user, 'source') },
      ...rest,
    ];
  }
}

const sameKey = (a: Encryption, b: Encryption): boolean => a.algorithm === b.algorithm && a.key_id === b.key_id;

const pick = (event: MessageEvent | undefined, field: string): Record<string, unknown> =>
  event?.[field] === undefined ? {} : { [field]: event[field] };
