import type { Extra } from './tables/table';

/** A row of a channel table: a conventional channel, or a frequency of a trunked site. */
export interface Channel {
  /** Hz. */
  frequency: number;
  /** Number its calls get; without one, the frequency in kHz. */
  talkgroup?: number;
  /** CTCSS tone, DCS code or NAC, as in the table. */
  tone: string;
  alphaTag: string;
  description: string;
  tag: string;
  category: string;
  comment?: string;
  /** Listed to be received. */
  enable: boolean;
  signalDetector?: boolean;
  /** dB. */
  squelch?: number;
  /** 'control' and 'voice' channels belong to a trunked site. */
  use: 'conventional' | 'control' | 'voice';
  /** NAC of the site, upper-case hex. */
  nac?: string;
  extra?: Extra;
}

/** Half of the narrowest channel step, Hz: a table rounds its frequencies. */
const TOLERANCE = 1500;

/** Channels by frequency. */
export class ChannelTable {
  private readonly conventional: Channel[];

  constructor(readonly rows: readonly Channel[] = []) {
    this.conventional = rows.filter(({ use }) => use === 'conventional').sort((a, b) => a.frequency - b.frequency);
  }

  /**
   * The conventional channel on a frequency (Hz). Where several share it by their tones, the one without a tone, then the
   * one that is enabled, then the first.
   */
  at(frequency: number): Channel | undefined {
    const { conventional } = this;
    let low = 0;
    let high = conventional.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (conventional[middle].frequency < frequency - TOLERANCE) low = middle + 1;
      else high = middle;
    }
    let best: Channel | undefined;
    for (let at = low; at < conventional.length && conventional[at].frequency <= frequency + TOLERANCE; at++) {
      const channel = conventional[at];
      if (!best || isBefore(channel, best, frequency)) best = channel;
    }
    return best;
  }
}

/** Number of a conventional channel's calls. */
export function channelNumber({ talkgroup, frequency }: Channel): number {
  return talkgroup ?? Math.round(frequency / 1000);
}

function isBefore(a: Channel, b: Channel, frequency: number): boolean {
  const distance = Math.abs(a.frequency - frequency) - Math.abs(b.frequency - frequency);
  if (distance !== 0) return distance < 0;
  if ((a.tone === '') !== (b.tone === '')) return a.tone === '';
  return a.enable && !b.enable;
}
