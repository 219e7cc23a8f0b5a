/** Loudest peak after the gain has settled: 1 dB below full scale. */
const CEILING = 29_204;
/** Shortest way down for the gain, samples, so that it makes no click itself. */
const LEAST_RAMP = 16;
/** The gain comes back by 10 dB a second at 50 frames a second. */
const RECOVERY = 10 ** (10 / 20 / 50);

/**
 * Brings speech of any level to signed 16-bit without clipping. Speech that fits passes unchanged. For louder peaks the
 * gain goes down in time for the peak and comes back slowly. Works frame by frame, so that the result does not depend
 * on how the frames are divided into blocks.
 */
export class Limiter {
  private gain = 1;

  /** Writes one frame of `count` samples (full scale 32768) to `out` from `offset`. */
  write(frame: Float32Array, count: number, out: Int16Array, offset: number): void {
    const from = this.gain;
    let peak = 0;
    // What the gain must lose per sample to be down in time for every peak.
    let fall = 0;
    for (let n = 0; n < count; n++) {
      const level = Math.abs(frame[n]);
      if (level > peak) peak = level;
      if (level * from > CEILING) fall = Math.max(fall, (from - CEILING / level) / Math.max(n, LEAST_RAMP));
    }
    const to = Math.min(1, CEILING / peak, from * RECOVERY);
    const step = fall > 0 ? -fall : (to - from) / count;
    for (let n = 0; n < count; n++) {
      const gain = fall > 0 ? Math.max(to, from + step * n) : from + step * n;
      out[offset + n] = Math.round(bend(gain * frame[n]));
    }
    this.gain = to;
  }
}

/** Bends what the gain was too late for smoothly towards full scale. */
function bend(x: number): number {
  const over = Math.abs(x) - CEILING;
  if (over <= 0) return x;
  const room = 32_767 - CEILING;
  return Math.sign(x) * (CEILING + room * Math.tanh(over / room));
}
