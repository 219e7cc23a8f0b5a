import { Plot } from './canvas.js';
import { colours } from './colours.js';
import { LEFT } from './spectrum-plot.js';

/** Spectra kept. */
const ROWS = 600;

/**
 * The waterfall: the newest spectrum on top. The spectra are kept as levels, so that they can be coloured anew when
 * range or palette change, and zoomed.
 */
export class WaterfallPlot {
  constructor(canvas, resized) {
    this.plot = new Plot(canvas, resized);
    this.image = document.createElement('canvas');
    this.clear();
  }

  /** @param {Float32Array} levels dB by bin @param {number} time of the frame, ms */
  push(levels, time) {
    if (levels.length !== this.bins) this.begin(levels.length);
    this.next = (this.next + ROWS - 1) % ROWS;
    this.levels.set(levels, this.next * this.bins);
    this.times[this.next] = time;
    this.count = Math.min(ROWS, this.count + 1);
    if (this.look) this.paint(this.next, 1);
  }

  clear() {
    this.bins = 0;
    this.count = 0;
    this.next = 0;
    this.look = '';
  }

  /** @param {object} scene band, shades {low, high}, palette, cursor, theme, texts */
  draw(scene) {
    const { band, shades, palette, theme } = scene;
    const context = this.plot.begin(theme.plot);
    if (this.count === 0) return;
    const look = `${palette} ${shades.low} ${shades.high}`;
    if (look !== this.look) {
      this.look = look;
      this.range = shades;
      this.table = colours(palette);
      this.paint(0, ROWS);
    }
    const width = Math.max(1, this.plot.width - LEFT);
    const from = band.binOf(band.from) + 0.5;
    const bins = band.span / band.step;
    // Rows are two pixels high; the ring's newest row is `next`.
    const rows = Math.min(this.count, Math.ceil(this.plot.height / 2));
    context.save();
    context.beginPath();
    context.rect(LEFT, 0, width, this.plot.height);
    context.clip();
    context.imageSmoothingEnabled = bins > width;
    const first = Math.min(rows, ROWS - this.next);
    context.drawImage(this.image, from, this.next, bins, first, LEFT, 0, width, 2 * first);
    if (rows > first) context.drawImage(this.image, from, 0, bins, rows - first, LEFT, 2 * first, width, 2 * (rows - first));
    if (scene.cursor !== null) {
      context.fillStyle = theme.cursor;
      context.globalAlpha = 0.7;
      context.fillRect(Math.round(LEFT + band.placeOf(scene.cursor) * width), 0, 1, this.plot.height);
    }
    context.restore();
    this.drawTimes(context, scene, rows);
  }

  /** Seconds before now at the left. */
  drawTimes(context, { theme, texts }, rows) {
    context.font = theme.font;
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    context.fillStyle = theme.quiet;
    const newest = this.times[this.next];
    let last = -Infinity;
    for (let row = 0; row < rows; row++) {
      const seconds = Math.floor((newest - this.times[(this.next + row) % ROWS]) / 1000);
      const before = Math.floor((newest - this.times[(this.next + Math.max(0, row - 1)) % ROWS]) / 1000);
      if (seconds === before || seconds % 5 !== 0 || 2 * row - last < 26) continue;
      last = 2 * row;
      context.fillText(`\u2212${texts.number(seconds)} s`, LEFT - 5, last);
    }
  }

  begin(bins) {
    this.clear();
    this.bins = bins;
    // Rows that are still empty may shine through at the edges of the newest.
    this.levels = new Float32Array(bins * ROWS).fill(-200);
    this.times = new Float64Array(ROWS);
    this.image.width = bins;
    this.image.height = ROWS;
    this.context = this.image.getContext('2d');
  }

  /** Colours rows of the ring. */
  paint(first, count) {
    const { bins, levels, table } = this;
    const { low, high } = this.range;
    const scale = 255 / (high - low);
    const image = new ImageData(bins, count);
    const pixels = new Uint32Array(image.data.buffer);
    const from = first * bins;
    for (let i = 0; i < pixels.length; i++) {
      const index = (levels[from + i] - low) * scale;
      pixels[i] = table[index < 0 ? 0 : index > 255 ? 255 : index | 0];
    }
    this.context.putImageData(image, 0, first);
  }

  close() {
    this.plot.close();
  }
}
