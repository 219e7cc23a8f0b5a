import { field, make, select } from './markup.js';
import { PALETTES } from './colours.js';

const STORE = 'trunkflow-scope';
const USUAL = { averaging: 0.5, peaks: true, auto: true, high: -20, span: 80, palette: 'auto' };

/** How the viewer wants things to look; kept in the browser where it lets us. */
export class Display extends EventTarget {
  constructor(texts) {
    super();
    this.values = { ...USUAL, ...stored() };
    this.texts = texts;
  }

  /** Puts the fields into an element. */
  build(element) {
    const { texts } = this;
    const seconds = (value) => texts.get('value.seconds', { seconds: texts.number(value, value % 1 ? 1 : 0) });
    const averaging = select(
      [['0', texts.get('value.off')], ...[0.5, 2, 8].map((value) => [String(value), seconds(value)])],
      String(this.values.averaging),
    );
    const palette = select(
      [['auto', texts.get('value.auto')], ...PALETTES.map((name) => [name, texts.get(`palette.${name}`)])],
      this.values.palette,
    );
    this.high = make('input', { type: 'range', min: -120, max: 20, step: 5, value: this.values.high });
    this.span = make('input', { type: 'range', min: 20, max: 140, step: 5, value: this.values.span });
    averaging.addEventListener('change', () => this.set({ averaging: Number(averaging.value) }));
    palette.addEventListener('change', () => this.set({ palette: palette.value }));
    this.high.addEventListener('input', () => this.set({ high: Number(this.high.value), auto: false }));
    this.span.addEventListener('input', () => this.set({ span: Number(this.span.value), auto: false }));
    this.auto = this.check('auto', 'label.auto');
    element.append(
      field('scope-averaging', texts.get('label.averaging'), averaging),
      this.check('peaks', 'label.peaks').parentElement,
      this.auto.parentElement,
      field('scope-high', texts.get('label.high'), this.high),
      field('scope-span', texts.get('label.span'), this.span),
      field('scope-palette', texts.get('label.palette'), palette),
    );
    this.show();
  }

  check(name, key) {
    const box = make('input', { type: 'checkbox' });
    box.checked = this.values[name];
    box.addEventListener('change', () => this.set({ [name]: box.checked }));
    make('label', { class: 'scope-check' }, box, ` ${this.texts.get(key)}`);
    return box;
  }

  /** Shows what the range is while it is found by itself. */
  follow({ low, high }) {
    if (!this.values.auto || !this.high || document.activeElement === this.high) return;
    this.high.value = String(high);
    this.span.value = String(high - low);
    this.show();
  }

  set(values) {
    // A range taken over by hand begins where it was.
    if (this.values.auto && values.auto === false)
      Object.assign(this.values, { high: Number(this.high.value), span: Number(this.span.value) });
    Object.assign(this.values, values);
    this.auto.checked = this.values.auto;
    store(this.values);
    this.show();
    this.dispatchEvent(new Event('change'));
  }

  show() {
    const decibels = (value) => this.texts.get('value.decibels', { value: this.texts.number(Number(value)) });
    this.high.setAttribute('aria-valuetext', decibels(this.high.value));
    this.span.setAttribute('aria-valuetext', decibels(this.span.value));
    this.high.title = decibels(this.high.value);
    this.span.title = decibels(this.span.value);
  }
}

function stored() {
  try {
    const { averaging, peaks, auto, high, span, palette } = JSON.parse(localStorage.getItem(STORE) ?? '{}');
    const values = {};
    if ([0, 0.5, 2, 8].includes(averaging)) values.averaging = averaging;
    if (typeof peaks === 'boolean') values.peaks = peaks;
    if (typeof auto === 'boolean') values.auto = auto;
    if (high >= -120 && high <= 20) values.high = high;
    if (span >= 20 && span <= 140) values.span = span;
    if (palette === 'auto' || PALETTES.includes(palette)) values.palette = palette;
    return values;
  } catch {
    return {};
  }
}

function store(values) {
  try {
    localStorage.setItem(STORE, JSON.stringify(values));
  } catch {
    // A page in a frame may have no store; then everything lasts as long as the page.
  }
}
