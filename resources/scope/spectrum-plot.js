import { digitsFor, ticks } from './band.js';
import { Plot } from './canvas.js';
import { drawMarks } from './channel-marks.js';

/** Room for the axes, CSS pixels. */
export const LEFT = 38;
const BOTTOM = 20;

/** The spectrum: average, peaks, noise floor, channels and cursor over a grid of levels and frequencies. */
export class SpectrumPlot {
  constructor(canvas, resized) {
    this.plot = new Plot(canvas, resized);
  }

  /** Height of the drawing itself, without the axis below. */
  get inner() {
    return { left: LEFT, width: Math.max(1, this.plot.width - LEFT), height: Math.max(1, this.plot.height - BOTTOM) };
  }

  /** @param {object} scene band, range {low, high}, average, peak, floor, channels, cursor, theme, texts, radio */
  draw(scene) {
    const { theme, band } = scene;
    const context = this.plot.begin(theme.plot);
    const { left, width, height } = this.inner;
    context.font = theme.font;
    this.drawLevels(context, scene);
    if (band.bins === 0) return;
    this.drawFrequencies(context, scene);
    context.save();
    context.beginPath();
    context.rect(left, 0, width, height);
    context.clip();
    if (scene.peak) this.line(context, scene, scene.peak, theme.peak, 1);
    if (scene.average) {
      this.line(context, scene, scene.average, theme.average, 1.4, theme.fill);
    }
    if (scene.floor !== undefined) this.drawFloor(context, scene);
    drawMarks(context, scene, { left, width, height });
    if (scene.cursor !== null) this.drawCursor(context, scene);
    context.restore();
  }

  drawLevels(context, { theme, range }) {
    const { left, width, height } = this.inner;
    const y = levelScale(range, height);
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    for (const level of ticks(range.low, range.high, Math.max(2, height / 34))) {
      context.fillStyle = theme.grid;
      context.fillRect(left, Math.round(y(level)), width, 1);
      context.fillStyle = theme.quiet;
      // A minus that is as wide as a digit.
      const text = String(Math.round(level)).replace('-', '\u2212');
      if (y(level) > 5 && y(level) < height - 3) context.fillText(text, left - 5, y(level));
    }
  }

  drawFrequencies(context, { theme, band, texts, radio }) {
    const { left, width, height } = this.inner;
    const factor = radio ? 1e6 : 1e3;
    const list = ticks(band.from / factor, band.to / factor, Math.max(1, width / 82));
    const digits = list.length > 1 ? digitsFor(list[1] - list[0]) : 3;
    context.textBaseline = 'top';
    context.textAlign = 'center';
    for (const value of list) {
      const x = left + band.placeOf(value * factor) * width;
      context.fillStyle = theme.grid;
      context.fillRect(Math.round(x), 0, 1, height + 4);
      const text = texts.number(value, digits);
      const half = context.measureText(text).width / 2;
      context.fillStyle = theme.quiet;
      if (x - half > left - 8 && x + half < left + width - 30) context.fillText(text, x, height + 6);
    }
    context.textAlign = 'right';
    context.fillText(radio ? 'MHz' : 'kHz', left + width - 2, height + 6);
  }

  drawFloor(context, { theme, range, floor }) {
    const { left, width, height } = this.inner;
    const y = Math.round(levelScale(range, height)(floor)) + 0.5;
    context.strokeStyle = theme.floor;
    context.setLineDash([3, 4]);
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(left, y);
    context.lineTo(left + width, y);
    context.stroke();
    context.setLineDash([]);
  }

  drawCursor(context, { theme, band, cursor }) {
    const { left, width, height } = this.inner;
    const x = Math.round(left + band.placeOf(cursor) * width) + 0.5;
    context.strokeStyle = theme.cursor;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(x, height);
    context.stroke();
  }

  /** A trace; where several bins share a pixel the highest is drawn, so that no carrier is lost. */
  line(context, { band, range }, levels, colour, lineWidth, fill) {
    const { left, width, height } = this.inner;
    const y = levelScale(range, height);
    const bins = (width / band.span) * band.step;
    context.beginPath();
    if (bins >= 1) {
      const first = Math.max(0, Math.floor(band.binOf(band.from)));
      const last = Math.min(levels.length - 1, Math.ceil(band.binOf(band.to)));
      for (let i = first; i <= last; i++)
        context.lineTo(left + band.placeOf(band.first + i * band.step) * width, y(levels[i]));
    } else
      for (let x = 0; x <= width; x++) {
        const from = Math.max(0, Math.floor(band.binOf(band.frequencyAt(x / width))));
        const to = Math.min(levels.length, Math.max(from + 1, Math.floor(band.binOf(band.frequencyAt((x + 1) / width)))));
        let most = -999;
        for (let i = from; i < to; i++) if (levels[i] > most) most = levels[i];
        if (most > -999) context.lineTo(left + x, y(most));
      }
    context.strokeStyle = colour;
    context.lineWidth = lineWidth;
    context.lineJoin = 'round';
    context.stroke();
    if (!fill) return;
    context.lineTo(left + width, height);
    context.lineTo(left, height);
    context.closePath();
    context.fillStyle = fill;
    context.fill();
  }

  close() {
    this.plot.close();
  }
}

function levelScale({ low, high }, height) {
  return (level) => height - ((level - low) / (high - low)) * height;
}
