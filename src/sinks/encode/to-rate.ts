import { Resampler } from '../../dsp/resample';
import { type PcmAudio, rateFor } from './encoder';

/** The same sound at the first of these rates that loses nothing. */
export function toRate(audio: PcmAudio, rates: readonly number[]): PcmAudio {
  const rate = rateFor(audio.rate, rates);
  if (rate === audio.rate) return audio;
  const resampler = new Resampler(audio.rate, rate);
  const samples = new Int16Array(Math.round((audio.samples.length * rate) / audio.rate));
  let at = 0;
  const take = (part: Float32Array) => {
    for (const value of part) {
      if (at < samples.length) samples[at++] = Math.max(-32_768, Math.min(32_767, Math.round(value)));
    }
  };
  for (let from = 0; from < audio.samples.length; from += BLOCK)
    take(resampler.process(Float32Array.from(audio.samples.subarray(from, from + BLOCK))));
  take(resampler.flush());
  return { samples, rate };
}

const BLOCK = 65_536;
