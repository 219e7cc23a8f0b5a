import type { IqFormat } from '../../core/messages';
import { audioReader, iqReader, type SampleReader } from '../demod/samples';
import { lowpass } from '../filter-design';

/** The phase of a stretch of signal over time; its slope is the frequency. */
export interface PhaseTrack {
  /** Radians, without jumps; of discriminator audio in units of its own. */
  phase: Float64Array;
  /** Samples/s. */
  rate: number;
  /** Share of the time in which there is a carrier; null of discriminator audio, which does not tell and has no known scale. */
  carrier: number | null;
}

/** Hz around the middle that belong to a channel: lets in 9600 Bd with an offset, keeps the next channel out. */
const PASS = 7000;
const STOP = 10_000;
/** Samples/s that are enough to follow the phase of 9600 Bd. */
const LEAST_RATE = 24_000;
/** Milliseconds of a block whose envelope is judged by itself. */
const BLOCK_MS = 10;
/** Fourth moment of the envelope over the square of the second: 1 for a carrier, 2 for noise; this is 6 dB. */
const CARRIER_SHAPE = 1.5;
/** Share of the time in which there must be a carrier: bursts are signals too. */
const LEAST_CARRIER = 0.15;

/** The phase of complex samples; null where there is no carrier. */
export function phaseOfIq(bytes: Uint8Array, format: IqFormat, rate: number): PhaseTrack | null {
  const [re, im] = planes(iqReader(bytes, format), 2);
  const step = Math.max(1, Math.floor(rate / LEAST_RATE));
  const filtered = rate > 2 * STOP ? filter(re, im, rate, step) : { re, im };
  const outRate = rate > 2 * STOP ? rate / step : rate;
  const carrier = carrierShare(filtered.re, filtered.im, Math.round((outRate * BLOCK_MS) / 1000));
  if (carrier < LEAST_CARRIER) return null;
  const phase = new Float64Array(filtered.re.length);
  for (let i = 1; i < phase.length; i++) {
    const a = filtered.re[i];
    const b = filtered.im[i];
    const c = filtered.re[i - 1];
    const d = filtered.im[i - 1];
    phase[i] = phase[i - 1] + Math.atan2(b * c - a * d, a * c + b * d);
  }
  return { phase, rate: outRate, carrier };
}

/** The same of FM-discriminator audio. */
export function phaseOfAudio(bytes: Uint8Array, rate: number): PhaseTrack {
  const [audio] = planes(audioReader(bytes), 1);
  const phase = new Float64Array(audio.length);
  for (let i = 1; i < phase.length; i++) phase[i] = phase[i - 1] + audio[i];
  return { phase, rate, carrier: null };
}

/** The phase at a time in samples, interpolated; the first or last one beyond the ends. */
export function phaseAt({ phase }: PhaseTrack, time: number): number {
  const whole = Math.max(0, Math.min(phase.length - 2, Math.floor(time)));
  const part = Math.max(0, Math.min(1, time - whole));
  return phase[whole] + part * (phase[whole + 1] - phase[whole]);
}

function planes(reader: SampleReader, count: number): Float32Array[] {
  const out = Array.from({ length: count }, () => new Float32Array(reader.length));
  reader.read(0, reader.length, out, 0, { clipped: 0, invalid: 0 });
  return out;
}

function filter(re: Float32Array, im: Float32Array, rate: number, step: number) {
  const taps = Float32Array.from(lowpass({ pass: PASS / rate, stop: STOP / rate, attenuation: 50 }));
  const count = Math.max(0, Math.floor((re.length - taps.length) / step));
  const out = { re: new Float32Array(count), im: new Float32Array(count) };
  for (let i = 0; i < count; i++) {
    let a = 0;
    let b = 0;
    const from = i * step;
    for (let k = 0; k < taps.length; k++) {
      a += taps[k] * re[from + k];
      b += taps[k] * im[from + k];
    }
    out.re[i] = a;
    out.im[i] = b;
  }
  return out;
}

function carrierShare(re: Float32Array, im: Float32Array, block: number): number {
  let good = 0;
  let blocks = 0;
  for (let from = 0; from + block <= re.length; from += block) {
    let power = 0;
    let fourth = 0;
    for (let i = from; i < from + block; i++) {
      const p = re[i] * re[i] + im[i] * im[i];
      power += p;
      fourth += p * p;
    }
    blocks++;
    if (power > 0 && (fourth * block) / (power * power) < CARRIER_SHAPE) good++;
  }
  return blocks > 0 ? good / blocks : 0;
}
