import { MAX_HARMONICS, MBE_FRAME, type MbeModel } from './model';
import type { Noise } from './noise';
import { Oscillators } from './oscillators';
import { FLAT, REACH, VOICED_FALL } from './window';

/** Harmonics below this one are followed from frame to frame (TIA-102.BABA eq. 134). */
const FIRST_WINDOWED = 8;
const TURN = 2 * Math.PI;
/** The window lets a frame in from this sample on. */
const ONSET = FLAT + 1;

const leaving = new Oscillators(MAX_HARMONICS);
const entering = new Oscillators(MAX_HARMONICS);
const sum = new Float64Array(REACH);

/**
 * The voiced part of the sound (TIA-102.BABA 11.3): a sinusoid for each voiced harmonic. Low harmonics of steady pitch
 * glide from the last frame's frequency and amplitude to this one's; all others fade over with the synthesis window.
 */
export class VoicedSynthesis {
  /** psi: the phase each harmonic has by its frequency alone. */
  private readonly base = new Float64Array(MAX_HARMONICS + 1);
  /** phi: the phase used at the end of this frame and of the last one. */
  private phase = new Float64Array(MAX_HARMONICS + 1);
  private lastPhase = new Float64Array(MAX_HARMONICS + 1);

  reset(): void {
    this.base.fill(0);
    this.phase.fill(0);
  }

  /** Adds the 160 samples from the end of the last frame to the end of this one to `out`. */
  add(last: MbeModel, model: MbeModel, noise: Noise, out: Float32Array): void {
    this.advance(last, model, noise);
    const steady = Math.abs(model.fundamental - last.fundamental) < 0.1 * model.fundamental;
    const most = Math.max(last.harmonics, model.harmonics);
    for (let l = 1; l <= most; l++) {
      const before = isVoiced(last, l);
      const now = isVoiced(model, l);
      if (before && now && steady && l < FIRST_WINDOWED) {
        glide(l, last, model, this.lastPhase[l], this.phase[l], out);
        continue;
      }
      if (before) leaving.add(last.amplitude[l], last.fundamental * l, this.lastPhase[l]);
      if (now) {
        const frequency = model.fundamental * l;
        entering.add(model.amplitude[l], frequency, this.phase[l] - frequency * (MBE_FRAME - ONSET));
      }
    }
    if (leaving.render(sum, REACH)) {
      for (let n = 0; n < REACH; n++) out[n] += 2 * VOICED_FALL[n] * sum[n];
    }
    if (entering.render(sum, MBE_FRAME - ONSET)) {
      for (let n = ONSET; n < MBE_FRAME; n++) out[n] += 2 * VOICED_FALL[MBE_FRAME - n] * sum[n - ONSET];
    }
  }

  /** Moves the phases to the end of this frame; high harmonics of half-voiced sounds get a random part (eq. 139 to 141). */
  private advance(last: MbeModel, model: MbeModel, noise: Noise): void {
    const swap = this.lastPhase;
    this.lastPhase = this.phase;
    this.phase = swap;
    let unvoiced = 0;
    for (let l = 1; l <= model.harmonics; l++) unvoiced += 1 - model.voiced[l];
    const spread = (TURN * unvoiced) / model.harmonics;
    const step = ((last.fundamental + model.fundamental) * MBE_FRAME) / 2;
    for (let l = 1; l <= MAX_HARMONICS; l++) {
      this.base[l] = (this.base[l] + step * l) % TURN;
      const random = 4 * l > model.harmonics ? spread * (noise.next16() / 65536 - 0.5) : 0;
      this.phase[l] = this.base[l] + random;
    }
  }
}

function isVoiced(model: MbeModel, l: number): boolean {
  return l <= model.harmonics && model.voiced[l] === 1;
}

/**
 * One harmonic whose amplitude moves in a straight line and whose phase in a parabola from one frame to the next
 * (eq. 134 to 138), by a rotation that is itself rotated.
 */
function glide(l: number, last: MbeModel, model: MbeModel, from: number, to: number, out: Float32Array): void {
  const start = last.fundamental * l;
  const end = model.fundamental * l;
  // What the phase must catch up beyond the mean frequency, by the shortest way.
  const missing = to - from - ((start + end) * MBE_FRAME) / 2;
  const frequency = start + (missing - TURN * Math.floor((missing + Math.PI) / TURN)) / MBE_FRAME;
  const bend = (end - start) / MBE_FRAME;
  let re = Math.cos(from);
  let im = Math.sin(from);
  // phase(n + 1) - phase(n) = frequency + bend (n + 1/2)
  let stepRe = Math.cos(frequency + bend / 2);
  let stepIm = Math.sin(frequency + bend / 2);
  const bendRe = Math.cos(bend);
  const bendIm = Math.sin(bend);
  let amplitude = 2 * last.amplitude[l];
  const slope = (2 * (model.amplitude[l] - last.amplitude[l])) / MBE_FRAME;
  for (let n = 0; n < MBE_FRAME; n++) {
    out[n] += amplitude * re;
    amplitude += slope;
    const r = re * stepRe - im * stepIm;
    im = re * stepIm + im * stepRe;
    re = r;
    const s = stepRe * bendRe - stepIm * bendIm;
    stepIm = stepRe * bendIm + stepIm * bendRe;
    stepRe = s;
  }
}
