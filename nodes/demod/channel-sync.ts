import type { SymbolsInfo } from '../../src/core/messages';
import { type Problem, Reception } from '../../src/protocols/reception';

/** Stream time without a frame after which a stream counts as out of sync, and between two looks at what is wrong, ms. */
const SYNC_LASTS = 1000;
/** Stream time after which a band without frames is told of, ms. */
const PATIENCE = 2000;

/** How a demodulator finds frames in one stream, and what it sees where there are none. */
export class ChannelSync {
  /** dB. */
  snr = 0;
  /** Nothing was ever found in it, and it may be a whole band. */
  band = false;
  /** Why no frames are found, when that can be told. */
  problem: Problem | null = null;
  private readonly reception = new Reception();
  /** Begin of the stream, end of its last frame, and of what was received, ms of stream time. */
  private begin?: number;
  private frame = Number.NEGATIVE_INFINITY;
  private now = Number.NEGATIVE_INFINITY;
  private judged = Number.NEGATIVE_INFINITY;

  /** True while frames are found. */
  get inSync(): boolean {
    return this.now - this.frame < SYNC_LASTS;
  }

  /** @param maybeBand it is so wide that it may be a whole band. @returns true when that is news */
  observe(info: SymbolsInfo, maybeBand: boolean): boolean {
    const last = info.frames.at(-1);
    this.begin ??= info.time;
    this.now = info.time + info.duration;
    if (last) {
      this.frame = this.now;
      this.snr = last.snr;
      this.band = false;
    }
    this.reception.update(info);
    if (!(this.now - this.judged < SYNC_LASTS)) {
      this.problem = this.reception.problem();
      this.judged = this.now;
    }
    const never = this.frame === Number.NEGATIVE_INFINITY;
    if (!maybeBand || this.band || !never || this.now - this.begin <= PATIENCE) return false;
    this.band = true;
    return true;
  }
}
