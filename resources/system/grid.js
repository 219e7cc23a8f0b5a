/**
 * A table of thousands of rows that can be searched, sorted and edited: only the rows in sight are in the page. One cell
 * has the focus; arrows move it, Enter or typing edits it, the space bar switches a flag.
 */
(function (global) {
  'use strict';
  // Scripts of the editor are loaded in any order: what they need of each other is looked up when it is used.
  const system = (global.trunkflowSystem ??= {});
  if (system.Grid) return;

  const ROW_HEIGHT = 28;
  /** Rows drawn above and below those in sight. */
  const SPARE = 8;
  let grids = 0;

  /**
   * @typedef Column
   * @property {string} name of the field
   * @property {string} title
   * @property {string} [short] heading where the title is too long
   * @property {'text'|'number'|'flag'|'choice'|'fixed'} kind
   * @property {number} width least pixels
   * @property {number} [grow] share of what is left over
   * @property {string} [icon] Font Awesome class of a flag
   * @property {(row) => unknown} value what is shown and sorted by
   * @property {(row, text: string, rows) => string | undefined} [put] writes a text; a reason when it does not fit
   * @property {(row, on: boolean) => void} [set] of a flag
   * @property {string[]} [choices]
   */

  /** Least pixels of a column: room for its heading in any language and for the mark of a sorted column. */
  function columnWidth({ width, icon, short, title }) {
    if (icon) return width;
    const context = (columnWidth.context ??= document.createElement('canvas').getContext('2d'));
    context.font = `600 13px ${getComputedStyle(document.body).fontFamily}`;
    return Math.max(width, Math.ceil(context.measureText(short ?? title).width) + 22);
  }

  class Grid {
    /**
     * @param {HTMLElement} host
     * @param {{columns: Column[], label: string, empty: string, changed: () => void, shown: (count: number, of: number) => void}} options
     */
    constructor(host, options) {
      this.options = options;
      this.columns = options.columns;
      this.id = `trunkflow-grid-${++grids}`;
      this.rows = [];
      this.view = [];
      this.words = [];
      this.texts = new WeakMap();
      this.sorted = { column: -1, down: false };
      this.cursor = { row: 0, column: 0 };
      this.drawn = new Map();
      this.build(host);
    }

    /** Shows other rows. */
    load(rows) {
      this.rows = rows;
      this.texts = new WeakMap();
      this.refresh();
    }

    /** Shows only rows that contain all these words. */
    search(text) {
      this.words = text.toLowerCase().split(/\s+/).filter(Boolean);
      this.body.scrollTop = 0;
      this.cursor.row = 0;
      this.refresh();
    }

    /** Sets a flag in all rows that are shown. */
    setShown(name, on) {
      const column = this.columns.find((one) => one.name === name);
      for (const row of this.view) column.set(row, on);
      this.touched();
    }

    /** Puts a row at the top and edits its first cell. */
    add(row) {
      this.words = [];
      this.sorted.column = -1;
      this.rows.unshift(row);
      this.refresh();
      this.body.scrollTop = 0;
      this.go(0, 0);
      this.options.changed();
      this.edit();
    }

    /** Removes the row that has the focus. */
    remove() {
      const row = this.view[this.cursor.row];
      if (!row) return;
      this.rows.splice(this.rows.indexOf(row), 1);
      this.refresh();
      this.go(Math.min(this.cursor.row, this.view.length - 1), this.cursor.column);
      this.options.changed();
    }

    /** Ends an edit that goes on, with its text if that fits. */
    finish() {
      this.editor?.commit();
    }

    resize() {
      this.draw();
    }

    build(host) {
      const element = (tag, classes, attributes = {}) => {
        const made = document.createElement(tag);
        made.className = classes;
        for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
        return made;
      };
      this.element = element;
      this.grid = element('div', 'trunkflow-grid', {
        role: 'grid',
        tabindex: '0',
        'aria-label': this.options.label,
        'aria-colcount': String(this.columns.length),
      });
      const widths = this.columns.map(columnWidth);
      this.template = this.columns
        .map(({ grow }, index) => (grow ? `minmax(${widths[index]}px, ${grow}fr)` : `${widths[index]}px`))
        .join(' ');
      this.least = widths.reduce((sum, width) => sum + width, 0);
      const group = element('div', 'trunkflow-grid-head', { role: 'rowgroup' });
      this.head = element('div', 'trunkflow-grid-row', { role: 'row', 'aria-rowindex': '1' });
      this.head.style.gridTemplateColumns = this.template;
      this.head.style.minWidth = `${this.least}px`;
      group.append(this.head);
      this.columns.forEach((column, index) => {
        const heading = element('div', 'trunkflow-grid-heading', {
          role: 'columnheader',
          id: `${this.id}-heading-${index}`,
          'aria-colindex': String(index + 1),
          title: column.title,
        });
        if (column.icon) {
          heading.append(element('i', `fa ${column.icon}`, { 'aria-hidden': 'true' }));
          heading.setAttribute('aria-label', column.title);
        } else heading.append(column.short ?? column.title);
        heading.addEventListener('click', () => this.sort(index));
        this.head.append(heading);
      });
      this.body = element('div', 'trunkflow-grid-body', { role: 'rowgroup' });
      this.space = element('div', 'trunkflow-grid-space');
      this.space.style.minWidth = `${this.least}px`;
      this.note = element('div', 'trunkflow-grid-empty');
      this.note.textContent = this.options.empty;
      this.body.append(this.space);
      this.grid.append(group, this.body, this.note);
      host.append(this.grid);
      this.body.addEventListener('scroll', () => {
        this.head.style.transform = `translateX(${-this.body.scrollLeft}px)`;
        this.later();
      });
      this.grid.addEventListener('keydown', (event) => this.key(event));
      this.body.addEventListener('mousedown', (event) => this.press(event));
      this.body.addEventListener('dblclick', (event) => this.cellOf(event) && this.edit());
      new ResizeObserver(() => this.later()).observe(this.body);
    }

    later() {
      if (this.waits) return;
      this.waits = true;
      requestAnimationFrame(() => {
        this.waits = false;
        this.draw();
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

    refresh() {
      const { words } = this;
      this.view =
        words.length === 0 ? [...this.rows] : this.rows.filter((row) => words.every((word) => this.textOf(row).includes(word)));
      const column = this.columns[this.sorted.column];
      if (column) {
        const sign = this.sorted.down ? -1 : 1;
        const keys = new Map(this.view.map((row) => [row, column.value(row)]));
        const collator = new Intl.Collator(undefined, { numeric: true });
        this.view.sort((a, b) => {
          const [x, y] = [keys.get(a), keys.get(b)];
          return sign * (typeof x === 'string' || typeof y === 'string' ? collator.compare(String(x), String(y)) : x - y);
        });
      }
      [...this.head.children].forEach((heading, index) => {
        const state = index !== this.sorted.column ? 'none' : this.sorted.down ? 'descending' : 'ascending';
        heading.setAttribute('aria-sort', state);
      });
      this.grid.setAttribute('aria-rowcount', String(this.view.length + 1));
      this.space.style.height = `${this.view.length * ROW_HEIGHT}px`;
      this.note.style.display = this.view.length === 0 ? '' : 'none';
      this.clear();
      this.draw();
      this.options.shown(this.view.length, this.rows.length);
    }

    sort(index) {
      this.finish();
      const { column, down } = this.sorted;
      // Up, down, then as the table is.
      if (column !== index) this.sorted = { column: index, down: false };
      else if (!down) this.sorted.down = true;
      else this.sorted = { column: -1, down: false };
      this.refresh();
    }

    clear() {
      for (const { line } of this.drawn.values()) line.remove();
      this.drawn.clear();
    }

    draw() {
      const first = Math.max(0, Math.floor(this.body.scrollTop / ROW_HEIGHT) - SPARE);
      const last = Math.min(this.view.length, Math.ceil((this.body.scrollTop + this.body.clientHeight) / ROW_HEIGHT) + SPARE);
      for (const [index, { line }] of this.drawn)
        if ((index < first || index >= last) && !line.contains(this.editor?.input)) {
          line.remove();
          this.drawn.delete(index);
        }
      for (let index = first; index < last; index++) if (!this.drawn.has(index)) this.drawRow(index);
      this.mark();
    }

    drawRow(index) {
      const row = this.view[index];
      const line = this.element('div', 'trunkflow-grid-row', {
        role: 'row',
        'aria-rowindex': String(index + 2),
        'data-row': String(index),
      });
      line.style.gridTemplateColumns = this.template;
      line.style.top = `${index * ROW_HEIGHT}px`;
      const cells = this.columns.map((column, at) => {
        const cell = this.element('div', `trunkflow-grid-cell trunkflow-grid-${column.kind}`, {
          role: 'gridcell',
          id: `${this.id}-${index}-${at}`,
          'aria-colindex': String(at + 1),
          'data-column': String(at),
        });
        this.fill(cell, column, row);
        line.append(cell);
        return cell;
      });
      this.drawn.set(index, { line, cells });
      this.space.append(line);
    }

    fill(cell, column, row) {
      const value = column.value(row);
      if (column.kind !== 'flag') {
        cell.textContent = String(value ?? '');
        cell.title = cell.textContent;
        const note = column.note?.(row);
        if (note) {
          const mark = this.element('span', 'trunkflow-grid-note', { title: note.title });
          mark.textContent = note.text;
          cell.prepend(mark);
        }
        return;
      }
      let mark = cell.firstChild;
      if (!mark) {
        mark = this.element('span', 'trunkflow-grid-switch', { role: 'switch', 'aria-label': column.title });
        mark.append(this.element('i', `fa ${column.icon}`, { 'aria-hidden': 'true' }));
        cell.title = column.title;
        cell.append(mark);
      }
      mark.setAttribute('aria-checked', String(value));
    }

    /** The element of a cell or heading, if it is in the page. */
    cellAt({ row, column }) {
      return row < 0 ? this.head.children[column] : this.drawn.get(row)?.cells[column];
    }

    mark() {
      this.grid.querySelector('.trunkflow-grid-focus')?.classList.remove('trunkflow-grid-focus');
      this.space.querySelector('.trunkflow-grid-current')?.classList.remove('trunkflow-grid-current');
      const cell = this.cellAt(this.cursor);
      this.drawn.get(this.cursor.row)?.line.classList.add('trunkflow-grid-current');
      cell?.classList.add('trunkflow-grid-focus');
      if (cell) this.grid.setAttribute('aria-activedescendant', cell.id);
      else this.grid.removeAttribute('aria-activedescendant');
    }

    go(row, column) {
      this.cursor = {
        // The headings are the row above the first.
        row: Math.max(-1, Math.min(this.view.length - 1, row)),
        column: Math.max(0, Math.min(this.columns.length - 1, column)),
      };
      const top = Math.max(0, this.cursor.row) * ROW_HEIGHT;
      const { body } = this;
      if (top < body.scrollTop) body.scrollTop = top;
      else if (top + ROW_HEIGHT > body.scrollTop + body.clientHeight) body.scrollTop = top + ROW_HEIGHT - body.clientHeight;
      this.draw();
      const cell = this.cellAt(this.cursor);
      if (!cell) return;
      const right = cell.offsetLeft + cell.offsetWidth;
      if (cell.offsetLeft < body.scrollLeft) body.scrollLeft = cell.offsetLeft;
      else if (right > body.scrollLeft + body.clientWidth) body.scrollLeft = right - body.clientWidth;
    }

    key(event) {
      if (event.target !== this.grid) return;
      const { row, column } = this.cursor;
      const page = Math.max(1, Math.floor(this.body.clientHeight / ROW_HEIGHT) - 1);
      const moves = {
        ArrowUp: [row - 1, column],
        ArrowDown: [row + 1, column],
        ArrowLeft: [row, column - 1],
        ArrowRight: [row, column + 1],
        PageUp: [row - page, column],
        PageDown: [row + page, column],
        Home: event.ctrlKey ? [0, 0] : [row, 0],
        End: event.ctrlKey ? [this.view.length - 1, this.columns.length - 1] : [row, this.columns.length - 1],
      };
      const flag = this.columns[column].kind === 'flag';
      if (row < 0 && (event.key === 'Enter' || event.key === ' ')) this.sort(column);
      else if (moves[event.key]) this.go(...moves[event.key]);
      else if (event.key === 'Delete') this.remove();
      else if (flag && (event.key === ' ' || event.key === 'Enter')) this.toggle();
      else if (event.key === 'Enter' || event.key === 'F2') this.edit();
      else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) this.edit(event.key);
      else return;
      event.preventDefault();
      event.stopPropagation();
    }

    cellOf(event) {
      const cell = event.target.closest?.('.trunkflow-grid-cell');
      if (!cell || !this.space.contains(cell)) return undefined;
      return { row: Number(cell.parentElement.dataset.row), column: Number(cell.dataset.column) };
    }

    press(event) {
      const place = this.cellOf(event);
      if (!place || event.target.closest('input, select')) return;
      event.preventDefault();
      this.finish();
      this.grid.focus();
      this.go(place.row, place.column);
      if (event.target.closest('.trunkflow-grid-switch')) this.toggle();
    }

    toggle() {
      const row = this.view[this.cursor.row];
      const column = this.columns[this.cursor.column];
      if (!row || !column.set) return;
      column.set(row, !column.value(row));
      this.touched(this.cursor.row);
    }

    /** Rows have changed: of one, or all, what is shown is drawn anew. */
    touched(index) {
      this.redraw(index);
      this.options.changed();
    }

    /** Draws one row that is in sight anew, or all. */
    redraw(index) {
      for (const [at, { cells }] of this.drawn) {
        if (index !== undefined && at !== index) continue;
        this.texts.delete(this.view[at]);
        cells.forEach((cell, column) => {
          if (!cell.contains(this.editor?.input)) this.fill(cell, this.columns[column], this.view[at]);
        });
      }
      if (index === undefined) this.texts = new WeakMap();
    }

    edit(first) {
      const index = this.cursor.row;
      const row = this.view[index];
      const at = this.cursor.column;
      const column = this.columns[at];
      const cell = this.drawn.get(index)?.cells[at];
      if (!row || !cell || !column.put || this.editor) return;
      const input = document.createElement(column.choices ? 'select' : 'input');
      if (column.choices) for (const choice of column.choices) input.append(new Option(choice, choice));
      else input.type = 'text';
      input.className = 'trunkflow-grid-input';
      input.setAttribute('aria-label', column.title);
      input.value = column.choices || first === undefined ? String(column.value(row) ?? '') : first;
      cell.textContent = '';
      cell.append(input);
      const end = (keep) => {
        if (!this.editor) return true;
        const reason = keep ? column.put(row, input.value.trim(), this.rows) : undefined;
        if (reason) {
          input.classList.add('input-error');
          input.title = reason;
          input.setAttribute('aria-invalid', 'true');
          if (keep !== 'or not') return false;
        }
        this.editor = undefined;
        this.texts.delete(row);
        input.remove();
        this.fill(cell, column, row);
        if (keep && !reason) this.options.changed();
        this.draw();
        return true;
      };
      this.editor = { input, commit: () => end('or not') };
      input.addEventListener('blur', () => end('or not'));
      input.addEventListener('keydown', (event) => {
        event.stopPropagation();
        const steps = { Enter: [1, 0], Tab: [0, event.shiftKey ? -1 : 1] };
        if (event.key === 'Escape') end(false);
        else if (!steps[event.key] || !end(true)) {
          if (steps[event.key]) event.preventDefault();
          return;
        }
        event.preventDefault();
        this.grid.focus();
        const [down, right] = steps[event.key] ?? [0, 0];
        this.go(index + down, at + right);
      });
      input.focus();
      if (first === undefined) input.select?.();
    }
  }

  system.Grid = Grid;
})(window);
