/** The rows of a table, and those of them that are shown: that contain all words searched for, in the order asked for. */
(function (global) {
  'use strict';
  const system = (global.trunkflowSystem ??= {});
  if (system.ShownRows) return;

  class ShownRows {
    constructor(columns) {
      Object.assign(this, { columns, rows: [], view: [], words: [], texts: new WeakMap() });
      this.sorted = { column: -1, down: false };
    }

    load(rows) {
      this.rows = rows;
      this.texts = new WeakMap();
    }

    search(text) {
      this.words = text.toLowerCase().split(/\s+/).filter(Boolean);
    }

    /** Puts a row at the top, where it is seen. */
    addFirst(row) {
      this.words = [];
      this.sorted.column = -1;
      this.rows.unshift(row);
    }

    /** Up, down, then as the table is. */
    sort(index) {
      const { column, down } = this.sorted;
      if (column !== index) this.sorted = { column: index, down: false };
      else if (!down) this.sorted.down = true;
      else this.sorted = { column: -1, down: false };
    }

    /** A row says something else now, or all do. */
    changed(row) {
      if (row) this.texts.delete(row);
      else this.texts = new WeakMap();
    }

    refresh() {
      const { words, rows } = this;
      this.view = words.length === 0 ? [...rows] : rows.filter((row) => words.every((word) => this.textOf(row).includes(word)));
      const column = this.columns[this.sorted.column];
      if (!column) return;
      const sign = this.sorted.down ? -1 : 1;
      const keys = new Map(this.view.map((row) => [row, column.value(row)]));
      const collator = new Intl.Collator(undefined, { numeric: true });
      this.view.sort((a, b) => {
        const [x, y] = [keys.get(a), keys.get(b)];
        return sign * (typeof x === 'string' || typeof y === 'string' ? collator.compare(String(x), String(y)) : x - y);
      });
    }

    textOf(row) {
      let text = this.texts.get(row);
      if (text === undefined) {
        text = this.columns
          .filter(({ kind }) => kind !== 'flag')
          .flatMap((column) => [column.value(row), column.note?.(row)?.text ?? ''])
          .join('\n')
          .toLowerCase();
        this.texts.set(row, text);
      }
      return text;
    }
  }

  system.ShownRows = ShownRows;
})(window);
