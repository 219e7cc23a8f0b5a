/** A table in the dialog of a radio system: shown, searched, edited, imported and downloaded. */
(function (global) {
  'use strict';
  const system = (global.trunkflowSystem ??= {});
  if (system.TableEditor) return;

  const MAX_BYTES = 20 * 1024 * 1024;

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
      this.place = new system.TablePlace(name, host.parentElement.querySelector('.trunkflow-path'), node, text);
      this.place.where.addEventListener('change', () => this.placed());
      this.build(host);
      this.placed();
    }

    build(host) {
      const { text } = this;
      this.host = host;
      host.classList.add('trunkflow-editor');
      this.search = system.make('input', 'trunkflow-search');
      Object.assign(this.search, { type: 'search', placeholder: text('search') });
      this.search.setAttribute('aria-label', text('search'));
      let typed;
      this.search.addEventListener('input', () => {
        clearTimeout(typed);
        typed = setTimeout(() => this.grid.search(this.search.value), 80);
      });
      this.count = system.make('span', 'trunkflow-count');
      this.count.setAttribute('role', 'status');
      this.picker = system.make('input', 'trunkflow-hidden');
      Object.assign(this.picker, { type: 'file', tabIndex: -1 });
      this.picker.setAttribute('aria-label', text('import'));
      this.picker.addEventListener('change', () => {
        const [file] = this.picker.files;
        this.picker.value = '';
        if (file) this.import(file);
      });
      this.mode = system.make('select', 'trunkflow-mode', new Option(text('merge'), 'merge'), new Option(text('replace'), 'replace'));
      this.mode.setAttribute('aria-label', text('importMode'));
      this.pasted = system.make('textarea', 'trunkflow-pasted');
      Object.assign(this.pasted, { rows: 4, placeholder: text('pasteHere'), spellcheck: false, wrap: 'off' });
      this.pasted.setAttribute('aria-label', text('pasteHere'));
      this.paste = system.make(
        'div',
        'trunkflow-paste',
        this.pasted,
        system.button('fa-check', text('import'), () => this.import(new Blob([this.pasted.value])), 'primary'),
      );
      this.paste.hidden = true;
      this.tools = system.make(
        'div',
        'trunkflow-tools',
        this.search,
        this.count,
        system.iconButton('fa-plus', text('add'), () => this.grid.add(system.tables.blankRow(this.name, this.rows))),
        system.iconButton('fa-trash-o', text('remove'), () => this.grid.remove()),
        system.iconButton('fa-download', text('download'), () => this.download()),
        system.iconButton('fa-arrows-alt', text('enlarge'), () => this.enlarge()),
      );
      this.imports = system.make(
        'div',
        'trunkflow-tools',
        system.button('fa-upload', text('import'), () => this.picker.click(), 'trunkflow-import'),
        system.button('fa-clipboard', text('paste'), () => {
          this.paste.hidden = !this.paste.hidden;
          if (!this.paste.hidden) this.pasted.focus();
        }),
        this.mode,
        this.picker,
      );
      if (this.name === 'talkgroups') this.imports.append(this.bulk());
      this.message = system.make('div', 'trunkflow-message');
      this.message.setAttribute('role', 'status');
      this.report = new system.Report(text, () => this.fit());
      host.append(this.tools, this.imports, this.paste, this.message, this.report.element);
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
      const flag = system.make('select', 'trunkflow-flag', ...system.tables.FLAGS.map((name) => new Option(text(name), name)));
      flag.setAttribute('aria-label', text('allShown'));
      return system.make(
        'span',
        'trunkflow-bulk',
        system.make('span', '', text('allShown')),
        flag,
        system.button('fa-toggle-on', text('on'), () => this.grid.setShown(flag.value, true)),
        system.button('fa-toggle-off', text('off'), () => this.grid.setShown(flag.value, false)),
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
      const { place } = this;
      place.path.hidden = !place.isFile;
      // What was read from a file is written into the flow, or the other way round.
      if (this.opened) {
        this.dirty ||= !place.isFile && this.rows.length > 0;
        this.say(place.isFile && !place.isDeployedFile ? this.text('deployFirst') : '');
        this.showCount();
      }
    }

    /** Reads the table when it is first looked at. */
    async open() {
      this.fit();
      if (this.opened) return;
      this.opened = true;
      try {
        const found = await this.place.read();
        if (found) {
          this.show(found.rows);
          this.report.tellOfBadLines(found.report);
        } else this.say(this.text('deployFirst'));
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
        this.report.tell(report);
      } catch (error) {
        this.say(error.message, true);
      }
    }

    usableRows() {
      return this.rows.filter((row) => system.tables.isUsable(this.name, row));
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

    /** @returns true when the configuration changed */
    save() {
      this.grid.finish();
      return this.place.save(this.dirty, () => this.usableRows());
    }
  }

  system.TableEditor = TableEditor;
})(window);
