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

  class Grid {
    /**
     * @param {HTMLElement} host
     * @param {{columns: Column[], label: string, empty: string, changed: () => void, shown: (count: number, of: number) => void}} options
     */
    constructor(host, options) {
      this.options = options;
      this.columns = options.columns;
      this.id = `trunkflow-grid-${++grids}`;
      this.shown = new system.ShownRows(options.columns);
      this.cursor = { row: 0, column: 0 };
      this.drawn = new Map();
      this.build(host);
    }

    /** All rows, and those that are shown. */
    get rows() {
      return this.shown.rows;
    }

    get view() {
      return this.shown.view;
    }

    build(host) {
      Object.assign(this, system.buildGrid(this.id, this.options, (column) => this.sort(column)));
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

    /** Shows other rows. */
    load(rows) {
      this.shown.load(rows);
      this.refresh();
    }

    /** Shows only rows that contain all these words. */
    search(text) {
      this.shown.search(text);
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
      this.shown.addFirst(row);
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

    later() {
      if (this.waits) return;
      this.waits = true;
      requestAnimationFrame(() => {
        this.waits = false;
        this.draw();
      });
    }

    refresh() {
      const { sorted } = this.shown;
      this.shown.refresh();
      [...this.head.children].forEach((heading, index) => {
        const state = index !== sorted.column ? 'none' : sorted.down ? 'descending' : 'ascending';
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
      this.shown.sort(index);
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
      const line = system.element('div', 'trunkflow-grid-row', {
        role: 'row',
        'aria-rowindex': String(index + 2),
        'data-row': String(index),
      });
      line.style.gridTemplateColumns = this.template;
      line.style.top = `${index * ROW_HEIGHT}px`;
      const cells = this.columns.map((column, at) => {
        const cell = system.element('div', `trunkflow-grid-cell trunkflow-grid-${column.kind}`, {
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
          const mark = system.element('span', 'trunkflow-grid-note', { title: note.title });
          mark.textContent = note.text;
          cell.prepend(mark);
        }
        return;
      }
      let mark = cell.firstChild;
      if (!mark) {
        mark = system.element('span', 'trunkflow-grid-switch', { role: 'switch', 'aria-label': column.title });
        mark.append(system.element('i', `fa ${column.icon}`, { 'aria-hidden': 'true' }));
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
        this.shown.changed(this.view[at]);
        cells.forEach((cell, column) => {
          if (!cell.contains(this.editor?.input)) this.fill(cell, this.columns[column], this.view[at]);
        });
      }
      if (index === undefined) this.shown.changed();
    }

    edit(first) {
      if (!this.editor) system.editCell(this, first);
    }
  }

  system.Grid = Grid;
})(window);
