/** What became of a table that was read or imported, line by line. */
(function (global) {
  'use strict';
  const system = (global.trunkflowSystem ??= {});
  if (system.Report) return;

  /** A value of a row in words. */
  function written(value, text) {
    if (value === null || value === '') return '–';
    if (typeof value === 'boolean') return text(value ? 'on' : 'off');
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  }

  class Report {
    /** @param {(name: string, values?: object) => string} text @param {() => void} resized */
    constructor(text, resized) {
      Object.assign(this, { text, resized });
      this.element = system.make('details', 'trunkflow-report');
      this.element.hidden = true;
      this.element.addEventListener('toggle', resized);
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
      const summary = system.make(
        'summary',
        report.rejected > 0 ? 'trunkflow-bad' : '',
        `${report.layout || text('empty')} (${report.encoding}): ${figures.join(', ') || text('noRows')}`,
      );
      const close = system.iconButton('fa-times', text('closeReport'), () => {
        this.element.hidden = true;
        this.resized();
      });
      summary.append(close);
      const list = system.make('div', 'trunkflow-report-lists');
      const section = (name, lines) => {
        if (lines.length === 0) return;
        list.append(system.make('h5', '', `${text(name)} (${report[name].toLocaleString()})`));
        list.append(system.make('ul', '', ...lines.map((line) => system.make('li', '', line))));
        const left = report[name] - lines.length;
        if (left > 0) list.append(system.make('p', '', text('more', { count: left.toLocaleString() })));
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
      this.element.replaceChildren(summary, list);
      this.element.open = report.rejected > 0;
      this.element.hidden = false;
      this.resized();
    }
  }

  system.Report = Report;
})(window);
