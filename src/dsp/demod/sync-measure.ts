import type { Mixer } from './mixer';
import { parabola } from './peaks';
import { DEVIATION_RATIOS, type Fsk4Plan, NOMINAL_RATIO, TEMPLATE_RATE } from './plan';
import type { SyncCandidate, SyncFix, Variant } from './receiver';
import { scratch } from './scratch';
import { turnedPower } from './turned-power';
import type { Waveform } from './waveform';

/** Frequencies tried, radians per symbol, and how many to either side: of the search's estimate, of a measured one. */
const TURN_STEP = 0.04;
const WIDE = 9;
const NARROW = 3;
/** Differential correlation whose estimate of the frequency is right within two steps: Es/N0 11 dB. */
const CLEAR_SEARCH = 0.8;

/** Measures a sync word in a complex signal: correlates coherently over time, frequency and deviation. */
export class SyncMeasure {
  /** Interleaved: the samples of a sync word, and one correlation per symbol. */
  private readonly samples: Float64Array;
  private readonly symbols: Float64Array;

  constructor(
    private readonly plan: Fsk4Plan,
    private readonly mixer: Mixer,
  ) {
    this.samples = new Float64Array(2 * plan.syncLength * TEMPLATE_RATE);
    this.symbols = new Float64Array(2 * plan.syncLength);
  }

  /**
   * Time on a grid of an eighth of a symbol, then deviation, then time again, finer and with that deviation. `offset`: the carrier's,
   * roughly, Hz.
   */
  measure(candidate: SyncCandidate, variant: Variant, offset: number): SyncFix {
    const { plan, mixer } = this;
    const { length } = plan.syncs[variant.sync].levels;
    mixer.tune(candidate.at - plan.perSymbol, candidate.at + (length + 1) * plan.perSymbol, offset);
    const clear = candidate.quality >= CLEAR_SEARCH;
    let { at } = candidate;
    const { waveforms } = plan.syncs[variant.sync];
    const { polarity } = variant;
    const eighth = plan.perSymbol / 8;
    const coarse = best([-2, -1, 0, 1, 2], (i) => {
      this.read(at + i * eighth, length);
      const near = clear ? this.fit(waveforms[NOMINAL_RATIO], polarity, length, 0, NARROW) : null;
      return near?.inside ? near : this.fit(waveforms[NOMINAL_RATIO], polarity, length, 0, WIDE);
    });
    at += coarse.place * eighth;
    this.read(at, length);
    const deviation = climb(NOMINAL_RATIO, waveforms.length - 1, (i) =>
      this.fit(waveforms[i], polarity, length, coarse.turn, NARROW),
    );
    const ratio = DEVIATION_RATIOS[0] + deviation.place * (DEVIATION_RATIOS[1] - DEVIATION_RATIOS[0]);
    const waveform = waveforms[Math.round(deviation.place)];
    const fine = best([-1, 0, 1], (i) => {
      this.read(at + (i * eighth) / 2, length);
      return this.fit(waveform, polarity, length, coarse.turn, NARROW);
    });
    const quality = Math.min(fine.quality, 0.9999);
    const coherent = quality * quality;
    // Of the power in the channel filter's bandwidth, the coherent part is signal, the rest noise.
    const snr = 10 * Math.log10(((coherent / (1 - coherent)) * 2 * plan.channelCutoff) / plan.air.symbolRate);
    return {
      ...variant,
      at: at + (fine.place * eighth) / 2,
      quality,
      offset: offset + (fine.turn * plan.air.symbolRate) / (2 * Math.PI),
      deviation: ratio * plan.air.deviation,
      snr,
    };
  }

  /** Reads the samples of `length` symbols from `at` on, TEMPLATE_RATE per symbol, scaled to unit power over all. */
  private read(at: number, length: number): void {
    const step = this.plan.perSymbol / TEMPLATE_RATE;
    const count = length * TEMPLATE_RATE;
    this.mixer.read(at - ((TEMPLATE_RATE - 1) / 2) * step, step, count, 'sync');
    const re = scratch('sync-re', 0).view;
    const im = scratch('sync-im', 0).view;
    let power = 1e-30;
    for (let i = 0; i < count; i++) power += re[i] * re[i] + im[i] * im[i];
    const scale = 1 / Math.sqrt(power * count);
    for (let i = 0; i < count; i++) {
      this.samples[2 * i] = re[i] * scale;
      this.samples[2 * i + 1] = im[i] * scale;
    }
  }

  /**
   * How well the samples read fit a waveform or its mirror image, 0..1, at the best frequency within `steps` steps of
   * `turn` (radians per symbol).
   */
  private fit(waveform: Waveform, polarity: number, length: number, turn: number, steps: number): Fit {
    this.correlate(waveform, polarity, length);
    let most = 0;
    let mostAt = 0;
    const sums: number[] = [];
    for (let i = -steps; i <= steps; i++) {
      const sum = Math.sqrt(turnedPower(this.symbols, 0, length, turn + i * TURN_STEP));
      sums.push(sum);
      if (sum > most) {
        most = sum;
        mostAt = i;
      }
    }
    const k = mostAt + steps;
    const inside = k > 0 && k < sums.length - 1;
    const shift = inside ? parabola(sums[k - 1], most, sums[k + 1]) : 0;
    const found = turn + (mostAt + shift) * TURN_STEP;
    return { quality: Math.sqrt(turnedPower(this.symbols, 0, length, found)), turn: found, inside };
  }

  /** Correlates each symbol's samples: `symbols` then holds one complex number per symbol. */
  private correlate(waveform: Waveform, polarity: number, length: number): void {
    const { samples, symbols } = this;
    const perSymbol = TEMPLATE_RATE;
    for (let k = 0; k < length; k++) {
      let re = 0;
      let im = 0;
      for (let i = k * perSymbol; i < (k + 1) * perSymbol; i++) {
        const mirrored = polarity * waveform.im[i];
        re += samples[2 * i] * waveform.re[i] + samples[2 * i + 1] * mirrored;
        im += samples[2 * i + 1] * waveform.re[i] - samples[2 * i] * mirrored;
      }
      symbols[2 * k] = re;
      symbols[2 * k + 1] = im;
    }
  }
}

interface Fit {
  quality: number;
  turn: number;
  /** The best frequency was not the first or last of those tried. */
  inside: boolean;
}

/** The best of equally spaced places, with a parabola between them; frequency and quality are those of the best one. */
function best(places: number[], fitAt: (place: number) => Fit): Fit & { place: number } {
  const fits = places.map(fitAt);
  let k = 0;
  for (let i = 1; i < fits.length; i++) if (fits[i].quality > fits[k].quality) k = i;
  return { ...fits[k], place: places[k] + shiftOf(fits[k - 1], fits[k], fits[k + 1]) };
}

/** As `best` of the places 0 .. last where there is one hill only: goes uphill from `place`. */
function climb(place: number, last: number, fitAt: (place: number) => Fit): Fit & { place: number } {
  const at = (i: number): Fit | undefined => (i < 0 || i > last ? undefined : fitAt(i));
  let top = fitAt(place);
  let below = at(place - 1);
  let above = at(place + 1);
  while (above && above.quality > top.quality) {
    [below, top] = [top, above];
    above = at(++place + 1);
  }
  while (below && below.quality > top.quality) {
    [above, top] = [top, below];
    below = at(--place - 1);
  }
  return { ...top, place: place + shiftOf(below, top, above) };
}

function shiftOf(before: Fit | undefined, middle: Fit, after: Fit | undefined): number {
  return before && after ? parabola(before.quality, middle.quality, after.quality) : 0;
}
