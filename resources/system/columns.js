/** The columns of a radio system's tables as the dialog shows them, and how the tables are written as CSV. */
(function (global) {
  'use strict';
  const system = (global.trunkflowSystem ??= {});
  if (system.tables) return;

  const MAX_TALKGROUP = 0xffffff;
  const FLAGS = { listen: true, record: true, upload: true, alert: false };
  const FLAG_ICONS = { listen: 'fa-headphones', record: 'fa-circle', upload: 'fa-cloud-upload', alert: 'fa-bell' };
  const MODES = ['', 'D', 'De', 'DE', 'T', 'Te', 'TE', 'A', 'Ae', 'AE', 'M', 'Me', 'ME'];

  /**
   * @param {(name: string) => string} text
   * @param noteOf what stands beside a talkgroup's name
   */
  function columnsOf(table, text, noteOf) {
    const written = (name, width, grow) => ({
      name,
      title: text(name),
      kind: 'text',
      width,
      grow,
      value: (row) => row[name] ?? '',
      put(row, value) {
        if (value.length > 500) return text('tooLong');
        row[name] = value;
        return undefined;
      },
    });
    const flag = (name, icon, value, set) => ({ name, title: text(name), kind: 'flag', width: 28, icon, value, set });
    const number = (name, width, { least, most, blank, key }) => ({
      name,
      title: text(name),
      kind: 'number',
      width,
      value: (row) => row[name] ?? '',
      put(row, value, rows) {
        if (value === '' && blank !== undefined) {
          row[name] = blank === null ? undefined : blank;
          return undefined;
        }
        const wanted = Number(value);
        if (!/^-?\d+$/.test(value) || wanted < least || wanted > most) return `${text(name)}: ${least} – ${most}`;
        if (key && rows.some((other) => other !== row && other[name] === wanted)) return text('twice');
        row[name] = wanted;
        return undefined;
      },
    });
    const quantity = (name, unit, width, { optional = false } = {}) => ({
      name,
      title: `${text(name)} ${unit}`,
      kind: 'number',
      width,
      value: (row) => (row[name] === undefined ? '' : Number(global.trunkflow.format(row[name], unit))),
      put(row, value) {
        if (value === '' && optional) {
          row[name] = undefined;
          return undefined;
        }
        const hertz = global.trunkflow.parse(value, unit);
        if (Number.isNaN(hertz) || (!optional && hertz <= 0)) return `${text(name)}: ${unit}`;
        row[name] = hertz;
        return undefined;
      },
    });

    switch (table) {
      case 'talkgroups':
        return [
          number('id', 74, { least: 0, most: MAX_TALKGROUP, key: true }),
          { name: 'hex', title: text('hex'), kind: 'fixed', width: 52, value: (row) => hex(row.id) },
          { ...written('alphaTag', 110, 2), note: noteOf },
          // Before the longer texts, so that they are in sight in a narrow dialog too.
          { ...number('priority', 46, { least: -1, most: 1000, blank: 1 }), title: text('priorityHint'), short: text('priorityShort') },
          ...Object.keys(FLAGS).map((name) =>
            flag(
              name,
              FLAG_ICONS[name],
              (row) => row[name] ?? FLAGS[name],
              (row, on) => {
                row[name] = on === FLAGS[name] ? undefined : on;
              },
            ),
          ),
          flag('lockout', 'fa-ban', (row) => row.priority < 0, lock),
          written('description', 130, 3),
          written('tag', 90, 2),
          written('category', 90, 2),
          {
            ...written('mode', 52),
            choices: MODES,
            put(row, value) {
              row.mode = value;
              row.encryption = value.endsWith('E') ? 'always' : value.endsWith('e') ? 'sometimes' : 'none';
              return undefined;
            },
          },
        ];
      case 'units':
        return [
          {
            ...written('id', 130, 1),
            title: text('unit'),
            put(row, value) {
              if (value === '' || value.length > 200) return text('noUnit');
              row.id = /^\d+$/.test(value) ? String(Number(value)) : value;
              return undefined;
            },
          },
          { ...written('name', 180, 3), title: text('name') },
          flag('ota', 'fa-rss', (row) => row.ota === true, (row, on) => {
            row.ota = on || undefined;
          }),
        ];
      case 'channels':
        return [
          { ...quantity('frequency', 'MHz', 86), short: 'MHz' },
          flag('enable', 'fa-check', (row) => row.enable !== false, (row, on) => {
            row.enable = on;
          }),
          { ...written('use', 96), choices: ['conventional', 'control', 'voice'] },
          { ...number('talkgroup', 90, { least: 0, most: MAX_TALKGROUP, blank: null }), grow: 1 },
          written('alphaTag', 110, 2),
          written('description', 130, 3),
          written('tag', 90, 2),
          written('category', 90, 2),
          written('tone', 70),
          written('nac', 52),
        ];
      default:
        return [
          number('identifier', 84, { least: 0, most: 15, key: true }),
          { ...quantity('base', 'MHz', 100), grow: 2 },
          { ...quantity('spacing', 'kHz', 90), grow: 1 },
          { ...quantity('offset', 'MHz', 130, { optional: true }), grow: 1 },
          { ...number('slots', 60, { least: 1, most: 4, blank: null }), grow: 1 },
        ];
    }
  }

  /** Locked out is a priority of -1; the one before comes back while the dialog is open. */
  const priorities = new WeakMap();
  function lock(row, on) {
    if (on && row.priority >= 0) {
      priorities.set(row, row.priority);
      row.priority = -1;
    } else if (!on && row.priority < 0) row.priority = priorities.get(row) ?? 1;
  }

  function hex(id) {
    return Number.isInteger(id) ? id.toString(16) : '';
  }

  const BLANK = {
    talkgroups: { alphaTag: '', description: '', tag: '', category: '', mode: '', encryption: 'none', priority: 1 },
    units: { id: '', name: '' },
    channels: { tone: '', alphaTag: '', description: '', tag: '', category: '', enable: true, use: 'conventional' },
    bandplan: { identifier: 0, base: 0, spacing: 0 },
  };

  /** A new row: the first number that is free. */
  function blankRow(table, rows) {
    const row = { ...BLANK[table] };
    const free = (field, first) => {
      const used = new Set(rows.map((one) => one[field]));
      let number = first;
      while (used.has(number)) number++;
      return number;
    };
    if (table === 'talkgroups') row.id = free('id', 1);
    if (table === 'bandplan') row.identifier = Math.min(15, free('identifier', 0));
    return row;
  }

  /** Rows that are complete enough to be kept. */
  function isUsable(table, row) {
    if (table === 'units') return row.id !== '' && row.name !== '';
    if (table === 'channels') return row.frequency > 0;
    return table !== 'bandplan' || (row.base > 0 && row.spacing > 0);
  }

  const known = (value) => (value === undefined || value === null ? '' : String(value));
  const scaled = (hertz, factor) => String(Number((hertz / factor).toFixed(6)));
  const megahertz = (hertz) => scaled(hertz, 1e6).replace(/^(-?\d+)$/, '$1.0');

  const WRITERS = {
    talkgroups: {
      header:
        'Decimal,Hex,Mode,Alpha Tag,Description,Tag,Category,Priority,Preferred NAC,Comment,Listen,Record,Upload,Alert',
      write: (row) => [
        ...[row.id, hex(row.id), row.mode, row.alphaTag, row.description, row.tag, row.category, row.priority],
        ...[row.preferredNac, row.comment, row.listen, row.record, row.upload, row.alert],
      ],
    },
    units: { write: (row) => (row.ota ? [row.id, row.name, 'ota'] : [row.id, row.name]) },
    channels: {
      header:
        'TG Number,Frequency,Tone,Alpha Tag,Description,Category,Tag,Comment,Enable,Signal Detector,Squelch,Use,NAC',
      write: (row) => [
        ...[row.talkgroup, megahertz(row.frequency), row.tone, row.alphaTag, row.description, row.category, row.tag],
        ...[row.comment, row.enable, row.signalDetector, row.squelch, row.use, row.nac],
      ],
    },
    bandplan: {
      header: 'TABLEID,TYPE,BASE,SPACING,OFFSET',
      write: (row) => [
        row.identifier + 1,
        row.slots > 1 ? 'TDMA' : 'FDMA',
        scaled(row.base, 1e6),
        scaled(row.spacing, 1e3),
        scaled(row.offset ?? 0, 1e6),
      ],
    },
  };

  /**
   * A table as CSV, as the runtime writes it too.
   * @param forSpreadsheet texts that a spreadsheet would take for a formula get an apostrophe before them
   */
  function writeCsv(table, rows, forSpreadsheet = false) {
    const { header, write } = WRITERS[table];
    const headings = [...new Set(rows.flatMap((row) => Object.keys(row.extra ?? {})))];
    const field = (value) => {
      let text = known(value);
      if (forSpreadsheet && /^[=+\-@]/.test(text) && !/^[-+]?\d+([.,]\d+)?$/.test(text)) text = `'${text}`;
      return /[",;\t\r\n]|^[#\s]|\s$/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
    };
    const lines = rows.map((row) => [...write(row), ...headings.map((heading) => row.extra?.[heading])].map(field).join(','));
    if (header) lines.unshift([...header.split(','), ...headings].map(field).join(','));
    return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
  }

  system.tables = { columnsOf, blankRow, isUsable, writeCsv, FLAG_DEFAULTS: FLAGS, FLAGS: [...Object.keys(FLAGS), 'lockout'] };
})(window);
