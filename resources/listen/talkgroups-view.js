import { hueOf } from './calls.js';
import { $, icon, make } from './dom.js';
import { keyOf } from './listening-rules.js';

/** Talkgroups shown of one list at once. */
const MOST = 300;

/** Choosing what to hear: everything, systems, groups, tags, and talkgroups one by one. */
export class TalkgroupsView {
  /** @param {{changed(): void}} actions what happens when the selection has changed */
  constructor(texts, names, talkgroups, selection, actions) {
    Object.assign(this, { texts, names, talkgroups, selection, actions });
    this.open = new Set();
    /** What brings each switch up to date, without making it anew. */
    this.updates = [];
    $('talkgroups-on').addEventListener('click', () => this.change(() => selection.setAll(true)));
    $('talkgroups-off').addEventListener('click', () => this.change(() => selection.setAll(false)));
    $('talkgroups-filter').addEventListener('input', () => this.build());
    talkgroups.addEventListener('changed', () => {
      cancelAnimationFrame(this.frame);
      this.frame = requestAnimationFrame(() => this.build());
    });
  }

  change(what) {
    what();
    this.update();
    this.actions.changed();
  }

  build() {
    this.updates = [];
    const rows = this.talkgroups.list();
    const words = $('talkgroups-filter').value.trim().toLowerCase();
    const groups = words ? [] : [this.chips('group', rows), this.chips('tag', rows)];
    $('talkgroups-groups').replaceChildren(...groups.filter(Boolean));
    const found = words ? rows.filter((row) => matches(row, words)) : rows;
    const systems = this.talkgroups.by('system', found);
    $('talkgroups-list').replaceChildren(...systems.map(([system, list]) => this.system(system, list, words !== '')));
    this.updates.push(() => {
      const chosen = this.selection.count(rows);
      $('talkgroups-count').textContent =
        rows.length === 0 ? this.texts.get('talkgroups.none') : this.texts.get('talkgroups.count', { chosen, count: rows.length });
    });
    if (words && found.length === 0)
      $('talkgroups-list').append(make('p', { class: 'quiet', text: this.texts.get('talkgroups.notFound') }));
    this.update();
  }

  update() {
    for (const update of this.updates) update();
  }

  /** All groups, or all tags, as switches for whatever belongs to them in any system. */
  chips(field, rows) {
    const named = this.talkgroups.by(field, rows).filter(([name]) => name !== '');
    if (named.length < 2) return null;
    const box = make('div', { class: 'tri-list' });
    for (const [name, list] of named) {
      const lamp = make('span', { class: 'lamp', 'aria-hidden': 'true' });
      const button = make('button', { type: 'button', class: 'tri' }, lamp, make('span', { text: name }));
      button.style.setProperty('--hue', String(hueOf(list[0])));
      this.tri(button, list, (on) => this.selection.set(list, on));
      box.append(button);
    }
    return make('fieldset', {}, make('legend', { text: this.texts.get(`talkgroups.by.${field}`) }), box);
  }

  system(system, rows, filtered) {
    const box = make('section', { class: 'system' });
    const button = make('button', { type: 'button', class: 'tri title' }, make('span', { text: system }));
    const all = this.talkgroups.list().filter((row) => row.system === system);
    this.tri(button, all, (on) => this.selection.setSystem(system, on));
    box.append(button);
    for (const [group, list] of this.talkgroups.by('group', rows)) box.append(this.group(system, group, list, filtered));
    return box;
  }

  group(system, group, rows, filtered) {
    const name = group || this.texts.get('talkgroups.noGroup');
    const key = `${system}\n${group}`;
    const list = make('ul', { class: 'talkgroup-list' });
    const count = make('span', { class: 'quiet count' });
    const toggle = make('button', { type: 'button', class: 'tri' }, make('span', { text: name }), count);
    this.tri(toggle, rows, (on) => this.selection.set(rows, on));
    this.updates.push(() => (count.textContent = `${this.selection.count(rows)}/${rows.length}`));
    const opener = make('button', { type: 'button', class: 'icon-button opener', 'aria-label': this.texts.get('talkgroups.open', { name }) }, icon('open'));
    const show = (open) => {
      opener.setAttribute('aria-expanded', String(open));
      list.hidden = !open;
      if (open && list.children.length === 0) this.fill(list, rows);
    };
    opener.addEventListener('click', () => {
      const open = list.hidden;
      if (open) this.open.add(key);
      else this.open.delete(key);
      show(open);
    });
    show(filtered || this.open.has(key));
    return make('div', { class: 'group' }, make('div', { class: 'group-head' }, opener, toggle), list);
  }

  /** Only what is opened is made: a system may have thousands. */
  fill(list, rows) {
    for (const row of rows.slice(0, MOST)) list.append(this.talkgroup(row));
    if (rows.length <= MOST) return;
    const more = this.texts.get('talkgroups.more', { count: rows.length - MOST });
    list.append(make('li', { class: 'quiet', text: more }));
  }

  talkgroup(row) {
    const { texts, names } = this;
    const name = names.name({ ...row, talkgroup_alpha_tag: row.name, freq: row.channel ? row.talkgroup : 0, label: row.system });
    const about = [row.channel ? '' : row.talkgroup, row.description, row.tag].filter(Boolean).join(' · ');
    const silent = row.listen === false;
    const button = make(
      'button',
      { type: 'button', role: 'switch', class: 'talkgroup', disabled: silent, 'data-key': keyOf(row) },
      make('span', { class: 'lamp', 'aria-hidden': 'true' }),
      make('strong', { text: name }),
      make('span', { class: 'quiet', text: silent ? texts.get('reason.listen_off') : about }),
    );
    button.style.setProperty('--hue', String(hueOf(row)));
    button.addEventListener('click', () => this.change(() => this.selection.set([row], !this.selection.has(row))));
    const update = () => button.setAttribute('aria-checked', String(!silent && this.selection.has(row)));
    this.updates.push(update);
    update();
    return make('li', {}, button);
  }

  /** A button that shows whether all, some or none of the rows are on, and switches them all. */
  tri(button, rows, set) {
    button.setAttribute('role', 'checkbox');
    const update = () => {
      const state = this.selection.state(rows);
      button.setAttribute('aria-checked', { on: 'true', off: 'false', some: 'mixed' }[state]);
    };
    button.addEventListener('click', () => this.change(() => set(this.selection.state(rows) !== 'on')));
    this.updates.push(update);
    update();
  }
}

function matches(row, words) {
  const text = `${row.talkgroup} ${row.name} ${row.description} ${row.group} ${row.tag} ${row.system}`.toLowerCase();
  return words.split(/\s+/).every((word) => text.includes(word));
}
