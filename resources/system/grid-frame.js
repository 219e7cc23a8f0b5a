/** A grid's elements before there are rows: headings above, a body that scrolls, a note where it is empty. */
(function (global) {
  'use strict';
  const system = (global.trunkflowSystem ??= {});
  if (system.buildGrid) return;

  /** An element with classes and attributes. */
  function element(tag, classes, attributes = {}) {
    const made = document.createElement(tag);
    made.className = classes;
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  }

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

  /**
   * @param {string} id
   * @param {{ columns: Column[], label: string, empty: string }} options
   * @param {(column: number) => void} sort a heading was clicked
   * @returns the elements, and the template of the columns' widths
   */
  function buildGrid(id, { columns, label, empty }, sort) {
    const grid = element('div', 'trunkflow-grid', {
      role: 'grid',
      tabindex: '0',
      'aria-label': label,
      'aria-colcount': String(columns.length),
    });
    const widths = columns.map(columnWidth);
    const template = columns
      .map(({ grow }, index) => (grow ? `minmax(${widths[index]}px, ${grow}fr)` : `${widths[index]}px`))
      .join(' ');
    const least = widths.reduce((sum, width) => sum + width, 0);
    const group = element('div', 'trunkflow-grid-head', { role: 'rowgroup' });
    const head = element('div', 'trunkflow-grid-row', { role: 'row', 'aria-rowindex': '1' });
    head.style.gridTemplateColumns = template;
    head.style.minWidth = `${least}px`;
    group.append(head);
    columns.forEach((column, index) => {
      const heading = element('div', 'trunkflow-grid-heading', {
        role: 'columnheader',
        id: `${id}-heading-${index}`,
        'aria-colindex': String(index + 1),
        title: column.title,
      });
      if (column.icon) {
        heading.append(element('i', `fa ${column.icon}`, { 'aria-hidden': 'true' }));
        heading.setAttribute('aria-label', column.title);
      } else heading.append(column.short ?? column.title);
      heading.addEventListener('click', () => sort(index));
      head.append(heading);
    });
    const body = element('div', 'trunkflow-grid-body', { role: 'rowgroup' });
    const space = element('div', 'trunkflow-grid-space');
    space.style.minWidth = `${least}px`;
    const note = element('div', 'trunkflow-grid-empty');
    note.textContent = empty;
    body.append(space);
    grid.append(group, body, note);
    return { grid, head, body, space, note, template };
  }

  Object.assign(system, { element, buildGrid });
})(window);
