import { uniform } from './random';

/** What happens to a clean recording on its way; the definitions are those the sensitivity figures are stated in. */
export interface Impairments {
  /** Es/N0, dB: Es = mean power of the active signal over the symbol rate, N0 = complex noise variance over the rate. */
  esn0?: number;
  /** Carrier offset, Hz. */
  offset?: number;
  /** Sampling clock error, parts per million. */
  ppm?: number;
  /** A second ray of equal power: delay in microseconds, phase in degrees, beat (frequency difference) in Hz. */
  ray?: { delay: number; phase?: number; beat?: number };
  seed?: number;
}

/** Interleaved complex samples of a cu8 recording, full scale 1. */
export function fromCu8(bytes: Uint8Array): Float32Array {
  return Float32Array.from(bytes, (byte) => (byte - 127.5) / 127.5);
}

/** As cs16, scaled so that the largest component is 30000. */
export function toCs16(iq: Float32Array): Buffer {
  let most = 0;
  for (const value of iq) most = Math.max(most, Math.abs(value));
  return Buffer.from(Int16Array.from(iq, (value) => Math.round((value * 30000) / most)).buffer);
}

/** Normally distributed numbers, mean 0, variance 1 (Box and Muller). */
export function gaussian(seed: number): () => number {
  const random = uniform(seed);
  let spare: number | null = null;
  return () => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

/** Complex white noise of variance 1. */
export function noise(samples: number, seed: number): Float32Array {
  const normal = gaussian(seed);
  return Float32Array.from({ length: 2 * samples }, () => normal() * Math.SQRT1_2);
}

/** Second ray, then clock error, then offset, then noise. `iq` is interleaved and stays as it is. */
export function impair(iq: Float32Array, rate: number, symbolRate: number, how: Impairments): Float32Array {
  let x: Float32Array = iq.slice();
  if (how.ray) addRay(x, rate, how.ray);
  if (how.ppm) x = stretch(x, 1 + how.ppm * 1e-6);
  if (how.offset) rotate(x, (2 * Math.PI * how.offset) / rate);
  if (how.esn0 !== undefined) {
    const n0 = activePower(x) / symbolRate / 10 ** (how.esn0 / 10);
    const sigma = Math.sqrt((n0 * rate) / 2);
    const normal = gaussian(how.seed ?? 1);
    for (let i = 0; i < x.length; i++) x[i] += sigma * normal();
  }
  return x;
}

/** Mean power of the samples above a tenth of the largest magnitude: what is on the air, not the pauses. */
function activePower(x: Float32Array): number {
  let most = 0;
  for (let i = 0; i < x.length; i += 2) most = Math.max(most, x[i] ** 2 + x[i + 1] ** 2);
  let sum = 0;
  let count = 0;
  for (let i = 0; i < x.length; i += 2) {
    const power = x[i] ** 2 + x[i + 1] ** 2;
    if (power <= 0.01 * most) continue;
    sum += power;
    count++;
  }
  return sum / count;
}

function rotate(x: Float32Array, step: number): void {
  for (let i = 0; i < x.length; i += 2) {
    const c = Math.cos((step * i) / 2);
    const s = Math.sin((step * i) / 2);
    const re = x[i] * c - x[i + 1] * s;
    x[i + 1] = x[i] * s + x[i + 1] * c;
    x[i] = re;
  }
}

/** Resamples by linear interpolation at steps of `ratio` samples. */
function stretch(x: Float32Array, ratio: number): Float32Array {
  const length = x.length / 2;
  const count = Math.min(length, Math.ceil((length - 1) / ratio));
  const out = new Float32Array(2 * count);
  for (let i = 0; i < count; i++) {
    const t = i * ratio;
    const n = Math.floor(t);
    const w = t - n;
    for (let part = 0; part < 2; part++) out[2 * i + part] = x[2 * n + part] * (1 - w) + x[2 * n + 2 + part] * w;
  }
  return out;
}

const RAY_TAPS = 96;

/** Adds a delayed copy: windowed-sinc delay, flat to 0.47 of the rate. */
function addRay(x: Float32Array, rate: number, ray: { delay: number; phase?: number; beat?: number }): void {
  const shift = ray.delay * 1e-6 * rate;
  const whole = Math.floor(shift);
  const taps = Float64Array.from({ length: RAY_TAPS }, (_, j) => {
    const t = j - RAY_TAPS / 2 - (shift - whole);
    const window = 0.5 + 0.5 * Math.cos((2 * Math.PI * t) / (RAY_TAPS + 2));
    return (Math.abs(t) < 1e-9 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t)) * window;
  });
  const source = x.slice();
  const length = x.length / 2;
  const phase = ((ray.phase ?? 0) * Math.PI) / 180;
  const turn = (2 * Math.PI * (ray.beat ?? 0)) / rate;
  for (let i = 0; i < length; i++) {
    let re = 0;
    let im = 0;
    for (let j = 0; j < RAY_TAPS; j++) {
      const n = i - whole - (j - RAY_TAPS / 2);
      if (n < 0 || n >= length) continue;
      re += taps[j] * source[2 * n];
      im += taps[j] * source[2 * n + 1];
    }
    const c = Math.cos(phase + turn * i);
    const s = Math.sin(phase + turn * i);
    x[2 * i] += re * c - im * s;
    x[2 * i + 1] += re * s + im * c;
  }
}
