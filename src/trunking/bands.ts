import type { BandEvent } from '../core/events';

/** The bands that the channelizers of all sources cover now, and who is in them. */
export class Bands {
  private readonly bands = new Map<string, BandEvent>();

  /** A channelizer told what it covers, or that its stream ended. */
  observe(event: BandEvent): void {
    if (event.state === 'ended') this.bands.delete(event.stream);
    else this.bands.set(event.stream, event);
  }

  get(stream: string): BandEvent | undefined {
    return this.bands.get(stream);
  }

  /** True when a stream's band holds a channel on this frequency, Hz. */
  covers(stream: string, frequency: number): boolean {
    const band = this.bands.get(stream);
    return band !== undefined && covers(band, frequency);
  }

  /**
   * The stream that a channel on a frequency (Hz) can be opened in: the preferred one if it covers it or nothing is known
   * of it, else another; null when all that is known of are elsewhere.
   */
  reach(frequency: number, preferred?: string): string | null {
    const own = preferred === undefined ? undefined : this.bands.get(preferred);
    if (preferred !== undefined && (!own || covers(own, frequency))) return preferred;
    for (const [stream, band] of this.bands) if (covers(band, frequency)) return stream;
    return null;
  }
}

function covers({ low, high }: BandEvent, frequency: number): boolean {
  return frequency >= low && frequency <= high;
}
