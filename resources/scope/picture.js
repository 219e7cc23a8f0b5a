import { readTheme } from './canvas.js';
import { usualPalette } from './colours.js';
import { SpectrumPlot } from './spectrum-plot.js';
import { SymbolPlots } from './symbol-plots.js';
import { WaterfallPlot } from './waterfall-plot.js';

/** All that a scope draws, at most once for each picture of the screen. */
export class Picture {
  /**
   * @param parts elements of the scope
   * @param {{ texts: object, signal: Signal, cursor: Cursor, display: Display, readout: Readout }} from what is drawn comes from
   * @param {() => object[]} channels those that are known
   */
  constructor(parts, from, channels) {
    Object.assign(this, { parts, ...from, channels });
    /** Nothing is drawn that nobody can see. */
    this.hidden = false;
    const redraw = () => this.redraw();
    this.spectrum = new SpectrumPlot(parts.spectrum, redraw);
    this.waterfall = new WaterfallPlot(parts.waterfall, redraw);
    const { constellation, eye, levels } = parts;
    this.symbols = new SymbolPlots({ constellation, eye, levels }, redraw);
  }

  /** The colours of an element. */
  setTheme(element) {
    this.theme = readTheme(element);
    this.redraw();
  }

  /** @param {boolean} isMoved the frame's band is another one */
  push(frame, isMoved) {
    if (isMoved) this.waterfall.clear();
    if (frame.mean) this.waterfall.push(frame.mean, frame.time);
    this.symbols.push(frame);
  }

  clear() {
    this.waterfall.clear();
    this.symbols.clear();
  }

  close() {
    for (const plot of [this.spectrum, this.waterfall, this.symbols]) plot.close();
  }

  redraw() {
    if (this.drawing || this.hidden) return;
    this.drawing = requestAnimationFrame(() => {
      this.drawing = 0;
      this.draw();
    });
  }

  draw() {
    const { parts, cursor } = this;
    const scene = this.scene();
    if (!parts.band.hidden) {
      this.spectrum.draw(scene);
      this.waterfall.draw(scene);
    }
    if (!parts.symbols.hidden) this.symbols.draw(scene);
    this.showCursor(scene);
    const channel = cursor.channelAt(cursor.pinned);
    const closes = channel?.mine && channel.state !== 'refused';
    parts.toggle.disabled = cursor.pinned === null || (channel && !channel.mine && channel.state !== 'refused');
    parts.tune.disabled = cursor.pinned === null;
    const words = this.texts.get(closes ? 'button.close' : 'button.open');
    if (parts.toggle.title !== words) {
      parts.toggle.title = words;
      parts.toggle.querySelector('.scope-words').textContent = words;
      parts.toggle.querySelector('.scope-sign').textContent = closes ? '⊖' : '⊕';
    }
  }

  scene() {
    const { signal, theme } = this;
    const { values } = this.display;
    const { auto, band } = signal;
    const range = values.auto || Number.isNaN(auto.low)
      ? { low: Number.isNaN(auto.low) ? -120 : auto.low, high: Number.isNaN(auto.high) ? 0 : auto.high }
      : { low: values.high - values.span, high: values.high };
    return {
      theme,
      texts: this.texts,
      band,
      range,
      shades: this.shades(range),
      palette: values.palette === 'auto' ? usualPalette(theme.dark) : values.palette,
      average: signal.average.shown,
      peak: values.peaks ? signal.peaks.shown : null,
      floor: signal.frame?.figures.floor,
      channels: signal.radio ? this.channels() : [],
      radio: signal.radio && band.high > 1e6,
      cursor: this.cursor.frequency,
    };
  }

  /** The range of the waterfall's colours: noise should be near its beginning, so that signals stand out. */
  shades({ low, high }) {
    const floor = this.display.values.auto ? this.signal.frame?.figures.floor : undefined;
    return floor === undefined ? { low, high } : { low: 2 * Math.round(floor / 2) - 4, high: Math.max(high - 5, low + 30) };
  }

  showCursor({ cursor: frequency, average, band, floor, radio }) {
    if (frequency === null || !average) {
      this.readout.cursor(null);
      return;
    }
    const level = average[Math.round(band.binOf(frequency))];
    this.readout.cursor({ band, frequency, level, floor, channel: this.cursor.channelAt(frequency), radio });
    const { cursor } = this.parts;
    const { left, width } = this.spectrum.inner;
    const x = left + band.placeOf(frequency) * width;
    const size = cursor.offsetWidth;
    const right = x + 8 + size <= left + width;
    cursor.style.left = `${Math.max(left + 2, right ? x + 8 : Math.min(x - 8 - size, left + width - size))}px`;
  }
}
