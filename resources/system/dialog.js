/** The tables in the dialog of a radio system, each on its tab. */
(function (global) {
  'use strict';
  const system = (global.trunkflowSystem ??= {});
  if (system.openTables) return;

  /**
   * Makes the tables of a dialog.
   * @returns {{ save(): boolean, resize(): void }}
   */
  function openTables(node, text) {
    const form = document.querySelector('.trunkflow-system');
    const editors = {};
    for (const host of form.querySelectorAll('[data-table]'))
      editors[host.dataset.table] = new system.TableEditor(host.dataset.table, host, node, text);
    const tabs = [...form.querySelectorAll('[role="tab"]')];
    const choose = (tab) => {
      for (const one of tabs) {
        const chosen = one === tab;
        one.setAttribute('aria-selected', String(chosen));
        one.tabIndex = chosen ? 0 : -1;
        form.querySelector(`#${one.getAttribute('aria-controls')}`).hidden = !chosen;
      }
      editors[tab.dataset.tab]?.open();
    };
    tabs.forEach((tab, index) => {
      tab.addEventListener('click', () => choose(tab));
      tab.addEventListener('keydown', (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        const next = tabs[(index + step + tabs.length) % tabs.length];
        next.focus();
        choose(next);
      });
    });
    choose(tabs[0]);
    return {
      save: () => Object.values(editors).map((editor) => editor.save()).some(Boolean),
      resize: () => Object.values(editors).forEach((editor) => editor.fit()),
    };
  }

  system.openTables = openTables;
})(window);
