/** Writing into a cell of a grid: Enter and Tab keep what was written and go on, Escape does not. */
(function (global) {
  'use strict';
  const system = (global.trunkflowSystem ??= {});
  if (system.editCell) return;

  /** The cell that has the focus. @param {string} [first] what was typed; else the cell's own text is there */
  function editCell(grid, first) {
    const index = grid.cursor.row;
    const row = grid.view[index];
    const at = grid.cursor.column;
    const column = grid.columns[at];
    const cell = grid.drawn.get(index)?.cells[at];
    if (!row || !cell || !column.put) return;
    const input = document.createElement(column.choices ? 'select' : 'input');
    if (column.choices) for (const choice of column.choices) input.append(new Option(choice, choice));
    else input.type = 'text';
    input.className = 'trunkflow-grid-input';
    input.setAttribute('aria-label', column.title);
    input.value = column.choices || first === undefined ? String(column.value(row) ?? '') : first;
    cell.textContent = '';
    cell.append(input);
    const end = (keep) => {
      if (!grid.editor) return true;
      const reason = keep ? column.put(row, input.value.trim(), grid.rows) : undefined;
      if (reason) {
        input.classList.add('input-error');
        input.title = reason;
        input.setAttribute('aria-invalid', 'true');
        if (keep !== 'or not') return false;
      }
      grid.editor = undefined;
      grid.shown.changed(row);
      input.remove();
      grid.fill(cell, column, row);
      if (keep && !reason) grid.options.changed();
      grid.draw();
      return true;
    };
    grid.editor = { input, commit: () => end('or not') };
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
      grid.grid.focus();
      const [down, right] = steps[event.key] ?? [0, 0];
      grid.go(index + down, at + right);
    });
    input.focus();
    if (first === undefined) input.select?.();
  }

  system.editCell = editCell;
})(window);
