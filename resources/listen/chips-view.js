import { $, icon, make } from './dom.js';

/** What is held and avoided, with the time that is left; pressing one ends it. */
export class ChipsView {
  /** @param {{changed(): void}} actions */
  constructor(texts, talkgroups, rules, actions) {
    Object.assign(this, { texts, talkgroups, rules, actions });
    this.shown = '';
  }

  render() {
    const { rules, texts } = this;
    const chips = [];
    const { hold } = rules;
    if (hold) {
      const name = hold.talkgroup === undefined ? hold.system : this.name(hold);
      chips.push({ kind: 'hold', text: texts.get('chips.held', { name }), end: () => (rules.hold = null) });
    }
    for (const avoided of rules.avoiding()) {
      const name = this.name(avoided);
      const text =
        avoided.until === null
          ? texts.get('chips.avoided', { name })
          : texts.get('chips.avoidedFor', { name, time: this.left(avoided.until) });
      chips.push({ kind: 'avoid', text, end: () => rules.lift(avoided) });
    }
    const key = JSON.stringify(chips.map(({ text }) => text));
    if (key === this.shown) return;
    this.shown = key;
    const focused = [...$('chips').querySelectorAll('button')].indexOf(document.activeElement);
    $('chips').replaceChildren(...chips.map((chip) => this.chip(chip)));
    if (focused >= 0) $('chips').querySelectorAll('button')[focused]?.focus();
  }

  chip({ kind, text, end }) {
    const button = make('button', { type: 'button', class: `chip ${kind}`, title: this.texts.get('chips.end') });
    button.append(icon(kind), make('span', { text }), icon('close'));
    button.addEventListener('click', () => {
      end();
      this.actions.changed();
    });
    return make('li', {}, button);
  }

  /** Minutes and seconds until a time. */
  left(until) {
    const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    const hours = Math.floor(seconds / 3600);
    const minutes = Math.floor(seconds / 60) % 60;
    const parts = [hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}` : String(minutes)];
    return `${parts[0]}:${String(seconds % 60).padStart(2, '0')}`;
  }

  name(ref) {
    const row = this.talkgroups.get(ref);
    if (row?.name) return row.name;
    // A channel without calls is known by its frequency.
    if (row?.channel && ref.talkgroup > 0) return this.texts.megahertz(ref.talkgroup);
    return this.texts.get('talkgroup.number', { number: ref.talkgroup });
  }
}
