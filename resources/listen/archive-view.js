import { $, iconButton, make } from './dom.js';
import { callRow } from './history-view.js';

const FIELDS = ['text', 'system', 'group', 'tag', 'talkgroup', 'unit', 'from', 'to'];

/** Searching the archive, and what was found. */
export class ArchiveView {
  constructor(texts, names, archive, talkgroups) {
    Object.assign(this, { texts, names, archive, talkgroups });
    /** Recordings may be saved. */
    this.download = false;
    this.searched = false;
    const form = $('search');
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.search();
    });
    form.addEventListener('reset', () => setTimeout(() => this.search()));
    form.addEventListener('change', ({ target }) => target.id !== 'search-text' && this.search());
    $('search-more').addEventListener('click', () => {
      const open = $('search-more').getAttribute('aria-expanded') !== 'true';
      $('search-more').setAttribute('aria-expanded', String(open));
      form.classList.toggle('open', open);
    });
    $('older').addEventListener('click', () => archive.older());
    $('newer').addEventListener('click', () => archive.newer());
    archive.addEventListener('found', () => this.render());
    archive.addEventListener('playing', () => this.mark());
    talkgroups.addEventListener('changed', () => this.fillChoices());
  }

  /** The first look at the archive searches for everything. */
  show() {
    if (!this.searched) this.search();
  }

  search() {
    this.searched = true;
    const query = this.query();
    if (query) return this.archive.search(query);
    this.note('archive.badNumber');
  }

  /** What the form asks for; undefined when a number is none. */
  query() {
    const form = $('search').elements;
    const query = {};
    for (const name of FIELDS) {
      const value = form[name].value.trim();
      if (value === '') continue;
      if (name === 'from' || name === 'to') query[name] = new Date(value).getTime() + (name === 'to' ? 59_999 : 0);
      else if (name === 'talkgroup' || name === 'unit') {
        if (!/^\d+$/.test(value)) return undefined;
        query[name] = Number(value);
      } else query[name] = value;
    }
    if (form.recorded.checked) query.recorded = true;
    return query;
  }

  render() {
    const { archive, texts } = this;
    $('archive').setAttribute('aria-busy', String(archive.busy));
    if (archive.busy) return;
    this.buttons = new Map();
    $('archive').classList.toggle('downloads', this.download);
    $('archive-list').replaceChildren(...archive.calls.map((found) => this.row(found)));
    $('archive-pages').hidden = archive.page === 1 && !archive.next;
    $('newer').disabled = archive.page === 1;
    $('older').disabled = !archive.next;
    $('page-number').textContent = texts.get('archive.page', { page: archive.page });
    if (archive.calls.length === 0) this.note('archive.nothing');
    else $('archive-note').textContent = '';
    this.mark();
  }

  note(key) {
    $('archive-note').textContent = this.texts.get(key);
  }

  row(found) {
    const { names, texts } = this;
    const { call, units, length, playable } = found;
    const talked = [...new Set(units.filter(({ unit }) => unit > 0).map(({ unit, name }) => name || String(unit)))];
    const note = playable ? '' : this.names.reason(found.reason ?? 'not_recorded');
    const row = callRow({ ...call, unit: -1 }, names, texts, {
      time: names.shortTime(call),
      title: names.dateAndTime(call),
      length,
      note: [call.sys_name, talked.slice(0, 3).join(', '), note].filter(Boolean).join(' · '),
    });
    if (found.transcript) row.append(make('q', { class: 'transcript', text: found.transcript }));
    const item = make('li', { class: 'found' });
    if (!playable) {
      row.classList.add('unheard');
      item.append(row);
      return item;
    }
    const label = texts.get('history.playCall', { name: names.name(call), time: names.dateAndTime(call) });
    const button = make('button', { type: 'button', class: 'call-button', 'aria-label': label }, row);
    button.addEventListener('click', () => {
      if (this.archive.playing?.id === found.id) this.archive.toggle();
      else void this.archive.play(found);
    });
    this.buttons.set(found.id, button);
    item.append(button);
    if (this.download) item.append(this.saver(found));
    return item;
  }

  saver({ id }) {
    const label = this.texts.get('archive.download');
    const link = make('a', { href: `${this.archive.address(id)}?download`, download: true, 'aria-label': label, title: label });
    link.className = 'icon-button';
    link.append(...iconButton('download', label).childNodes);
    return link;
  }

  /** Marks the call that plays. */
  mark() {
    for (const [id, button] of this.buttons ?? []) {
      const plays = this.archive.playing?.id === id;
      button.classList.toggle('playing', plays);
      if (plays) button.setAttribute('aria-current', 'true');
      else button.removeAttribute('aria-current');
    }
  }

  fillChoices() {
    const form = $('search').elements;
    const rows = this.talkgroups.list();
    for (const field of ['system', 'group', 'tag']) {
      const select = form[field];
      const chosen = select.value;
      const names = this.talkgroups.by(field, rows).map(([name]) => name);
      const options = names.filter(Boolean).map((name) => make('option', { value: name, text: name }));
      select.replaceChildren(make('option', { value: '', text: this.texts.get('archive.any') }), ...options);
      select.value = names.includes(chosen) ? chosen : '';
    }
    const known = rows.filter((row) => !row.channel).slice(0, 2000);
    $('known-talkgroups').replaceChildren(
      ...known.map(({ talkgroup, name, system }) => make('option', { value: talkgroup, text: `${name} (${system})` })),
    );
  }
}
