import type { BandEvent } from '../core/events';

/** Lowest and highest frequency of a channel's centre, Hz. */
export type Band = Pick<BandEvent, 'low' | 'high'>;

const MAX_BANDS = 256;

/** The bands that the channelizers of all sources cover now. */
export class Bands {
  private readonly bands = new Map<string, Band>();

  constructor(
    /** Stream of the source that may be moved, in which channels are opened only where no other covers them. */
    private readonly roaming = '',
  ) {}

  /** A channelizer told what it covers, or that its stream ended. */
  observe({ state, stream, low, high }: BandEvent): void {
    if (state === 'ended') this.bands.delete(stream);
    else if (this.bands.size < MAX_BANDS || this.bands.has(stream)) this.bands.set(stream, { low, high });
  }

  get(stream: string): Band | undefined {
    return this.bands.get(stream);
  }

  /** True when nothing is known of any source. */
  get isEmpty(): boolean {
    return this.bands.size === 0;
  }

  /** True when a stream's band holds a channel on this frequency, Hz. */
  covers(stream: string, frequency: number): boolean {
    const band = this.bands.get(stream);
    return band !== undefined && covers(band, frequency);
  }

  /** False for the roaming source where another covers the frequency (Hz) too. */
  isChoice(stream: string, frequency: number): boolean {
    return stream !== this.roaming || this.reach(frequency) === stream;
  }

  /**
   * The stream that a channel on a frequency (Hz) can be opened in: the preferred one if it covers it or nothing is known
   * of it, else the first other by name; null when all that is known of are elsewhere.
   */
  reach(frequency: number, preferred?: string): string | null {
    const own = preferred === undefined ? undefined : this.bands.get(preferred);
    if (preferred !== undefined && (!own || covers(own, frequency))) return preferred;
    const others = [...this.bands.keys()].filter((stream) => stream !== this.roaming && this.covers(stream, frequency));
    return others.sort()[0] ?? (this.covers(this.roaming, frequency) ? this.roaming : null);
  }
}

function covers({ low, high }: Band, frequency: number): boolean {
  return frequency >= low && frequency <= high;
}
