import { encodeNid } from '../../src/coding/bch63';
import { DIBIT_LEVELS } from '../../src/coding/dibits';
import type { AirInterface } from '../../src/dsp/air-interface';
import { PhasePulse } from '../../src/dsp/demod/waveform';
import { uniform } from './random';

/** Symbols whose pulse reaches a given instant. */
const REACH = 10;

/** Complex samples (interleaved, magnitude 1) of a run of levels; the first symbol's centre is at sample `start`. */
export function modulateFsk4(
  air: AirInterface,
  levels: readonly number[],
  rate: number,
  { start = 0, samples = 0, deviation = air.deviation } = {},
): Float32Array {
  const pulse = new PhasePulse(air.pulse);
  const turn = (2 * Math.PI * deviation) / air.symbolRate;
  const length = samples || Math.ceil(start + (levels.length * rate) / air.symbolRate);
  const out = new Float32Array(2 * length);
  const settled = [0];
  for (const level of levels) settled.push(settled[settled.length - 1] + level);
  for (let n = 0; n < length; n++) {
    const t = ((n - start) * air.symbolRate) / rate;
    const first = Math.max(0, Math.min(levels.length, Math.floor(t) - REACH));
    let phase = settled[first];
    for (let k = first; k < Math.min(levels.length, Math.floor(t) + REACH); k++) phase += levels[k] * pulse.at(t - k);
    out[2 * n] = Math.cos(turn * phase);
    out[2 * n + 1] = Math.sin(turn * phase);
  }
  return out;
}

/** FM-discriminator audio of complex samples: s16 with this gain (full scale per rad/sample) and DC offset. */
export function discriminate(iq: Float32Array, gain: number, dc = 0): Buffer {
  const out = new Int16Array(iq.length / 2);
  for (let n = 1; n < out.length; n++) {
    const re = iq[2 * n] * iq[2 * n - 2] + iq[2 * n + 1] * iq[2 * n - 1];
    const im = iq[2 * n + 1] * iq[2 * n - 2] - iq[2 * n] * iq[2 * n - 1];
    out[n] = Math.max(-32768, Math.min(32767, Math.round(32768 * (gain * Math.atan2(im, re) + dc))));
  }
  return Buffer.from(out.buffer);
}

/** Levels of P25 frames with random contents behind their network identifiers, one after the other. */
export function p25Frames(
  syncLevels: readonly number[],
  units: { duid: number; symbols: number }[],
  seed = 1,
): number[] {
  const random = uniform(seed);
  return units.flatMap(({ duid, symbols }) => {
    const nid = encodeNid(0x293, duid);
    const frame = [...syncLevels];
    for (let i = 0; frame.length < symbols; ) {
      const isStatus = frame.length % 36 === 35;
      const dibit = i < 64 && !isStatus ? (nid[i] << 1) | nid[i + 1] : Math.floor(4 * random());
      if (!isStatus) i += 2;
      frame.push(DIBIT_LEVELS[dibit]);
    }
    return frame;
  });
}
