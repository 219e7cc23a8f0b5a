import { Plot } from './canvas.js';

/** Frames whose symbols are seen at once, fading. */
const KEPT = 6;
const LEVELS = [-3, -1, 1, 3];
/** Levels seen, beyond the outermost. */
const REACH = 4.6;

/** Constellation, eye and levels of a 4-level signal. */
export class SymbolPlots {
  /** @param {{constellation: HTMLCanvasElement, eye: HTMLCanvasElement, levels: HTMLCanvasElement}} canvases */
  constructor(canvases, resized) {
    this.constellation = new Plot(canvases.constellation, resized);
    this.eye = new Plot(canvases.eye, resized);
    this.levels = new Plot(canvases.levels, resized);
    this.clear();
  }

  push(frame) {
    if (!frame.values) return;
    this.frames.unshift(frame);
    this.frames.length = Math.min(KEPT, this.frames.length);
    for (let i = 0; i < this.counts.length; i++) this.counts[i] *= 0.93;
    for (const value of frame.values) {
      const place = Math.floor(((value + REACH) / (2 * REACH)) * this.counts.length);
      if (place >= 0 && place < this.counts.length) this.counts[place]++;
    }
  }

  clear() {
    this.frames = [];
    this.counts = new Float64Array(92);
  }

  draw({ theme }) {
    this.drawConstellation(theme);
    this.drawEye(theme);
    this.drawLevels(theme);
  }

  drawConstellation(theme) {
    const { width, height } = this.constellation;
    const context = this.constellation.begin(theme.plot);
    const scale = Math.min(width, height) / 2 / 1.75;
    const [x, y] = [width / 2, height / 2];
    context.strokeStyle = theme.grid;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(0, Math.round(y) + 0.5);
    context.lineTo(width, Math.round(y) + 0.5);
    context.moveTo(Math.round(x) + 0.5, 0);
    context.lineTo(Math.round(x) + 0.5, height);
    context.moveTo(x + scale, y);
    context.arc(x, y, scale, 0, 2 * Math.PI);
    context.stroke();
    // Where the phase steps of the four levels lie.
    context.strokeStyle = theme.quiet;
    for (const level of LEVELS) {
      const angle = (level * Math.PI) / 4;
      const [px, py] = [x + scale * Math.cos(angle), y - scale * Math.sin(angle)];
      context.beginPath();
      context.moveTo(px - 5, py);
      context.lineTo(px + 5, py);
      context.moveTo(px, py - 5);
      context.lineTo(px, py + 5);
      context.stroke();
    }
    context.fillStyle = theme.average;
    this.frames.forEach(({ points }, age) => {
      if (!points) return;
      context.globalAlpha = 0.75 * (1 - age / KEPT);
      for (let i = 0; i < points.length; i += 2)
        context.fillRect(x + scale * points[i] - 1, y - scale * points[i + 1] - 1, 2, 2);
    });
    context.globalAlpha = 1;
  }

  drawEye(theme) {
    const { width, height } = this.eye;
    const context = this.eye.begin(theme.plot);
    const y = (level) => height / 2 - (level / REACH) * (height / 2);
    context.fillStyle = theme.grid;
    for (const level of LEVELS) context.fillRect(0, Math.round(y(level)), width, 1);
    // Two symbols wide: half a symbol, a whole one, half a one; or from symbol to symbol where nothing is between them.
    const middles = (this.frames[0]?.perSymbol ?? 1) > 1 ? [0.25, 0.75] : [0.5];
    for (const place of middles) context.fillRect(Math.round(place * width), 0, 1, height);
    context.strokeStyle = theme.average;
    context.lineWidth = 1;
    this.frames.slice(0, 3).forEach((frame, age) => {
      const values = frame.trace ?? frame.values;
      const perSymbol = frame.perSymbol ?? 1;
      const half = Math.max(1, perSymbol / 2);
      const whole = perSymbol > 1 ? 2 * perSymbol : 2;
      context.globalAlpha = (perSymbol > 1 ? 0.3 : 0.16) * (1 - age / 4);
      context.beginPath();
      for (let start = perSymbol > 1 ? half : 0; start + whole < values.length; start += perSymbol)
        for (let i = 0; i <= whole; i++) {
          const x = (i / whole) * width;
          if (i === 0) context.moveTo(x, y(values[start + i]));
          else context.lineTo(x, y(values[start + i]));
        }
      context.stroke();
    });
    context.globalAlpha = 1;
  }

  drawLevels(theme) {
    const { width, height } = this.levels;
    const context = this.levels.begin(theme.plot);
    const { counts } = this;
    const most = Math.max(1, ...counts);
    const base = height - 16;
    context.font = theme.font;
    context.textAlign = 'center';
    context.textBaseline = 'top';
    for (const level of LEVELS) {
      const x = ((level + REACH) / (2 * REACH)) * width;
      context.fillStyle = theme.grid;
      context.fillRect(Math.round(x), 0, 1, base);
      context.fillStyle = theme.quiet;
      context.fillText(level > 0 ? `+${level}` : `\u2212${-level}`, x, base + 3);
    }
    context.fillStyle = theme.average;
    const step = width / counts.length;
    counts.forEach((count, i) => {
      const size = (count / most) * (base - 6);
      context.fillRect(i * step, base - size, Math.max(1, step - 0.5), size);
    });
  }

  close() {
    for (const plot of [this.constellation, this.eye, this.levels]) plot.close();
  }
}
