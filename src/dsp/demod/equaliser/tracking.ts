import { VECTOR } from '../../kernels/equalise-channel';
import type { Fsk4Plan } from '../plan';
import type { SyncFix } from '../receiver';
import type { ChannelState } from './frame-equaliser';

/** A frame's offset within this of the last one's continues it, Hz. */
const SAME_CARRIER = 150;
/** Channel estimates are worth something for this long, seconds. */
const CHANNEL_MEMORY = 1;
/** Half symbols a sync must be off the grid to move it. */
const MOVED = 0.75;

interface Lock {
  /** Sample of a first symbol's instant. */
  anchor: number;
  /** Carrier offset, Hz. */
  offset: number;
  polarity: 1 | -1;
}

/** Where a frame's symbols are. `continues`: on the last frame's grid, within its channel. */
export interface Place {
  anchor: number;
  offset: number;
  continues: boolean;
}

/** What goes on from frame to frame: the grid of symbols, the carrier offset, the channel. */
export class Tracking {
  lock: Lock | null = null;
  readonly channel: ChannelState = { taps: new Float64Array(VECTOR), valid: false };

  constructor(private readonly plan: Fsk4Plan) {}

  reset(): void {
    this.lock = null;
    this.channel.valid = false;
  }

  /** The place on the grid of symbols nearest to this instant; only with a lock. */
  onGrid(instant: number): number {
    const { perSymbol } = this.plan;
    const { anchor } = this.lock!;
    return anchor + perSymbol * Math.round((instant - anchor) / perSymbol);
  }

  /** Where a frame's symbols are: where the grid has them unless the sync clearly says otherwise. */
  place(fix: SyncFix): Place {
    const { plan, lock, channel } = this;
    const instant = fix.at + plan.perSymbol / 2;
    const recent = lock && instant - lock.anchor < CHANNEL_MEMORY * plan.rate && lock.polarity === fix.polarity;
    if (!recent || Math.abs(fix.offset - lock.offset) > SAME_CARRIER) {
      channel.valid = false;
      return { anchor: instant, offset: fix.offset, continues: false };
    }
    const half = plan.perSymbol / 2;
    const grid = this.onGrid(instant);
    const away = (instant - grid) / half;
    const moved = Math.abs(away) < MOVED ? 0 : Math.round(away);
    if (moved !== 0) this.moveChannel(moved);
    return { anchor: grid + moved * half, offset: lock.offset, continues: true };
  }

  /** The same channel, seen from so many half symbols later. */
  private moveChannel(moved: number): void {
    const { taps } = this.channel;
    if (moved > 0) {
      taps.copyWithin(0, 2 * moved);
      taps.fill(0, VECTOR - 2 * moved);
    } else {
      taps.copyWithin(-2 * moved, 0);
      taps.fill(0, 0, -2 * moved);
    }
  }
}
