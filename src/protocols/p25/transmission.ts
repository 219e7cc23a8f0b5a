import type { Encryption, Header } from './hdu';
import type { MessageEvent } from './messages/definition';

/** A terminator is told once, and again while the channel is held without voice, this often. */
const TERMINATOR_MS = 1000;

/** What a voice channel says of the transmission on it. */
export class Transmission {
  private state: 'idle' | 'voice' | 'ended' | 'released' = 'idle';
  private toldAt = Number.NEGATIVE_INFINITY;
  private lastLowSpeedData = 0;

  reset(): void {
    this.state = 'idle';
    this.toldAt = Number.NEGATIVE_INFINITY;
    this.lastLowSpeedData = 0;
  }

  /** A header: a transmission begins. */
  header(header: Header): MessageEvent[] {
    this.voice();
    const { mfid, talkgroup, ...encryption } = header;
    return [{ type: 'header', talkgroup, mfid, ...encryption }, ...this.encryption(encryption)];
  }

  /** Voice, or the header before it. */
  voice(): void {
    if (this.state !== 'voice') this.lastLowSpeedData = 0;
    this.state = 'voice';
  }

  encryption(encryption: Encryption): MessageEvent[] {
    return [{ type: 'encryption', ...encryption }];
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

const pick = (event: MessageEvent | undefined, field: string): Record<string, unknown> =>
  event?.[field] === undefined ? {} : { [field]: event[field] };
