import { hueOf } from './calls.js';
import { $, icon, make } from './dom.js';

const SHOWN = 50;

/** A call as a row of a list: lamp, time, name, unit, marks, length. */
export function callRow(call, names, texts, { time, title, note, length = call.length }) {
  const row = make('div', { class: 'call' });
  row.style.setProperty('--hue', String(hueOf(call)));
  if (call.emergency) row.classList.add('emergency');
  if (call.alert) row.classList.add('alert');
  const marks = ['emergency', 'encrypted', 'alert'].filter((mark) => call[mark]);
  const name = make('strong', { text: names.name(call) });
  const about = [names.shortUnit(call), note].filter(Boolean).join(' · ');
  row.append(
    make('span', { class: 'lamp', 'aria-hidden': 'true' }),
    make('span', { class: 'call-name' }, name, ...marks.map((mark) => marked(mark, texts))),
    make('span', { class: 'call-about', text: about }),
    make('time', { text: time, title }),
    make('span', { class: 'call-length', text: length > 0 ? names.length(length) : '' }),
  );
  return row;
}

function marked(kind, texts) {
  const text = texts.get(`mark.${kind}`);
  return make('span', { class: `sign ${kind}`, role: 'img', 'aria-label': text, title: text }, icon(kind));
}

/** The last calls, also those that were not heard, and why. */
export class HistoryView {
  /** @param {(call: object) => void} play what happens when a call is pressed */
  constructor(texts, names, play) {
    Object.assign(this, { texts, names, play });
    this.calls = new Map();
  }

  /** @param {object[]} calls the newest first */
  reset(calls) {
    this.calls.clear();
    $('history-list').replaceChildren();
    for (const call of calls.slice().reverse()) this.add(call);
    this.showNone();
  }

  add(call) {
    const before = this.calls.get(call.id);
    const row = make('li', {}, this.row(call));
    if (before) before.replaceWith(row);
    else $('history-list').prepend(row);
    this.calls.set(call.id, row);
    for (const [id, oldest] of this.calls) {
      if (this.calls.size <= SHOWN) break;
      oldest.remove();
      this.calls.delete(id);
    }
    this.showNone();
  }

  row(call) {
    const { names, texts } = this;
    const row = callRow(call, names, texts, { time: names.time(call), note: this.note(call) });
    if (call.state === 'not_followed') row.classList.add('unheard');
    if (call.listen === false) row.classList.add('unheard');
    if (call.state === 'not_followed' || call.encrypted) return row;
    const button = make('button', {
      type: 'button',
      class: 'call-button',
      title: texts.get('history.play'),
      'aria-label': texts.get('history.playCall', { name: names.name(call), time: names.time(call) }),
    });
    button.addEventListener('click', () => this.play(call));
    button.append(row);
    return button;
  }

  /** Why it was not heard. */
  note(call) {
    if (call.state === 'not_followed') return this.names.reason(call.reason);
    return call.listen === false ? this.texts.get('reason.listen_off') : '';
  }

  showNone() {
    $('history-none').hidden = this.calls.size > 0;
  }
}
