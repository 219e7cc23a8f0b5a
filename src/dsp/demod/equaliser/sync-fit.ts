import { COS, SIN } from '../../kernels/equalise-phases';

/** Channel taps assumed, one symbol apart, for each of the two samples of a symbol. */
const TAPS = 3;

/**
 * Generalised likelihood ratio of a sync word in a signal of two samples a symbol: the share of the samples' power that a channel of three
 * taps, whatever they are, explains. Blind to gain, phase and echoes; 0.14 in noise, 0.87 to 1 on a clean sync of 24 symbols.
 */
export class SyncFit {
  readonly length: number;
  /** Orthonormal columns, [symbol][tap] complex. */
  private readonly columns: Float64Array;

  /** `levels`: indices of the sync word's levels. */
  constructor(levels: readonly number[]) {
    this.length = levels.length - 2;
    const phases: number[] = [];
    let phase = 0;
    for (const level of levels) {
      phase = (phase + level + 8) & 7;
      phases.push(phase);
    }
    const columns: { re: number[]; im: number[] }[] = [];
    for (let j = 0; j < TAPS; j++) {
      const re = Array.from({ length: this.length }, (_, k) => COS[phases[k + 2 - j]]);
      const im = Array.from({ length: this.length }, (_, k) => SIN[phases[k + 2 - j]]);
      for (const done of columns) {
        let dotRe = 0;
        let dotIm = 0;
        for (let k = 0; k < this.length; k++) {
          dotRe += done.re[k] * re[k] + done.im[k] * im[k];
          dotIm += done.re[k] * im[k] - done.im[k] * re[k];
        }
        for (let k = 0; k < this.length; k++) {
          re[k] -= dotRe * done.re[k] - dotIm * done.im[k];
          im[k] -= dotRe * done.im[k] + dotIm * done.re[k];
        }
      }
      const size = Math.sqrt(re.reduce((sum, value, k) => sum + value * value + im[k] * im[k], 0));
      columns.push({ re: re.map((value) => value / size), im: im.map((value) => value / size) });
    }
    this.columns = new Float64Array(2 * TAPS * this.length);
    for (let k = 0; k < this.length; k++)
      columns.forEach(({ re, im }, j) => {
        this.columns[2 * (TAPS * k + j)] = re[k];
        this.columns[2 * (TAPS * k + j) + 1] = im[k];
      });
  }

  /** Share explained when the first symbol's instant is complex sample `n` of the signal and the phase turns by `turn` a symbol. */
  at(signal: Float32Array, n: number, turn: number): number {
    const { columns, length } = this;
    const c = Math.cos(turn);
    const s = -Math.sin(turn);
    let explained = 0;
    let energy = 1e-20;
    for (let half = 0; half < 2; half++) {
      let re = 1;
      let im = 0;
      let a0 = 0;
      let b0 = 0;
      let a1 = 0;
      let b1 = 0;
      let a2 = 0;
      let b2 = 0;
      let at = 2 * (n + 2 + half);
      for (let k = 0, q = 0; k < length; k++, at += 4, q += 2 * TAPS) {
        const yr = signal[at] * re - signal[at + 1] * im;
        const yi = signal[at] * im + signal[at + 1] * re;
        energy += yr * yr + yi * yi;
        a0 += columns[q] * yr + columns[q + 1] * yi;
        b0 += columns[q] * yi - columns[q + 1] * yr;
        a1 += columns[q + 2] * yr + columns[q + 3] * yi;
        b1 += columns[q + 2] * yi - columns[q + 3] * yr;
        a2 += columns[q + 4] * yr + columns[q + 5] * yi;
        b2 += columns[q + 4] * yi - columns[q + 5] * yr;
        const next = re * c - im * s;
        im = re * s + im * c;
        re = next;
      }
      explained += a0 * a0 + b0 * b0 + a1 * a1 + b1 * b1 + a2 * a2 + b2 * b2;
    }
    return explained / energy;
  }
}
