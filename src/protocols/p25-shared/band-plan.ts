import type { DecoderOptions } from '../protocol';

/** What an identifier update says of one channel identifier. */
export interface Band {
  /** Hz. */
  base: number;
  /** Channel spacing, Hz. */
  spacing: number;
  /** Transmit offset: the frequency the radios send on minus the one they hear, Hz. */
  offset: number;
  /** Hz. */
  bandwidth: number;
  /** Time slots per carrier; 1 = FDMA. */
  slots: number;
}

/** A channel in words for people and in Hz. */
export interface Channel {
  /** '<identifier>-<number>', both decimal. */
  channel: string;
  /** Null while the identifier is not known. */
  frequency: number | null;
  /** Time slot from 0; only on TDMA carriers. */
  slot?: number;
}

/** A 16-bit channel field in words: '<identifier>-<number>'. */
export const channelName = (field: number): string => `${field >> 12}-${field & 0xfff}`;

/** A channel field that says "no channel", and how it is written. */
const NONE = 0xffff;
export const NO_CHANNEL = channelName(NONE);

/** The frequencies of the 16 channel identifiers, from the settings and the air (TIA-102.AABC-E 6.2). */
export class BandPlan {
  private preset = new Map<number, Band>();
  private readonly bands = new Map<number, Band>();

  constructor(preset: DecoderOptions['bandPlan'] = {}) {
    this.set(preset);
  }

  /** Other settings take the place of those there were. */
  set(preset: DecoderOptions['bandPlan'] = {}): void {
    this.preset = new Map();
    for (const [id, band] of Object.entries(preset)) {
      this.preset.set(Number(id), { offset: 0, bandwidth: 12500, slots: 1, ...band });
    }
  }

  /** An identifier update was heard: it replaces what was known. */
  learn(identifier: number, band: Band): void {
    this.bands.set(identifier, band);
  }

  /** Forgets what the air said: another system is heard. */
  reset(): void {
    this.bands.clear();
  }

  /** The carrier (and slot) of a 16-bit channel field: identifier, then channel number. */
  channel(field: number): Channel {
    const identifier = field >> 12;
    const number = field & 0xfff;
    const channel = channelName(field);
    const band = this.bands.get(identifier) ?? this.preset.get(identifier);
    if (!band || field === NONE) return { channel, frequency: null };
    const carrier = Math.floor(number / band.slots);
    const frequency = band.base + carrier * band.spacing;
    return band.slots > 1 ? { channel, frequency, slot: number % band.slots } : { channel, frequency };
  }
}
