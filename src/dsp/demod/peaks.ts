import type { SyncCandidate, Variant } from './receiver';

/** Readings within this share of the best one stay open until something else decides. */
const CLOSE = 0.9;

/**
 * Finds the local maxima of a correlation that is known for several variants (sync word and polarity) at each position.
 * Positions come one hop at a time; a maximum is reported once `reach` further positions are known.
 */
export class PeakPicker {
  private readonly best: Float32Array;
  private readonly rows: Float32Array[];

  /** `threshold`: least quality reported. */
  constructor(
    private readonly variants: Variant[],
    private readonly hop: number,
    private readonly reach: number,
    private readonly threshold: number,
  ) {
    this.best = new Float32Array(hop + 2 * reach);
    this.rows = variants.map(() => new Float32Array(hop + 2 * reach));
  }

  /** `rows[v][i]` = quality of variant v at position first + i, i = 0..hop-1; NaN never occurs. */
  push(first: number, rows: Float32Array[]): SyncCandidate[] {
    const { best, hop, reach } = this;
    best.copyWithin(0, hop);
    best.fill(0, 2 * reach);
    for (const row of rows)
      for (let i = 0, to = 2 * reach; i < hop; i++, to++) if (row[i] > best[to]) best[to] = row[i];
    this.rows.forEach((row, v) => {
      row.copyWithin(0, hop);
      row.set(rows[v].subarray(0, hop), 2 * reach);
    });
    const found: SyncCandidate[] = [];
    for (let i = reach; i < reach + hop; i++)
      if (best[i] >= this.threshold && this.isPeak(i)) found.push(this.candidate(first - 2 * reach + i, i));
    return found;
  }

  reset(): void {
    this.best.fill(0);
    for (const row of this.rows) row.fill(0);
  }

  private isPeak(i: number): boolean {
    const { best, reach } = this;
    for (let j = 1; j <= reach; j++) if (best[i - j] >= best[i] || best[i + j] > best[i]) return false;
    return true;
  }

  private candidate(at: number, i: number): SyncCandidate {
    const quality = this.best[i];
    const order = this.variants
      .map((variant, v) => ({ variant, quality: this.rows[v][i] }))
      .filter((reading) => reading.quality >= CLOSE * quality)
      .sort((a, b) => b.quality - a.quality);
    return { at, quality, variants: order.map((reading) => reading.variant) };
  }
}

/** Vertex of the parabola through three equally spaced values, as an offset from the middle one, -0.5..0.5. */
export function parabola(before: number, middle: number, after: number): number {
  const bend = before - 2 * middle + after;
  if (bend >= 0) return 0;
  return Math.max(-0.5, Math.min(0.5, (0.5 * (before - after)) / bend));
}
