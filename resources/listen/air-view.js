import { hueOf } from './calls.js';
import { $, make } from './dom.js';

/** Who is on the air, and why one hears another or none. */
export class AirView {
  constructor(texts, names, feed, rules) {
    Object.assign(this, { texts, names, feed, rules });
    this.shown = '';
  }

  render() {
    const { feed } = this;
    const playing = feed.current && !feed.current.replayed ? feed.current.about.n : undefined;
    const others = [...feed.onAir.values()].filter(({ n }) => n !== playing).slice(0, 12);
    const waiting = new Set(feed.queue.waiting.map(({ about }) => about.n));
    const rows = others.map((about) => ({ about, why: this.why(about, waiting) }));
    const key = JSON.stringify(rows.map(({ about, why }) => [about.n, this.names.name(about.call), why]));
    if (key === this.shown) return;
    this.shown = key;
    $('air').hidden = rows.length === 0;
    $('air-list').replaceChildren(
      ...rows.map(({ about, why }) => {
        const item = make('li', {}, make('span', { class: 'lamp', 'aria-hidden': 'true' }));
        item.style.setProperty('--hue', String(hueOf(about.call)));
        item.append(make('strong', { text: this.names.name(about.call) }), make('span', { class: 'quiet', text: why }));
        return item;
      }),
    );
  }

  why(about, waiting) {
    const { feed, texts, rules } = this;
    const refusal = rules.refusal(about.call);
    if (refusal) return this.names.reason(refusal);
    if (!feed.on) return '';
    return waiting.has(about.n) ? texts.get('air.waiting') : '';
  }
}
