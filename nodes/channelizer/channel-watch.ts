import { TrunkflowError } from '../../src/core/errors';
import type { ChannelEvent } from '../../src/core/events';
import type { IqInfo } from '../../src/core/messages';
import { USABLE_BAND } from '../../src/dsp/channelizer/plan';
import type { ChannelRow } from './channel-list';

/** Refused frequencies asked for by message that are remembered, so that each is told once. */
const MOST_TOLD = 1000;

/** What a person should know about a refused channel. */
export interface Refusal {
  error: TrunkflowError;
  /** A channel of the form that cannot be had is an error; one that a call would have needed is not. */
  kind: 'error' | 'warning';
}

/** Which channels of a channelizer are open, and which could not be opened and why. */
export class ChannelWatch {
  private readonly bands = new Map<string, Pick<IqInfo, 'center' | 'rate'>>();
  private readonly open = new Set<string>();
  /** Streams of the form's channels that were refused. */
  private readonly missing = new Set<string>();
  private readonly told = new Set<string>();

  /** rows: the form's channels */
  constructor(private readonly rows: readonly ChannelRow[]) {}

  /** Sees the blocks that come in. */
  arrived({ stream, center, rate, end }: IqInfo): void {
    if (end) this.forget(stream);
    else this.bands.set(stream, { center, rate });
  }

  /** Sees what became of a channel; a refusal is news to tell a person. */
  observe(event: ChannelEvent): Refusal | undefined {
    const { state, stream, reason } = event;
    if (state === 'opened') {
      this.open.add(stream);
      this.missing.delete(stream);
      return undefined;
    }
    this.open.delete(stream);
    if (!reason) return undefined;
    const listed = this.isListed(event.frequency);
    if (listed) this.missing.add(stream);
    else if (!this.isNews(`${event.frequency} ${reason}`)) return undefined;
    return { error: this.explain(event), kind: listed ? 'error' : 'warning' };
  }

  counts(): { open: number; missing: number } {
    return { open: this.open.size, missing: this.missing.size };
  }

  private forget(source: string): void {
    this.bands.delete(source);
    for (const set of [this.open, this.missing])
      for (const stream of set) if (inputOf(stream) === source) set.delete(stream);
  }

  private isListed(frequency: number): boolean {
    return this.rows.some((row) => {
      const first = Number(row.frequency);
      return row.end === undefined ? frequency === first : frequency >= first && frequency <= Number(row.end);
    });
  }

  private isNews(what: string): boolean {
    if (this.told.has(what) || this.told.size >= MOST_TOLD) return false;
    this.told.add(what);
    return true;
  }

  private explain({ id, frequency, stream, reason, detail }: ChannelEvent): TrunkflowError {
    const name = id === String(frequency) ? megahertz(frequency) : `${id}, ${megahertz(frequency)}`;
    const band = this.bands.get(inputOf(stream));
    switch (reason) {
      case 'out_of_band':
        return new TrunkflowError('bad-setting', `Channel ${name} is outside the band received`, {
          expected: band && spanOf(band),
          hint: 'Move the centre of the sdr source, or raise its sample rate',
          status: 'out of band',
        });
      case 'too_many':
        return new TrunkflowError('bad-setting', `Channel ${name} was not opened: too many are open`, {
          hint: 'Raise "At most open" in the channelizer',
          status: 'too many channels',
        });
      default:
        return new TrunkflowError('bad-message', `Channel ${name} was not opened`, {
          expected: typeof detail === 'string' ? detail : undefined,
          hint: 'Correct msg.control.open',
          status: 'bad channel',
        });
    }
  }
}

/** The input stream a channel's stream was cut out of. */
function inputOf(stream: string): string {
  return stream.slice(0, Math.max(0, stream.lastIndexOf('/')));
}

/** The part of the band in which channels can be opened, as text. */
function spanOf({ center, rate }: Pick<IqInfo, 'center' | 'rate'>): string {
  return `${megahertz(center - USABLE_BAND * rate)} to ${megahertz(center + USABLE_BAND * rate)}`;
}

function megahertz(hertz: number): string {
  return `${Number((hertz / 1e6).toFixed(4))} MHz`;
}
