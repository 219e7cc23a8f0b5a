import { $ } from './dom.js';

/** Which part of the page is looked at: on a small screen one of three, on a large one the live part and one of two. */
export class Views {
  /** @param {import('./stored.js').Stored} stored @param {{shown(view: string): void}} actions */
  constructor(stored, actions) {
    this.actions = actions;
    this.stored = stored;
    this.tabs = [...$('tabs').children];
    for (const tab of this.tabs) tab.addEventListener('click', () => this.show(tab.dataset.view));
    $('tabs').addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const visible = this.tabs.filter((tab) => tab.offsetParent !== null);
      const next = visible[(visible.indexOf(event.target) + step + visible.length) % visible.length];
      next?.focus();
      next?.click();
    });
    $('mini').addEventListener('click', () => this.show('live'));
    document.body.dataset.side = stored.get('side', 'talkgroups');
    this.show('live');
  }

  show(view) {
    document.body.dataset.view = view;
    if (view !== 'live') {
      document.body.dataset.side = view;
      this.stored.set('side', view);
    }
    for (const tab of this.tabs) {
      const chosen = tab.dataset.view === view || (view === 'live' && tab.dataset.view === document.body.dataset.side);
      tab.setAttribute('aria-selected', String(tab.dataset.view === view));
      tab.classList.toggle('beside', chosen);
    }
    this.actions.shown(document.body.dataset.side);
  }
}
