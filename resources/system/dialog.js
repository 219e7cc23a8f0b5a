/** The tables in the dialog of a radio system: shown, searched, edited, imported and downloaded. */
(function (global) {
  'use strict';
  const system = (global.trunkflowSystem ??= {});
  if (system.openTables) return;

  /** Where each table is in the configuration. */
  const PLACES = {
    talkgroups: { where: 'talkgroupsIn', file: 'talkgroups', text: 'talkgroups' },
    units: { where: 'unitTagsIn', file: 'unitTags', text: 'unitTags' },
    channels: { where: 'channelsIn', file: 'channels', text: 'channels' },
    bandplan: { where: 'bandPlanIn', file: 'bandPlanFile' },
  };
  const MAX_BYTES = 20 * 1024 * 1024;

  function make(tag, classes, ...content) {
    const element = document.createElement(tag);
    element.className = classes;
    element.append(...content);
    return element;
  }

  function button(icon, label, click, classes = '') {
    const made = make('button', `red-ui-button red-ui-button-small ${classes}`, make('i', `fa ${icon}`), ' ', label);
    made.type = 'button';
    made.addEventListener('click', click);
    return made;
  }

  /** A button with an icon only. */
  function iconButton(icon, label, click) {
    const made = button(icon, '', click, 'trunkflow-icon-button');
    made.title = label;
    made.setAttribute('aria-label', label);
    return made;
  }

  /** One table of the dialog. */
  class TableEditor {
    /**
     * @param {string} name of the table
     * @param {HTMLElement} host
     * @param node the radio system
     * @param {(name: string, values?: object) => string} text
     */
    constructor(name, host, node, text) {
      Object.assign(this, { name, node, text, rows: [], dirty: false, opened: false });
      this.place = PLACES[name];
      this.where = document.getElementById(`node-config-input-${this.place.where}`);
      this.path = host.parentElement.querySelector('.trunkflow-path');
      this.savedPath = this.isFile ? String(node[this.place.file] ?? '') : '';
      this.savedText = !this.isFile && this.place.text ? String(node[this.place.text] ?? '') : '';
      this.path.value = this.place.text ? this.savedPath : String(node[this.place.file] ?? '');
      this.where.addEventListener('change', () => this.placed());
      this.build(host);
      this.placed();
    }

    get isFile() {
      return this.where.value === 'file';
    }

    build(host) {
      const { text } = this;
      this.host = host;
      host.classList.add('trunkflow-editor');
      this.search = make('input', 'trunkflow-search');
      Object.assign(this.search, { type: 'search', placeholder: text('search') });
      this.search.setAttribute('aria-label', text('search'));
      let typed;
      this.search.addEventListener('input', () => {
        clearTimeout(typed);
        typed = setTimeout(() => this.grid.search(this.search.value), 80);
      });
      this.count = make('span', 'trunkflow-count');
      this.count.setAttribute('role', 'status');
      this.picker = make('input', 'trunkflow-hidden');
      Object.assign(this.picker, { type: 'file', tabIndex: -1 });
      this.picker.setAttribute('aria-label', text('import'));
      this.picker.addEventListener('change', () => {
        const [file] = this.picker.files;
        this.picker.value = '';
        if (file) this.import(file);
      });
      this.mode = make('select', 'trunkflow-mode', new Option(text('merge'), 'merge'), new Option(text('replace'), 'replace'));
      this.mode.setAttribute('aria-label', text('importMode'));
      this.pasted = make('textarea', 'trunkflow-pasted');
      Object.assign(this.pasted, { rows: 4, placeholder: text('pasteHere'), spellcheck: false, wrap: 'off' });
      this.pasted.setAttribute('aria-label', text('pasteHere'));
      this.paste = make(
        'div',
        'trunkflow-paste',
        this.pasted,
        button('fa-check', text('import'), () => this.import(new Blob([this.pasted.value])), 'primary'),
      );
      this.paste.hidden = true;
      this.tools = make(
        'div',
        'trunkflow-tools',
        this.search,
        this.count,
        iconButton('fa-plus', text('add'), () => this.grid.add(system.tables.blankRow(this.name, this.rows))),
        iconButton('fa-trash-o', text('remove'), () => this.grid.remove()),
        iconButton('fa-download', text('download'), () => this.download()),
        iconButton('fa-arrows-alt', text('enlarge'), () => this.enlarge()),
      );
      this.imports = make(
        'div',
        'trunkflow-tools',
        button('fa-upload', text('import'), () => this.picker.click(), 'trunkflow-import'),
        button('fa-clipboard', text('paste'), () => {
          this.paste.hidden = !this.paste.hidden;
          if (!this.paste.hidden) this.pasted.focus();
        }),
        this.mode,
        this.picker,
      );
      if (this.name === 'talkgroups') this.imports.append(this.bulk());
      this.message = make('div', 'trunkflow-message');
      this.message.setAttribute('role', 'status');
      this.report = make('details', 'trunkflow-report');
      this.report.hidden = true;
      this.report.addEventListener('toggle', () => this.fit());
      host.append(this.tools, this.imports, this.paste, this.message, this.report);
      if (this.name === 'talkgroups') {
        this.running = new system.Running(this.node, text, {
          rowOf: (talkgroup) => this.rows.find(({ id }) => id === talkgroup),
          changed: () => {
            this.grid.redraw();
            this.fit();
          },
        });
        host.append(this.running.panel);
      }
      this.grid = new system.Grid(host, {
        columns: system.tables.columnsOf(this.name, text, (row) => this.running?.noteOf(row)),
        label: text(this.name),
        empty: text('empty'),
        changed: () => {
          this.dirty = true;
          this.showCount();
        },
        shown: (count, of) => this.showCount(count, of),
      });
      host.addEventListener('dragover', (event) => {
        event.preventDefault();
        host.classList.add('trunkflow-drop');
      });
      host.addEventListener('dragleave', () => host.classList.remove('trunkflow-drop'));
      host.addEventListener('drop', (event) => {
        event.preventDefault();
        host.classList.remove('trunkflow-drop');
        const [file] = event.dataTransfer.files;
        if (file) this.import(file);
        else this.import(new Blob([event.dataTransfer.getData('text')]));
      });
      host.addEventListener('keydown', (event) => {
        if (event.key !== 'Escape' || !host.classList.contains('trunkflow-large')) return;
        event.stopPropagation();
        this.enlarge();
      });
    }

    /** Sets a flag in all rows that are shown. */
    bulk() {
      const { text } = this;
      const flag = make('select', 'trunkflow-flag', ...system.tables.FLAGS.map((name) => new Option(text(name), name)));
      flag.setAttribute('aria-label', text('allShown'));
      return make(
        'span',
        'trunkflow-bulk',
        make('span', '', text('allShown')),
        flag,
        button('fa-toggle-on', text('on'), () => this.grid.setShown(flag.value, true)),
        button('fa-toggle-off', text('off'), () => this.grid.setShown(flag.value, false)),
      );
    }

    showCount(count = this.grid.view.length, of = this.rows.length) {
      const format = (number) => number.toLocaleString();
      const shown = count === of ? format(of) : this.text('countOf', { count: format(count), of: format(of) });
      this.count.textContent = this.dirty ? `${shown} *` : shown;
      this.count.title = this.dirty ? this.text('unsaved') : '';
    }

    say(text, bad = false) {
      this.message.textContent = text;
      this.message.classList.toggle('trunkflow-bad', bad);
    }

    /** The table is to be kept in the flow, or in a file. */
    placed() {
      this.path.hidden = !this.isFile;
      // What was read from a file is written into the flow, or the other way round.
      if (this.opened) {
        this.dirty ||= !this.isFile && this.rows.length > 0;
        this.say(this.isFile && !this.isDeployedFile ? this.text('deployFirst') : '');
        this.showCount();
      }
    }

    get isDeployedFile() {
      return this.isFile && this.path.value.trim() !== '' && this.path.value === this.savedPath && this.wasFile;
    }

    /** Reads the table when it is first looked at. */
    async open() {
      this.fit();
      if (this.opened) return;
      this.opened = true;
      try {
        await this.read();
      } catch (error) {
        this.say(error.message, true);
      }
      this.running?.watch();
    }

    /** The table takes what is left of the dialog. */
    fit() {
      const { grid } = this.grid;
      if (!grid.offsetParent) return;
      const dialog = grid.closest('.red-ui-tray-body, .red-ui-editor, body').getBoundingClientRect();
      const room = dialog.bottom - grid.getBoundingClientRect().top - 24 - (this.host.nextElementSibling?.offsetHeight ?? 0);
      grid.style.height = this.host.classList.contains('trunkflow-large') ? '' : `${Math.max(200, room)}px`;
      this.grid.resize();
    }

    async read() {
      if (this.isFile) {
        if (this.path.value.trim() === '') return this.show([]);
        const answer = await system.ask(`trunkflow/systems/${encodeURIComponent(this.node.id)}/${this.name}`);
        this.wasFile = answer.path !== undefined;
        this.savedPath = this.path.value;
        if (!this.wasFile) {
          this.say(this.text('deployFirst'));
          return undefined;
        }
        this.version = answer.version;
        this.show(answer.rows);
        this.tellOfBadLines(answer.report);
        return undefined;
      }
      if (!this.place.text) return this.show((this.node.bandPlan ?? []).map((row) => ({ ...row })));
      if (this.savedText.trim() === '') return this.show([]);
      const { rows, report } = await system.ask(`trunkflow/tables/${this.name}?mode=replace`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: new Blob([this.savedText]),
      });
      this.show(rows);
      this.tellOfBadLines(report);
      return undefined;
    }

    show(rows) {
      this.rows = rows;
      this.grid.load(rows);
      this.showCount();
    }

    /** Puts a file or a text to the table, as the runtime reads it. */
    async import(blob) {
      this.grid.finish();
      if (blob.size > MAX_BYTES) {
        this.say(this.text('tooBig'), true);
        return;
      }
      this.say(this.text('reading'));
      try {
        const present = new Blob([system.tables.writeCsv(this.name, this.usableRows())]);
        const { rows, report } = await system.ask(`trunkflow/tables/${this.name}?mode=${this.mode.value}`, {
          method: 'POST',
          headers: { 'content-type': 'application/octet-stream', 'x-present-length': String(present.size) },
          body: new Blob([present, blob]),
        });
        this.say('');
        if (report.accepted > 0) {
          this.show(rows);
          this.dirty = true;
          this.showCount();
          this.paste.hidden = true;
          this.pasted.value = '';
        } else this.say(this.text('nothingUsable'), true);
        this.tell(report);
      } catch (error) {
        this.say(error.message, true);
      }
    }

    usableRows() {
      return this.rows.filter((row) => system.tables.isUsable(this.name, row));
    }

    /** Shows which lines of a table that was read could not be used, or not as they are. */
    tellOfBadLines(report) {
      if (!report || report.rejected + report.noted === 0) return;
      const details = { ...report.details, added: [], changed: [], removed: [] };
      this.tell({ ...report, added: 0, changed: 0, unchanged: 0, removed: 0, details });
    }

    /** Shows what became of an import, by line. */
    tell(report) {
      const { text } = this;
      const figures = ['added', 'changed', 'unchanged', 'removed', 'rejected', 'noted']
        .filter((name) => report[name] > 0)
        .map((name) => `${report[name].toLocaleString()} ${text(name)}`);
      const summary = make(
        'summary',
        report.rejected > 0 ? 'trunkflow-bad' : '',
        `${report.layout || text('empty')} (${report.encoding}): ${figures.join(', ') || text('noRows')}`,
      );
      const close = iconButton('fa-times', text('closeReport'), () => {
        this.report.hidden = true;
        this.fit();
      });
      summary.append(close);
      const list = make('div', 'trunkflow-report-lists');
      const section = (name, lines) => {
        if (lines.length === 0) return;
        list.append(make('h5', '', `${text(name)} (${report[name].toLocaleString()})`));
        list.append(make('ul', '', ...lines.map((line) => make('li', '', line))));
        const left = report[name] - lines.length;
        if (left > 0) list.append(make('p', '', text('more', { count: left.toLocaleString() })));
      };
      const { rejected, noted, changed, added, removed } = report.details;
      const place = (line) => text('line', { line });
      const put = (field, value) => {
        if (field === 'priority' && value < 0) return text('lockedOut');
        return written(value ?? system.tables.FLAG_DEFAULTS[field] ?? null, text);
      };
      section('rejected', rejected.map(({ line, text: reason }) => `${place(line)}: ${reason}`));
      section('noted', noted.map(({ line, text: reason }) => `${place(line)}: ${reason}`));
      section(
        'changed',
        changed.map(({ line, key, name, changes }) => {
          const what = changes.map(({ field, from, to }) => `${text(field)} ${put(field, from)} → ${put(field, to)}`);
          return `${place(line)}: ${key} ${name}: ${what.join(', ')}`;
        }),
      );
      section('added', added.map(({ line, key, name }) => `${place(line)}: ${key} ${name}`));
      section('removed', removed.map(({ key, name }) => `${key} ${name}`));
      this.report.replaceChildren(summary, list);
      this.report.open = report.rejected > 0;
      this.report.hidden = false;
      this.fit();
    }

    download() {
      this.grid.finish();
      const name = document.getElementById('node-config-input-shortName').value.replace(/[^\w.-]/g, '_') || 'radio';
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([system.tables.writeCsv(this.name, this.usableRows(), true)], { type: 'text/csv' }));
      link.download = `${name}-${this.name}.csv`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    }

    enlarge() {
      this.host.classList.toggle('trunkflow-large');
      this.fit();
    }

    /**
     * Puts the table into the configuration, or into its file.
     * @returns true when the configuration changed
     */
    save() {
      this.grid.finish();
      const property = (name) => document.getElementById(`node-config-input-${name}`);
      if (this.isFile) {
        property(this.place.file).value = this.path.value.trim();
        if (this.dirty && this.isDeployedFile) this.write();
        return false;
      }
      if (!this.place.text) {
        if (!this.dirty) return false;
        this.node.bandPlan = this.usableRows().map(({ identifier, base, spacing, offset, slots }) => ({
          identifier,
          base,
          spacing,
          ...(offset === undefined ? {} : { offset }),
          ...(slots > 1 ? { slots } : {}),
        }));
        return true;
      }
      property(this.place.text).value = this.dirty ? system.tables.writeCsv(this.name, this.usableRows()) : this.savedText;
      return false;
    }

    /** Writes the table into its file. The dialog closes meanwhile, so what goes wrong is told beside it. */
    async write() {
      const { text } = this;
      try {
        await system.ask(`trunkflow/systems/${encodeURIComponent(this.node.id)}/${this.name}`, {
          method: 'PUT',
          headers: { 'content-type': 'text/csv', 'x-version': String(this.version) },
          body: system.tables.writeCsv(this.name, this.usableRows()),
        });
        notify(text('written', { path: this.path.value }), { type: 'success' });
      } catch (error) {
        notify(`${text('notWritten')} ${error.message}`, { type: 'error', timeout: 20_000 });
      }
    }
  }

  /** The editor's notes take HTML. */
  function notify(words, options) {
    global.RED.notify(words.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign]), options);
  }

  /** A value of a row in words. */
  function written(value, text) {
    if (value === null || value === '') return '–';
    if (typeof value === 'boolean') return text(value ? 'on' : 'off');
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  }

  /**
   * Makes the tables of a dialog.
   * @returns {{ save(): boolean, resize(): void }}
   */
  function openTables(node, text) {
    const form = document.querySelector('.trunkflow-system');
    const editors = {};
    for (const host of form.querySelectorAll('[data-table]'))
      editors[host.dataset.table] = new TableEditor(host.dataset.table, host, node, text);
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
