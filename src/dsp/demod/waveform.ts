import type { AirInterface } from '../air-interface';

/** Grid of the frequency pulse's integral: points per symbol and symbols either side. */
const GRID = 160;
const REACH = 20;

/**
 * Phase pulse of continuous-phase 4FSK: the integral of the transmitted frequency pulse, from 0 to 1 (one symbol of
 * level l turns the phase by 2 pi * deviation * l / symbolRate). The pulse is the inverse Fourier transform of a raised
 * cosine times x / sin x (P25, TIA-102.BAAA) or of a root raised cosine (DMR, NXDN, YSF, M17), with unit gain at 0 Hz.
 */
export class PhasePulse {
  private readonly integral: Float64Array;

  constructor(pulse: AirInterface['pulse']) {
    const count = 2 * REACH * GRID + 1;
    const frequency = new Float64Array(count);
    const edge = (1 + pulse.rolloff) / 2;
    const steps = 400;
    for (let n = 0; n < count; n++) {
      const t = n / GRID - REACH;
      let sum = 0;
      for (let i = 0; i < steps; i++) {
        const f = ((i + 0.5) / steps) * edge;
        sum += spectrum(f, pulse) * Math.cos(2 * Math.PI * f * t);
      }
      frequency[n] = (2 * sum * edge) / steps;
    }
    this.integral = new Float64Array(count);
    for (let n = 1; n < count; n++)
      this.integral[n] = this.integral[n - 1] + (frequency[n] + frequency[n - 1]) / (2 * GRID);
    const total = this.integral[count - 1];
    for (let n = 0; n < count; n++) this.integral[n] /= total;
  }

  /** Value at t symbols from the symbol's centre. */
  at(t: number): number {
    const place = (t + REACH) * GRID;
    if (place <= 0) return 0;
    if (place >= this.integral.length - 1) return 1;
    const n = Math.floor(place);
    return this.integral[n] + (place - n) * (this.integral[n + 1] - this.integral[n]);
  }
}

function spectrum(f: number, pulse: AirInterface['pulse']): number {
  const flat = (1 - pulse.rolloff) / 2;
  const raised = f <= flat ? 1 : 0.5 * (1 + Math.cos((Math.PI * (f - flat)) / pulse.rolloff));
  if (pulse.kind === 'rrc') return Math.sqrt(raised);
  if (pulse.kind === 'rc') return raised;
  return f === 0 ? 1 : (raised * Math.PI * f) / Math.sin(Math.PI * f);
}

/** Complex samples of a symbol sequence, unit amplitude. */
export interface Waveform {
  re: Float32Array;
  im: Float32Array;
}

/**
 * The transmitted waveform of `levels` (symbols outside are taken as level 0), `rate` samples per symbol, sample i at
 * (i + 0.5) / rate - 0.5 symbols after the first symbol's centre. `deviation` is that of the +1 level, in cycles per symbol.
 */
export function modulate(pulse: PhasePulse, levels: readonly number[], rate: number, deviation: number): Waveform {
  const length = levels.length * rate;
  const re = new Float32Array(length);
  const im = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    const t = (i + 0.5) / rate - 0.5;
    let phase = 0;
    for (let k = 0; k < levels.length; k++) phase += levels[k] * pulse.at(t - k);
    re[i] = Math.cos(2 * Math.PI * deviation * phase);
    im[i] = Math.sin(2 * Math.PI * deviation * phase);
  }
  return { re, im };
}
