import type { OpenedChannels } from './opened-channels';
import type { FollowerOutput } from './options';

/** A source that was moved must cover the frequency after this time (ms); else it cannot be moved there. */
const MOVE_TIME = 3000;
/** The carrier is put this far from the centre, as a share of the band: dongles have a spike there. */
const OFF_CENTER = 1 / 8;

/** A source that may be tuned to where a call is that no other covers. */
export class Roaming {
  private moved?: { frequency: number; time: number };

  constructor(
    /** Its stream; '' when there is none. */
    private readonly stream: string,
    private readonly opened: OpenedChannels,
    private readonly emit: (output: FollowerOutput) => void,
  ) {}

  /**
   * Asks the source to go to a frequency (Hz). True while it is on its way: the next grant of the call finds it there.
   * False when it is needed where it is, or did not come.
   */
  request(frequency: number, now: number): boolean {
    if (this.stream === '' || this.opened.isBusy(this.stream)) return false;
    const { moved } = this;
    // Time goes back where a source began again.
    const isFresh = moved !== undefined && Math.abs(now - moved.time) < MOVE_TIME;
    if (isFresh) return moved.frequency === frequency;
    if (moved?.frequency === frequency && Math.abs(now - moved.time) < 10 * MOVE_TIME) return false;
    const band = this.opened.bands.get(this.stream);
    this.moved = { frequency, time: now };
    const center = Math.round(frequency + (band ? (band.high - band.low) * OFF_CENTER : 0));
    this.emit({ to: 'control', control: { stream: this.stream, tune: center } });
    return true;
  }
}
