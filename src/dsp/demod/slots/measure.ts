import type { Mixer } from '../mixer';
import { parabola } from '../peaks';
import { turnedPower } from '../turned-power';
import { PER_SYMBOL, type SlotPlan } from './plan';

/** Two sync words measured: what detection of the slots around them needs. */
export interface PairFix {
  /** Sample of the first symbol of the first one, to fractions. */
  at: number;
  /** Carrier offset, Hz. */
  offset: number;
  /** Coherent correlation, 0 .. 1. */
  quality: number;
  /** Es/N0, dB. */
  snr: number;
  polarity: 1 | -1;
}

/** Times tried, in samples either side of the expected one, and their step. */
const TIME_STEP = 0.5;
/** Frequencies tried: radians per symbol between them. */
const TURN_STEP = 0.04;

interface Fit {
  quality: number;
  turn: number;
}

/** Correlates both sync words of a pair coherently, each for itself, over time and frequency. */
export class PairMeasure {
  private readonly products: Float64Array;

  constructor(
    private readonly plan: SlotPlan,
    private readonly mixer: Mixer,
  ) {
    this.products = new Float64Array(2 * plan.sync.length);
  }

  /** Samples needed after `at`. */
  get reach(): number {
    return this.plan.slot + (this.plan.sync.length / 2 + 2) * PER_SYMBOL + this.mixer.reach;
  }

  /** `times` and `turns`: how many steps to either side of the expected time and offset are tried. */
  measure(at: number, offset: number, polarity: 1 | -1, times: number, turns: number): PairFix {
    const { plan, mixer } = this;
    const { symbolRate } = plan.air;
    const symbols = plan.sync.length / 2;
    mixer.tune(at - 2 * PER_SYMBOL, at + plan.slot + (symbols + 2) * PER_SYMBOL, offset, polarity);
    const fits: Fit[] = [];
    for (let i = -times; i <= times; i++) fits.push(this.fit(at + i * TIME_STEP, turns));
    let best = 0;
    for (let i = 1; i < fits.length; i++) if (fits[i].quality > fits[best].quality) best = i;
    const inside = best > 0 && best < fits.length - 1;
    const shift = inside ? parabola(fits[best - 1].quality, fits[best].quality, fits[best + 1].quality) : 0;
    const quality = Math.min(fits[best].quality, 0.9999);
    const coherent = quality * quality;
    return {
      at: at + (best - times + shift) * TIME_STEP,
      offset: offset + (polarity * fits[best].turn * symbolRate) / (2 * Math.PI),
      quality,
      snr: 10 * Math.log10(coherent / (1 - coherent)),
      polarity,
    };
  }

  private fit(at: number, turns: number): Fit {
    const { plan, products } = this;
    const symbols = plan.sync.length / 2;
    let power = 1e-30;
    for (const word of [0, 1]) {
      const { re, im } = this.mixer.read(at + word * plan.slot, PER_SYMBOL, symbols, 'slot-sync');
      for (let k = 0; k < symbols; k++) {
        const c = plan.sync[2 * k];
        const s = plan.sync[2 * k + 1];
        const to = 2 * (word * symbols + k);
        products[to] = re[k] * c + im[k] * s;
        products[to + 1] = im[k] * c - re[k] * s;
        power += re[k] * re[k] + im[k] * im[k];
      }
    }
    const scale = 1 / Math.sqrt(2 * symbols * power);
    const sums: number[] = [];
    let best = 0;
    for (let i = -turns; i <= turns; i++) {
      sums.push(this.sum(i * TURN_STEP, symbols));
      if (sums[sums.length - 1] > sums[best]) best = sums.length - 1;
    }
    const inside = best > 0 && best < sums.length - 1;
    const shift = inside ? parabola(sums[best - 1], sums[best], sums[best + 1]) : 0;
    const turn = (best - turns + shift) * TURN_STEP;
    return { quality: this.sum(turn, symbols) * scale, turn };
  }

  /** Root of the summed squares of both words' coherent sums, so that equal words give equal weight. */
  private sum(turn: number, symbols: number): number {
    let squares = 0;
    for (const word of [0, 1]) squares += turnedPower(this.products, word * symbols, symbols, turn);
    return Math.sqrt(2 * squares);
  }
}
