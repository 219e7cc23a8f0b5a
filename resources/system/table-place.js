/** Where a table of a radio system is kept: in the flow, or in a file. */
(function (global) {
  'use strict';
  const system = (global.trunkflowSystem ??= {});
  if (system.TablePlace) return;

  /** Where each table is in the configuration. */
  const PLACES = {
    talkgroups: { where: 'talkgroupsIn', file: 'talkgroups', text: 'talkgroups' },
    units: { where: 'unitTagsIn', file: 'unitTags', text: 'unitTags' },
    channels: { where: 'channelsIn', file: 'channels', text: 'channels' },
    bandplan: { where: 'bandPlanIn', file: 'bandPlanFile' },
  };

  /** The editor's notes take HTML. */
  function notify(words, options) {
    global.RED.notify(words.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign]), options);
  }

  class TablePlace {
    /**
     * @param {string} name of the table
     * @param {HTMLInputElement} path of the file
     * @param node the radio system
     * @param {(name: string, values?: object) => string} text
     */
    constructor(name, path, node, text) {
      Object.assign(this, { name, path, node, text, fields: PLACES[name] });
      this.where = document.getElementById(`node-config-input-${this.fields.where}`);
      this.savedPath = this.isFile ? String(node[this.fields.file] ?? '') : '';
      this.savedText = !this.isFile && this.fields.text ? String(node[this.fields.text] ?? '') : '';
      this.path.value = this.fields.text ? this.savedPath : String(node[this.fields.file] ?? '');
    }

    get isFile() {
      return this.where.value === 'file';
    }

    get isDeployedFile() {
      return this.isFile && this.path.value.trim() !== '' && this.path.value === this.savedPath && this.wasFile;
    }

    /** @returns {Promise<{ rows: object[], report?: object } | null>} null: a file that is not deployed yet */
    async read() {
      if (this.isFile) {
        if (this.path.value.trim() === '') return { rows: [] };
        const answer = await system.ask(`trunkflow/systems/${encodeURIComponent(this.node.id)}/${this.name}`);
        this.wasFile = answer.path !== undefined;
        this.savedPath = this.path.value;
        if (!this.wasFile) return null;
        this.version = answer.version;
        return answer;
      }
      if (!this.fields.text) return { rows: (this.node.bandPlan ?? []).map((row) => ({ ...row })) };
      if (this.savedText.trim() === '') return { rows: [] };
      return system.ask(`trunkflow/tables/${this.name}?mode=replace`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: new Blob([this.savedText]),
      });
    }

    /**
     * Puts the table into the configuration, or into its file.
     * @param {boolean} dirty the rows have changed
     * @param {() => object[]} usable those that say something
     * @returns true when the configuration changed
     */
    save(dirty, usable) {
      const property = (name) => document.getElementById(`node-config-input-${name}`);
      if (this.isFile) {
        property(this.fields.file).value = this.path.value.trim();
        if (dirty && this.isDeployedFile) this.write(usable());
        return false;
      }
      if (!this.fields.text) {
        if (!dirty) return false;
        this.node.bandPlan = usable().map(({ identifier, base, spacing, offset, slots }) => ({
          identifier,
          base,
          spacing,
          ...(offset === undefined ? {} : { offset }),
          ...(slots > 1 ? { slots } : {}),
        }));
        return true;
      }
      property(this.fields.text).value = dirty ? system.tables.writeCsv(this.name, usable()) : this.savedText;
      return false;
    }

    /** Writes the table into its file. The dialog closes meanwhile, so what goes wrong is told beside it. */
    async write(rows) {
      const { text } = this;
      try {
        await system.ask(`trunkflow/systems/${encodeURIComponent(this.node.id)}/${this.name}`, {
          method: 'PUT',
          headers: { 'content-type': 'text/csv', 'x-version': String(this.version) },
          body: system.tables.writeCsv(this.name, rows),
        });
        notify(text('written', { path: this.path.value }), { type: 'success' });
      } catch (error) {
        notify(`${text('notWritten')} ${error.message}`, { type: 'error', timeout: 20_000 });
      }
    }
  }

  system.TablePlace = TablePlace;
})(window);
