import { DIBIT_LEVELS } from '../../coding/dibits';
import { type Carrier, cosine, sine } from './oscillator';

export const SYMBOL_RATE = 4800;
/** Frequency of a +1 symbol; +3 has three times as much (TIA-102.BAAA-B 8). */
const DEVIATION = 600;

/** Symbols whose pulses are counted in, before and after each sample's own. */
const REACH = 8;
const TAPS = 2 * REACH + 1;
/** Pulses kept per symbol interval when a symbol has no whole number of samples. */
const FINEST = 512;
/** The carrier is switched on and off in this time, so that it does not splatter over the band, s. */
const RAMP = 0.001;

/**
 * The pulse of TIA-102.BAAA-B 8.3 and 8.4 at t symbols from its centre: the inverse Fourier transform of a raised cosine
 * (roll-off 0.2) times x / sin x with x = pi f / 4800. Its value 1 at every symbol's centre, after the receiver's
 * integration over a symbol, is what the levels mean.
 */
function c4fmPulse(t: number): number {
  const steps = 600;
  const edge = 0.6;
  let sum = 0;
  for (let i = 0; i < steps; i++) {
    const f = ((i + 0.5) / steps) * edge;
    const raised = f <= 0.4 ? 1 : 0.5 * (1 + Math.cos(Math.PI * ((f - 0.4) / 0.2)));
    const x = Math.PI * f;
    sum += raised * (x / Math.sin(x)) * Math.cos(2 * x * t);
  }
  return (2 * sum * edge) / steps;
}

export interface C4fmOptions {
  /** Samples per second. */
  rate: number;
  /** Frequency of the carrier relative to the band's centre, Hz. */
  offset: number;
  /** Amplitude when switched on. */
  amplitude: number;
  /** The next dibit to send, or null for a symbol without carrier. Called once per symbol, in order. */
  next: () => number | null;
}

/** A P25 phase 1 C4FM transmitter. */
export class C4fmCarrier implements Carrier {
  private readonly next: () => number | null;
  private readonly amplitude: number;
  private readonly carrier: number;
  /** Samples per symbol. */
  private readonly period: number;
  private readonly phases: number;
  /** Weights of the symbols around, for each place within a symbol; in turns per sample. */
  private readonly pulses: Float32Array;
  private readonly levels = new Float32Array(TAPS);
  private readonly keyed = new Uint8Array(TAPS);
  private readonly ramp: number;
  private gain = 0;
  private phase = 0;
  /** Samples since the start of the present symbol interval. */
  private place: number;

  constructor({ rate, offset, amplitude, next }: C4fmOptions) {
    this.next = next;
    this.amplitude = amplitude;
    this.carrier = offset / rate;
    this.period = rate / SYMBOL_RATE;
    this.phases = Number.isInteger(this.period) && this.period <= FINEST ? this.period : FINEST;
    this.ramp = amplitude / (RAMP * rate);
    this.pulses = new Float32Array(this.phases * TAPS);
    for (let phase = 0; phase < this.phases; phase++) {
      // A symbol's interval is centred on it; each sample stands for the middle of its time.
      const t = (phase + 0.5) / this.phases - 0.5;
      for (let tap = 0; tap < TAPS; tap++) {
        // Tap 0 is the newest symbol, REACH symbols ahead of the present one.
        this.pulses[phase * TAPS + tap] = (c4fmPulse(t - (REACH - tap)) * DEVIATION) / rate;
      }
    }
    for (let i = 0; i < REACH; i++) this.take();
    this.place = this.period;
  }

  add(iq: Float32Array, count: number): void {
    const { pulses, levels, period, phases, carrier } = this;
    const scale = phases / period;
    let { place, phase, gain } = this;
    for (let i = 0; i < 2 * count; i += 2) {
      if (place >= period) {
        place -= period;
        this.take();
      }
      const row = ((place * scale) | 0) * TAPS;
      place++;
      const target = this.keyed[REACH] ? this.amplitude : 0;
      if (gain !== target)
        gain = gain < target ? Math.min(target, gain + this.ramp) : Math.max(target, gain - this.ramp);
      if (gain === 0) continue;
      let frequency = carrier;
      for (let tap = 0; tap < TAPS; tap++) frequency += levels[tap] * pulses[row + tap];
      phase += frequency;
      phase -= Math.floor(phase);
      iq[i] += gain * cosine(phase);
      iq[i + 1] += gain * sine(phase);
    }
    this.place = place;
    this.phase = phase;
    this.gain = gain;
  }

  /** Moves on by one symbol. */
  private take(): void {
    this.levels.copyWithin(1, 0, TAPS - 1);
    this.keyed.copyWithin(1, 0, TAPS - 1);
    const dibit = this.next();
    this.levels[0] = dibit === null ? 0 : DIBIT_LEVELS[dibit];
    this.keyed[0] = dibit === null ? 0 : 1;
  }
}
