import type { SymbolsInfo } from '../../core/messages';
import { asFloat32 } from '../../core/shared-buffer';
import { nearestLevel, symbolValue } from './levels';
import type { ScopeFigures } from './scope-frame';

/** Most symbols of a frame that are shown, the latest. */
const MOST = 480;
/** Phase step of a symbol of level 1, as a constellation shows it. */
const STEP = Math.PI / 4;

/** Gathers what a demodulator gave in the time of one frame. */
export class SymbolView {
  private values: number[] = [];
  private weights: number[] = [];
  private frames = 0;
  private sum = { snr: 0, offset: 0, quality: 0 };

  feed(info: SymbolsInfo, payload: Uint8Array): void {
    const metrics = asFloat32(payload);
    for (let at = 0; at + 4 <= metrics.length; at += 4) {
      const { value, weight } = symbolValue(metrics, at);
      this.values.push(value);
      this.weights.push(weight);
    }
    this.values.splice(0, this.values.length - MOST);
    this.weights.splice(0, this.weights.length - MOST);
    for (const { snr, offset, quality } of info.frames) {
      this.frames++;
      this.sum.snr += snr;
      this.sum.offset += offset;
      this.sum.quality += quality;
    }
  }

  /** What came since the last call; the constellation has each symbol's phase step and envelope. */
  take(): { values: Float32Array; points: Float32Array; figures: ScopeFigures } {
    const values = Float32Array.from(this.values);
    const points = new Float32Array(2 * values.length);
    let error = 0;
    values.forEach((value, i) => {
      error += (value - nearestLevel(value)) ** 2;
      // A weight is the symbol's power over the typical one.
      const magnitude = Math.sqrt(Math.max(0, this.weights[i]));
      points[2 * i] = magnitude * Math.cos(STEP * value);
      points[2 * i + 1] = magnitude * Math.sin(STEP * value);
    });
    const figures: ScopeFigures = { frames: this.frames };
    if (values.length > 0) figures.mer = 10 * Math.log10(5 / Math.max(error / values.length, 1e-4));
    if (this.frames > 0) {
      figures.snr = this.sum.snr / this.frames;
      figures.offset = this.sum.offset / this.frames;
      figures.quality = this.sum.quality / this.frames;
    }
    this.reset();
    return { values, points, figures };
  }

  reset(): void {
    this.values = [];
    this.weights = [];
    this.frames = 0;
    this.sum = { snr: 0, offset: 0, quality: 0 };
  }
}
