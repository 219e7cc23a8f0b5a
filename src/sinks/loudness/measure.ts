import { KWeighting } from './k-weighting';

/** Seconds of a step; a gating block of ITU-R BS.1770 has four of them. */
const STEP = 0.1;
const STEPS_PER_BLOCK = 4;
/** Quieter blocks are silence, LUFS. */
const SILENCE = -70;
/** Blocks this much quieter than the rest are pauses, LU. */
const PAUSE = -10;

/** Mean square of the K-weighted signal in steps of 100 ms, from which the loudness of any stretch can be told. */
export class LoudnessMeter {
  private readonly steps: Float64Array;
  private readonly stepLength: number;

  /** @param samples full scale 32768 */
  constructor(
    samples: Int16Array,
    readonly rate: number,
  ) {
    const filter = new KWeighting(rate);
    this.stepLength = Math.round(STEP * rate);
    this.steps = new Float64Array(Math.ceil(samples.length / this.stepLength));
    for (let step = 0; step < this.steps.length; step++) {
      const from = step * this.stepLength;
      const to = Math.min(samples.length, from + this.stepLength);
      let sum = 0;
      for (let i = from; i < to; i++) {
        const weighted = filter.next(samples[i] / 32_768);
        sum += weighted * weighted;
      }
      this.steps[step] = sum / (to - from);
    }
  }

  /**
   * Integrated loudness with both gates of BS.1770, LUFS; -Infinity for silence. A stretch shorter than a block is taken
   * for one.
   * @param from first sample
   * @param to sample behind the last
   */
  loudness(from = 0, to = Number.POSITIVE_INFINITY): number {
    const blocks = this.blocks(from, to).filter((power) => lufs(power) > SILENCE);
    if (blocks.length === 0) return Number.NEGATIVE_INFINITY;
    const gate = lufs(mean(blocks)) + PAUSE;
    return lufs(mean(blocks.filter((power) => lufs(power) > gate)));
  }

  /** Seconds of a stretch that are louder than its pauses; 0 for silence. */
  voiced(from = 0, to = Number.POSITIVE_INFINITY): number {
    const gate = Math.max(SILENCE, this.loudness(from, to) + PAUSE);
    return this.stretch(from, to).filter((power) => lufs(power) > gate).length * STEP;
  }

  private stretch(from: number, to: number): Float64Array {
    const first = Math.round(from / this.stepLength);
    const last = Math.min(this.steps.length, Math.round(to / this.stepLength));
    return this.steps.subarray(Math.min(first, this.steps.length), Math.max(first + 1, last));
  }

  private blocks(from: number, to: number): number[] {
    const steps = this.stretch(from, to);
    if (steps.length <= STEPS_PER_BLOCK) return steps.length > 0 ? [mean(steps)] : [];
    const blocks: number[] = [];
    for (let i = 0; i + STEPS_PER_BLOCK <= steps.length; i++) blocks.push(mean(steps.subarray(i, i + STEPS_PER_BLOCK)));
    return blocks;
  }
}

function lufs(power: number): number {
  return -0.691 + 10 * Math.log10(power);
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}
