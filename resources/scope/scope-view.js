import { actionsOf } from './actions.js';
import { Display } from './controls.js';
import { Cursor } from './cursor.js';
import { readFrame } from './frame.js';
import { Layout } from './layout.js';
import { buildScope } from './markup.js';
import { Picture } from './picture.js';
import { PointerInput } from './pointer.js';
import { Readout } from './readout.js';
import { Signal } from './signal.js';
import { LEFT } from './spectrum-plot.js';

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
    this.layout = new Layout(element, this.parts, texts);
    this.display = new Display(texts);
    this.display.build(this.parts.display);

    this.state = { streams: [], channels: [], watching: null };
    this.mayControl = false;
    this.raster = 0;
    this.paused = false;
    /** The element is out of sight, the whole page is. */
    this.away = { element: false, page: false };

    const channels = () => this.state.channels;
    const { display, readout } = this;
    const signal = new Signal(display.values.averaging);
    const cursor = new Cursor(signal, channels, () => this.picture.spectrum.inner.width);
    this.signal = signal;
    this.cursor = cursor;
    this.picture = new Picture(this.parts, { texts, signal, cursor, display, readout }, channels);
    this.setTheme(element.dataset.theme === 'dark');
    this.listen();
    this.readout.figures(null);
    this.showState();
  }

  /** @param {boolean} dark */
  setTheme(dark) {
    this.element.dataset.theme = dark ? 'dark' : 'light';
    this.picture.setTheme(this.element);
  }

  get hidden() {
    return this.away.element || this.away.page;
  }

  /** Nothing is computed for a view that nobody can see. @param {'element' | 'page'} what @param {boolean} away */
  setAway(what, away) {
    const { hidden } = this;
    this.away[what] = away;
    if (this.hidden === hidden) return;
    this.picture.hidden = this.hidden;
    this.tellPause();
    this.picture.redraw();
  }

  close() {
    this.picture.close();
    this.observer.disconnect();
    this.parts.root.remove();
  }

  listen() {
    const { parts, link, cursor } = this;
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
    parts.toggle.addEventListener('click', () => this.toggleAt(cursor.pinned));
    parts.tune.addEventListener('click', () => this.tuneTo(cursor.pinned));
    this.display.addEventListener('change', () => {
      this.signal.average.seconds = this.display.values.averaging;
      this.picture.redraw();
    });
    this.pointer = new PointerInput([parts.spectrum, parts.waterfall], parts.spectrum, LEFT, actionsOf(this));
    this.observer = new IntersectionObserver((entries) => this.setAway('element', !entries.at(-1).isIntersecting));
    this.observer.observe(this.element);
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
    this.picture.redraw();
  }

  show(frame) {
    if (this.paused) return;
    const { signal } = this;
    if (signal.isOther(frame)) this.fresh();
    const isMoved = signal.push(frame);
    if (isMoved) this.cursor.stayInside();
    if (frame.mean) this.display.follow(signal.auto);
    this.picture.push(frame, isMoved);
    this.showState();
    this.readout.figures(frame);
    this.picture.redraw();
  }

  /** Another stream: nothing of the last one stays. */
  fresh() {
    this.signal.clear();
    this.cursor.clear();
    this.picture.clear();
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
    const { band } = this.signal;
    if (band.bins === 0) return;
    band.zoom(factor, this.cursor.place);
    this.picture.redraw();
  }

  showWhole() {
    this.signal.band.whole();
    this.picture.redraw();
  }

  resetPeaks() {
    this.signal.resetPeaks();
    this.picture.redraw();
  }

  /** Opens a channel at a frequency, or closes the one there if it was opened here. */
  toggleAt(frequency) {
    if (frequency === null || !this.mayControl || !this.signal.radio) return;
    const channel = this.cursor.channelAt(frequency);
    if (!channel || channel.state === 'refused') {
      const rounded = this.raster > 0 ? Math.round(frequency / this.raster) * this.raster : frequency;
      this.cursor.pinned = rounded;
      this.send({ type: 'open', frequency });
      this.say(this.texts.get('note.open', { frequency: this.texts.megahertz(rounded) }));
    } else if (channel.mine) this.closeChannel(channel);
    else this.say(this.texts.get('note.notMine', { name: channel.id }));
    this.picture.redraw();
  }

  closeChannel({ id }) {
    this.send({ type: 'close', id });
    this.say(this.texts.get('note.close', { name: id }));
  }

  tuneTo(frequency) {
    if (frequency === null || !this.mayControl || !this.signal.radio) return;
    this.send({ type: 'tune', frequency });
    this.say(this.texts.get('note.tune', { frequency: this.texts.megahertz(frequency) }));
  }

  // --- what is shown ---

  showConnection(state) {
    this.layout.connection(state);
    this.connection = state;
    if (state !== 'open') this.showState();
  }

  showState() {
    const { state, mayControl } = this;
    const { frame, radio } = this.signal;
    this.layout.choices(this.scopes, state);
    this.layout.frame(frame, mayControl, this.whyEmpty());
    this.readout.channels(radio ? state.channels : [], {
      mayControl,
      go: ({ frequency }) => {
        const { low, high } = this.signal.band;
        if (frequency < low || frequency > high) return;
        this.cursor.pin(frequency);
        this.picture.redraw();
        this.parts.spectrum.focus({ preventScroll: true });
      },
      close: (channel) => this.closeChannel(channel),
    });
  }

  /** The text for the place of a frame. */
  whyEmpty() {
    if (this.connection !== 'open') return 'empty.connection';
    if (this.scopes?.scope === null) return 'empty.scope';
    return this.state.streams.length === 0 ? 'empty.stream' : 'empty.frame';
  }

  say(text) {
    this.parts.note.textContent = text;
    clearTimeout(this.noteTimer);
    this.noteTimer = setTimeout(() => {
      this.parts.note.textContent = '';
    }, 6000);
  }
}
