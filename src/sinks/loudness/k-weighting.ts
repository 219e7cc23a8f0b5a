/** One second-order section, direct form II transposed; a0 = 1. */
interface Section {
  b: readonly [number, number, number];
  a: readonly [number, number];
}

/** The two filters of ITU-R BS.1770 as analog prototypes, so that they fit any sample rate. */
const SHELF = { frequency: 1681.974450955533, gain: 3.999843853973347, q: 0.7071752369554196 };
const HIGH_PASS = { frequency: 38.13547087602444, q: 0.5003270373238773 };

/** Below this many samples per second the shelf would lie beyond the band. */
export const LEAST_RATE = 4000;

/** The K weighting of ITU-R BS.1770: how loud frequencies sound, for a mono signal. */
export class KWeighting {
  private readonly sections: Section[];
  private readonly state: Float64Array;

  /** @param rate samples per second, at least LEAST_RATE */
  constructor(rate: number) {
    this.sections = [shelf(rate), highPass(rate)];
    this.state = new Float64Array(4);
  }

  /** The next sample, weighted. */
  next(sample: number): number {
    const { state } = this;
    for (let i = 0; i < 2; i++) {
      const { b, a } = this.sections[i];
      const out = b[0] * sample + state[2 * i];
      state[2 * i] = b[1] * sample - a[0] * out + state[2 * i + 1];
      state[2 * i + 1] = b[2] * sample - a[1] * out;
      sample = out;
    }
    return sample;
  }
}

function shelf(rate: number): Section {
  const { frequency, gain, q } = SHELF;
  const k = Math.tan((Math.PI * frequency) / rate);
  const high = 10 ** (gain / 20);
  const middle = high ** 0.4996667741545416;
  const a0 = 1 + k / q + k * k;
  return {
    b: [(high + (middle * k) / q + k * k) / a0, (2 * (k * k - high)) / a0, (high - (middle * k) / q + k * k) / a0],
    a: [(2 * (k * k - 1)) / a0, (1 - k / q + k * k) / a0],
  };
}

function highPass(rate: number): Section {
  const { frequency, q } = HIGH_PASS;
  const k = Math.tan((Math.PI * frequency) / rate);
  const a0 = 1 + k / q + k * k;
  return { b: [1, -2, 1], a: [(2 * (k * k - 1)) / a0, (1 - k / q + k * k) / a0] };
}
