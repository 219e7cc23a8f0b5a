import { Band, carrierNear } from './band.js';
import { readTheme } from './canvas.js';
import { CHANNEL_WIDTH } from './channel-marks.js';
import { Display } from './controls.js';
import { readFrame } from './frame.js';
import { buildScope, fillSelect } from './markup.js';
import { usualPalette } from './colours.js';
import { PointerInput } from './pointer.js';
import { Readout } from './readout.js';
import { LEFT, SpectrumPlot } from './spectrum-plot.js';
import { SymbolPlots } from './symbol-plots.js';
import { AutoRange, Average, PeakHold } from './traces.js';
import { WaterfallPlot } from './waterfall-plot.js';

/** Pixels around a click in which a carrier is looked for. */
const SNAP = 14;

/**
 * The scope in an element of a page. What it shows comes through `link`, an EventTarget with 'connecting', 'open', 'lost'
 * and 'message' events and a method `send(object)`; so the page and the editor share all that is here.
 */
export class ScopeView {
  /**
   * @param {HTMLElement} element gets class, data-theme and content
   * @param {{texts: object, link: EventTarget, view?: string, compact?: boolean, scope?: string, stream?: string}} options
   */
  constructor(element, { texts, link, view = 'all', compact = false, scope = '', stream = '' }) {
    this.element = element;
    this.texts = texts;
    this.link = link;
    this.wish = { scope, stream };
    this.parts = buildScope(texts);
    this.parts.cursorParts = { cursor: this.parts.cursor, canvas: this.parts.spectrum };
    element.classList.add('trunkflow-scope');
    element.dataset.view = view;
    element.dataset.compact = String(compact);
    element.append(this.parts.root);
    this.readout = new Readout(this.parts, texts);
    this.display = new Display(texts);
    this.display.build(this.parts.display);

    this.band = new Band();
    this.average = new Average(this.display.values.averaging);
    this.peaks = new PeakHold();
    this.auto = new AutoRange();
    this.state = { streams: [], channels: [], watching: null };
    this.mayControl = false;
    this.raster = 0;
    this.frame = null;
    this.paused = false;
    /** The element is out of sight, the whole page is. */
    this.away = { element: false, page: false };
    /** Frequency pinned by click or key, and the one the mouse is at, Hz. */
    this.pinned = null;
    this.hovered = null;

    const redraw = () => this.redraw();
    this.spectrum = new SpectrumPlot(this.parts.spectrum, redraw);
    this.waterfall = new WaterfallPlot(this.parts.waterfall, redraw);
    this.symbols = new SymbolPlots(
      { constellation: this.parts.constellation, eye: this.parts.eye, levels: this.parts.levels },
      redraw,
    );
    this.setTheme(element.dataset.theme === 'dark');
    this.listen();
    this.readout.figures(null);
    this.showState();
  }

  /** @param {boolean} dark */
  setTheme(dark) {
    this.element.dataset.theme = dark ? 'dark' : 'light';
    this.theme = readTheme(this.element);
    this.redraw();
  }

  get hidden() {
    return this.away.element || this.away.page;
  }

  /** Nothing is computed for a view that nobody can see. @param {'element' | 'page'} what @param {boolean} away */
  setAway(what, away) {
    const { hidden } = this;
    this.away[what] = away;
    if (this.hidden === hidden) return;
    this.tellPause();
    this.redraw();
  }

  close() {
    for (const plot of [this.spectrum, this.waterfall, this.symbols]) plot.close();
    this.observer.disconnect();
    this.parts.root.remove();
  }

  listen() {
    const { parts, link } = this;
    link.addEventListener('connecting', () => this.showConnection('connecting'));
    link.addEventListener('open', () => this.showConnection('open'));
    link.addEventListener('lost', () => this.showConnection('lost'));
    link.addEventListener('message', ({ data }) => (typeof data === 'string' ? this.take(JSON.parse(data)) : this.show(readFrame(data))));
    this.showConnection('connecting');

    parts.scopes.addEventListener('change', () => this.send({ type: 'scope', id: parts.scopes.value }));
    parts.streams.addEventListener('change', () => this.watch(parts.streams.value));
    parts.pause.addEventListener('click', () => this.pause());
    parts.settings.addEventListener('click', () => {
      parts.display.hidden = !parts.display.hidden;
      parts.settings.setAttribute('aria-expanded', String(!parts.display.hidden));
    });
    parts.zoomIn.addEventListener('click', () => this.zoom(2));
    parts.zoomOut.addEventListener('click', () => this.zoom(0.5));
    parts.whole.addEventListener('click', () => this.showWhole());
    parts.resetPeaks.addEventListener('click', () => this.resetPeaks());
    parts.toggle.addEventListener('click', () => this.toggleAt(this.pinned));
    parts.tune.addEventListener('click', () => this.tuneTo(this.pinned));
    this.display.addEventListener('change', () => {
      this.average.seconds = this.display.values.averaging;
      this.redraw();
    });
    this.pointer = new PointerInput([parts.spectrum, parts.waterfall], parts.spectrum, LEFT, this.actions());
    this.observer = new IntersectionObserver((entries) => this.setAway('element', !entries.at(-1).isIntersecting));
    this.observer.observe(this.element);
  }

  actions() {
    return {
      hover: (place) => {
        this.hovered = place === null || this.band.bins === 0 ? null : this.band.frequencyAt(place);
        this.redraw();
      },
      click: (place, { shiftKey }) => {
        if (this.band.bins === 0) return;
        this.parts.spectrum.focus({ preventScroll: true });
        this.pin(this.snap(this.band.frequencyAt(place)));
        if (shiftKey) this.tuneTo(this.pinned);
        else if (this.mayControl && this.frame?.kind === 'iq') this.toggleAt(this.pinned);
      },
      pan: (share) => {
        this.band.pan(share);
        this.redraw();
      },
      zoom: (factor, place) => {
        if (this.band.bins > 0) this.band.zoom(factor, Math.min(1, Math.max(0, place)));
        this.redraw();
      },
      move: (direction, big) => {
        const step = Math.max(this.band.step, this.band.span / (big ? 20 : 400));
        this.pin((this.pinned ?? this.middle) + direction * step);
      },
      edge: (direction) => this.pin(direction < 0 ? this.band.from : this.band.to),
      peak: (direction) => this.pin(this.nextCarrier(direction)),
      enter: () => (this.mayControl ? this.toggleAt(this.pinned) : undefined),
      key: (name) => {
        const acts = {
          pause: () => this.pause(),
          in: () => this.zoom(2),
          out: () => this.zoom(0.5),
          whole: () => this.showWhole(),
          peaks: () => this.resetPeaks(),
          tune: () => this.tuneTo(this.pinned),
          leave: () => this.pin(null),
        };
        acts[name]();
      },
    };
  }

  // --- what comes ---

  take(message) {
    if (message.type === 'scopes') {
      this.scopes = message;
      const known = message.scopes.some(({ id }) => id === this.wish.scope);
      if (this.wish.scope && known && message.scope !== this.wish.scope) this.send({ type: 'scope', id: this.wish.scope });
      this.wish.scope = '';
      if (message.scope === null) this.forget();
    } else if (message.type === 'hello') {
      this.mayControl = message.control;
      this.raster = message.raster;
      this.title = message.title;
      this.forget();
      if (this.wish.stream) this.send({ type: 'watch', stream: this.wish.stream });
      this.tellPause();
    } else if (message.type === 'state') {
      // While paused nothing is watched; what was seen stays.
      if (message.watching !== null && message.watching !== this.watched) {
        if (this.watched !== undefined) this.fresh();
        this.watched = message.watching;
      }
      this.state = message;
    }
    this.showState();
    this.redraw();
  }

  show(frame) {
    if (this.paused) return;
    const elapsed = this.frame ? Math.max(0.01, (frame.time - this.frame.time) / 1000) : 1;
    if (this.frame && (this.frame.stream !== frame.stream || this.frame.kind !== frame.kind)) this.fresh();
    this.frame = frame;
    if (frame.mean) {
      if (this.band.fit(frame)) {
        this.average.clear();
        this.peaks.clear();
        this.waterfall.clear();
        this.auto.clear();
        if (this.pinned !== null && !(this.pinned >= this.band.low && this.pinned <= this.band.high)) this.pinned = null;
      }
      this.average.push(frame.mean, elapsed);
      this.peaks.push(frame.peak);
      this.auto.push(this.average.shown, frame.peak, frame.figures.floor);
      this.display.follow(this.auto);
      this.waterfall.push(frame.mean, frame.time);
    }
    this.symbols.push(frame);
    this.showState();
    this.readout.figures(frame);
    this.redraw();
  }

  /** Another stream: nothing of the last one stays. */
  fresh() {
    this.band = new Band();
    for (const part of [this.average, this.peaks, this.auto, this.waterfall, this.symbols]) part.clear();
    this.frame = null;
    this.pinned = this.hovered = null;
  }

  forget() {
    this.fresh();
    this.watched = undefined;
    this.state = { streams: [], channels: [], watching: null };
    this.readout.figures(null);
  }

  // --- what is wanted ---

  send(message) {
    this.link.send(message);
  }

  /** Goes to another scope. */
  choose(id) {
    this.wish.scope = id;
    if (this.scopes) this.take(this.scopes);
  }

  watch(stream) {
    this.wish.stream = stream;
    this.setPaused(false);
    this.send({ type: 'watch', stream });
  }

  pause() {
    this.setPaused(!this.paused);
  }

  setPaused(paused) {
    if (this.paused === paused) return;
    this.paused = paused;
    const { pause } = this.parts;
    pause.setAttribute('aria-pressed', String(paused));
    pause.querySelector('.scope-sign').textContent = paused ? '▶' : '❚❚';
    pause.title = this.texts.get(paused ? 'button.resume' : 'button.pause');
    pause.querySelector('.scope-words').textContent = pause.title;
    this.say(this.texts.get(paused ? 'note.paused' : 'note.resumed'));
    this.tellPause();
  }

  tellPause() {
    this.send({ type: 'pause', on: this.paused || this.hidden });
  }

  zoom(factor) {
    if (this.band.bins === 0) return;
    const place = this.pinned === null ? 0.5 : this.band.placeOf(this.pinned);
    this.band.zoom(factor, place >= 0 && place <= 1 ? place : 0.5);
    this.redraw();
  }

  showWhole() {
    this.band.whole();
    this.redraw();
  }

  resetPeaks() {
    this.peaks.clear();
    if (this.frame?.peak) this.peaks.push(this.frame.peak);
    this.redraw();
  }

  pin(frequency) {
    if (this.band.bins === 0) return;
    this.pinned = frequency === null ? null : Math.min(this.band.high, Math.max(this.band.low, frequency));
    if (this.pinned !== null) this.band.reveal(this.pinned);
    this.hovered = null;
    this.redraw();
  }

  /** The channel at a frequency. */
  channelAt(frequency) {
    if (frequency === null || !this.radio) return undefined;
    const reach = Math.max(CHANNEL_WIDTH / 2, (this.band.span * 6) / this.spectrum.inner.width);
    const near = this.state.channels.filter((channel) => Math.abs(channel.frequency - frequency) <= reach);
    return near.sort((a, b) => Math.abs(a.frequency - frequency) - Math.abs(b.frequency - frequency))[0];
  }

  /** The frequency meant by a place: a channel's, a carrier's, or else itself. */
  snap(frequency) {
    const channel = this.channelAt(frequency);
    if (channel) return channel.frequency;
    const reach = Math.max((SNAP / this.spectrum.inner.width) * this.band.span, this.radio ? 3000 : 0);
    return carrierNear(this.band, this.average.shown, frequency, reach, this.floor) ?? frequency;
  }

  nextCarrier(direction) {
    const from = this.pinned ?? (direction > 0 ? this.band.from : this.band.to);
    const levels = this.average.shown;
    const least = this.floor + 10;
    const skip = Math.max(2, Math.round(15_000 / this.band.step));
    for (let i = Math.round(this.band.binOf(from)) + direction * skip; i >= 0 && i < levels.length; i += direction)
      if (levels[i] > least) return this.snap(this.band.first + i * this.band.step);
    return from;
  }

  /** Opens a channel at a frequency, or closes the one there if it was opened here. */
  toggleAt(frequency) {
    if (frequency === null || !this.mayControl || this.frame?.kind !== 'iq') return;
    const channel = this.channelAt(frequency);
    if (!channel || channel.state === 'refused') {
      const rounded = this.raster > 0 ? Math.round(frequency / this.raster) * this.raster : frequency;
      this.pinned = rounded;
      this.send({ type: 'open', frequency });
      this.say(this.texts.get('note.open', { frequency: this.texts.megahertz(rounded) }));
    } else if (channel.mine) this.closeChannel(channel);
    else this.say(this.texts.get('note.notMine', { name: channel.id }));
    this.redraw();
  }

  closeChannel({ id }) {
    this.send({ type: 'close', id });
    this.say(this.texts.get('note.close', { name: id }));
  }

  tuneTo(frequency) {
    if (frequency === null || !this.mayControl || !this.radio) return;
    this.send({ type: 'tune', frequency });
    this.say(this.texts.get('note.tune', { frequency: this.texts.megahertz(frequency) }));
  }

  // --- what is shown ---

  get middle() {
    return (this.band.from + this.band.to) / 2;
  }

  /** True while frequencies are those of the air. */
  get radio() {
    return this.frame?.kind === 'iq';
  }

  get floor() {
    return this.frame?.figures.floor ?? this.auto.low + 8;
  }

  showConnection(state) {
    const { connection } = this.parts;
    connection.dataset.state = state;
    this.parts.connectionWords.textContent = connection.title = this.texts.get(`connection.${state}`);
    this.connection = state;
    if (state !== 'open') this.showState();
  }

  showState() {
    const { parts, state, texts, frame } = this;
    const { scopes = [], scope } = this.scopes ?? {};
    parts.scopesField.hidden = scopes.length < 2;
    fillSelect(parts.scopes, scopes.map(({ id, title }) => [id, title]), scope ?? undefined);
    const streams = state.streams.map(({ stream, kind, rate, center }) => [stream, this.streamWords(stream, kind, rate, center)]);
    fillSelect(parts.streams, streams, state.watching ?? undefined);
    parts.streams.disabled = streams.length === 0;
    const empty = !frame;
    parts.empty.hidden = !empty;
    const why = this.connection !== 'open' ? 'empty.connection' : scope === null ? 'empty.scope' : streams.length === 0 ? 'empty.stream' : 'empty.frame';
    if (empty) parts.empty.textContent = texts.get(why);
    parts.main.hidden = empty;
    parts.figures.hidden = empty;
    this.element.dataset.kind = frame?.kind ?? '';
    parts.band.hidden = !frame?.mean;
    parts.symbols.hidden = !frame?.values && !(frame?.kind === 'symbols');
    parts.constellation.parentElement.hidden = frame?.kind === 'audio';
    for (const tool of [parts.toggle, parts.tune]) tool.hidden = !this.mayControl || frame?.kind !== 'iq';
    this.readout.channels(this.radio ? state.channels : [], {
      mayControl: this.mayControl,
      go: ({ frequency }) => {
        if (frequency < this.band.low || frequency > this.band.high) return;
        this.pin(frequency);
        this.parts.spectrum.focus({ preventScroll: true });
      },
      close: (channel) => this.closeChannel(channel),
    });
  }

  streamWords(name, kind, rate, center) {
    const { texts } = this;
    const width = rate >= 1e6 ? `${texts.number(rate / 1e6, 1)} MS/s` : `${texts.number(rate / 1e3, rate % 1000 ? 1 : 0)} kS/s`;
    // A source without a name has its node's id in the stream's, which tells a person nothing.
    const plain = name.replace(/ \((audio|symbols)\)$/, '').replace(/^sdr-[\da-f]{16}(?![\w.-])/, 'sdr');
    if (kind === 'symbols') return `${plain} · ${texts.get('kind.symbols')}`;
    if (kind === 'audio') return `${plain} · ${texts.get('kind.audio')}, ${width}`;
    return `${plain} · ${center > 0 ? `${texts.megahertz(center)}, ` : ''}${width}`;
  }

  say(text) {
    this.parts.note.textContent = text;
    clearTimeout(this.noteTimer);
    this.noteTimer = setTimeout(() => {
      this.parts.note.textContent = '';
    }, 6000);
  }

  redraw() {
    if (this.drawing || this.hidden) return;
    this.drawing = requestAnimationFrame(() => {
      this.drawing = 0;
      this.draw();
    });
  }

  draw() {
    const { values } = this.display;
    const range = values.auto || Number.isNaN(this.auto.low)
      ? { low: Number.isNaN(this.auto.low) ? -120 : this.auto.low, high: Number.isNaN(this.auto.high) ? 0 : this.auto.high }
      : { low: values.high - values.span, high: values.high };
    const cursor = this.hovered ?? this.pinned;
    const scene = {
      theme: this.theme,
      texts: this.texts,
      band: this.band,
      range,
      shades: this.shades(range),
      palette: values.palette === 'auto' ? usualPalette(this.theme.dark) : values.palette,
      average: this.average.shown,
      peak: values.peaks ? this.peaks.shown : null,
      floor: this.frame?.figures.floor,
      channels: this.radio ? this.state.channels : [],
      radio: this.radio && this.band.high > 1e6,
      cursor,
    };
    if (!this.parts.band.hidden) {
      this.spectrum.draw(scene);
      this.waterfall.draw(scene);
    }
    if (!this.parts.symbols.hidden) this.symbols.draw(scene);
    this.showCursor(cursor, scene);
    const channel = this.channelAt(this.pinned);
    const closes = channel?.mine && channel.state !== 'refused';
    this.parts.toggle.disabled = this.pinned === null || (channel && !channel.mine && channel.state !== 'refused');
    this.parts.tune.disabled = this.pinned === null;
    const words = this.texts.get(closes ? 'button.close' : 'button.open');
    if (this.parts.toggle.title !== words) {
      this.parts.toggle.title = words;
      this.parts.toggle.querySelector('.scope-words').textContent = words;
      this.parts.toggle.querySelector('.scope-sign').textContent = closes ? '⊖' : '⊕';
    }
  }

  /** The range of the waterfall's colours: noise should be near its beginning, so that signals stand out. */
  shades({ low, high }) {
    const floor = this.display.values.auto ? this.frame?.figures.floor : undefined;
    return floor === undefined ? { low, high } : { low: 2 * Math.round(floor / 2) - 4, high: Math.max(high - 5, low + 30) };
  }

  showCursor(frequency, { average, radio }) {
    if (frequency === null || !average) {
      this.readout.cursor(null);
      return;
    }
    const level = average[Math.round(this.band.binOf(frequency))];
    this.readout.cursor({
      band: this.band,
      frequency,
      level,
      floor: this.frame?.figures.floor,
      channel: this.channelAt(frequency),
      radio,
    });
    const { cursor } = this.parts;
    const { left, width } = this.spectrum.inner;
    const x = left + this.band.placeOf(frequency) * width;
    const size = cursor.offsetWidth;
    const right = x + 8 + size <= left + width;
    cursor.style.left = `${Math.max(left + 2, right ? x + 8 : Math.min(x - 8 - size, left + width - size))}px`;
  }
}
