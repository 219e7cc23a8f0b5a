import { type Carrier, cosine, sine } from './oscillator';

/** Peak deviation of the tone and of the sub-audible tone, Hz. */
const TONE_DEVIATION = 2000;
const CTCSS_DEVIATION = 500;

export interface AnalogOptions {
  /** Samples per second. */
  rate: number;
  /** Frequency of the carrier relative to the band's centre, Hz. */
  offset: number;
  amplitude: number;
  /** Hz; 0 for none. */
  tone: number;
  ctcss: number;
}

/** A carrier, frequency-modulated by a tone and a sub-audible tone, or by nothing. */
export class AnalogCarrier implements Carrier {
  private phase = 0;
  private tonePhase = 0;
  private ctcssPhase = 0;

  constructor(private readonly options: AnalogOptions) {}

  add(iq: Float32Array, count: number): void {
    const { rate, offset, amplitude, tone, ctcss } = this.options;
    const toneDeviation = tone === 0 ? 0 : TONE_DEVIATION / rate;
    const ctcssDeviation = ctcss === 0 ? 0 : CTCSS_DEVIATION / rate;
    for (let i = 0; i < 2 * count; i += 2) {
      this.tonePhase = turn(this.tonePhase + tone / rate);
      this.ctcssPhase = turn(this.ctcssPhase + ctcss / rate);
      const deviation = toneDeviation * sine(this.tonePhase) + ctcssDeviation * sine(this.ctcssPhase);
      this.phase = turn(this.phase + offset / rate + deviation);
      iq[i] += amplitude * cosine(this.phase);
      iq[i + 1] += amplitude * sine(this.phase);
    }
  }
}

const turn = (phase: number) => phase - Math.floor(phase);
