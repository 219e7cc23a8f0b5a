import type { Channel } from '../channels';
import { type Cells, headerLayout, share, short } from './cells';
import { readFrequency, writeFrequency } from './quantity';
import { type Given, type Layout, RowError, type Sheet, type TableKind } from './table';
import { MAX_TALKGROUP } from './talkgroup-kind';

/** Hz; receivers reach no further. */
const LEAST_FREQUENCY = 10_000;
const MOST_FREQUENCY = 10e9;
/** Frequencies of one site that are read. */
const MAX_PER_SITE = 200;

const NAMES = {
  tgnumber: 'talkgroup',
  talkgroup: 'talkgroup',
  tgid: 'talkgroup',
  decimal: 'talkgroup',
  dec: 'talkgroup',
  frequency: 'frequency',
  frequencyoutput: 'frequency',
  outputfrequency: 'frequency',
  freq: 'frequency',
  frequencymhz: 'frequency',
  tone: 'tone',
  ploutputtone: 'tone',
  outputtone: 'tone',
  pl: 'tone',
  alphatag: 'alphaTag',
  label: 'alphaTag',
  name: 'alphaTag',
  description: 'description',
  tag: 'tag',
  category: 'category',
  agencycategory: 'category',
  group: 'category',
  comment: 'comment',
  enable: 'enable',
  enabled: 'enable',
  signaldetector: 'signalDetector',
  squelch: 'squelch',
  use: 'use',
  nac: 'nac',
} as const;

const SITES = {
  rfss: 'rfss',
  sitedec: 'site',
  sitenac: 'nac',
  description: 'description',
  countyname: 'category',
  frequencies: 'frequencies',
} as const;

const BLANK: Omit<Channel, 'frequency'> = {
  tone: '',
  alphaTag: '',
  description: '',
  tag: '',
  category: '',
  enable: true,
  use: 'conventional',
};

export const CHANNELS: TableKind<Channel> = {
  name: 'channels',
  fields: [
    'talkgroup',
    'tone',
    'alphaTag',
    'description',
    'tag',
    'category',
    'comment',
    'enable',
    'signalDetector',
    'squelch',
    'use',
    'nac',
    'extra',
  ],
  key: ({ frequency, tone, nac, use }) =>
    [frequency, tone ?? '', use === 'control' || use === 'voice' ? nac : ''].join(' ').trim(),
  title: ({ alphaTag, description }) => alphaTag || description,
  replaces: () => true,
  example: 'TG Number,Frequency,Tone,Alpha Tag,Description,Category,Tag,Comment,Enable,Signal Detector,Squelch',
  layout,
  read: (cells) => (cells.has('frequencies') ? readSite(cells) : [readRow(cells)]),
  complete: (given, old) => ({ ...BLANK, ...old, ...given }) as Channel,
  header: [
    ...['TG Number', 'Frequency', 'Tone', 'Alpha Tag', 'Description', 'Category', 'Tag', 'Comment', 'Enable'],
    ...['Signal Detector', 'Squelch', 'Use', 'NAC'],
  ],
  write: (row) => [
    row.talkgroup === undefined ? '' : String(row.talkgroup),
    writeFrequency(row.frequency),
    row.tone,
    row.alphaTag,
    row.description,
    row.category,
    row.tag,
    row.comment ?? '',
    String(row.enable),
    row.signalDetector === undefined ? '' : String(row.signalDetector),
    row.squelch === undefined ? '' : String(row.squelch),
    row.use,
    row.nac ?? '',
  ],
};

function layout({ first }: Sheet): Layout | undefined {
  const header = first[0] ?? [];
  const sites = headerLayout(header, SITES, ['rfss', 'frequencies'], () => "RadioReference's sites and frequencies");
  if (sites) return { ...sites, extra: undefined };
  const named = headerLayout(header, NAMES, ['frequency'], (columns) => {
    if (columns[0] === 'talkgroup' && columns[1] === 'frequency') return "trunk-recorder's channel file";
    return header.some((heading) => /^frequency output$/i.test(heading))
      ? "RadioReference's conventional frequencies"
      : 'a list with named columns';
  });
  if (named) return named;
  const isFrequency = (text: string) => readFrequency(text) >= LEAST_FREQUENCY;
  const columns = Math.max(0, ...first.map(({ length }) => length));
  if (columns >= 1 && columns <= 3 && share(first, 0, isFrequency) > 0.6)
    return { words: 'frequency and name', columns: ['frequency', 'alphaTag', 'description'], skip: 0 };
  if (columns >= 2 && share(first, 1, (text) => /[.,]/.test(text) && isFrequency(text)) > 0.6)
    return {
      words: "trunk-recorder's, without its header",
      columns: ['talkgroup', 'frequency', 'tone', 'alphaTag', 'description', 'category', 'tag', 'comment', 'enable'],
      skip: 0,
    };
  return undefined;
}

function readRow(cells: Cells): Given<Channel> {
  const row: Given<Channel> = { frequency: frequency(cells.text('frequency')) };
  const number = cells.text('talkgroup');
  if (cells.has('talkgroup')) row.talkgroup = number === '' ? undefined : talkgroup(number);
  for (const field of ['tone', 'alphaTag', 'description', 'tag', 'category'] as const) {
    const text = cells.given(field);
    if (text !== undefined) row[field] = text;
  }
  // A tone of nothing, as some lists write it.
  if (/^(0+(\.0+)?|csq|none)$/i.test(row.tone ?? '')) row.tone = '';
  if (cells.has('comment')) row.comment = cells.text('comment') || undefined;
  if (cells.has('enable')) row.enable = cells.flag('enable') ?? true;
  if (cells.has('signalDetector')) row.signalDetector = cells.flag('signalDetector');
  if (cells.has('squelch')) row.squelch = squelch(cells);
  if (cells.has('use')) row.use = use(cells);
  if (cells.has('nac')) row.nac = cells.text('nac').toUpperCase() || undefined;
  const extra = cells.extra();
  if (extra) row.extra = extra;
  return row;
}

/** One line of a site list: a channel for each of its frequencies. Only control channels are to be received always. */
function readSite(cells: Cells): Given<Channel>[] {
  const texts = cells
    .rest('frequencies')
    .flatMap((text) => text.split(/[\s;]+/))
    .filter(Boolean);
  if (texts.length === 0) throw new RowError('no frequencies');
  const name = [cells.text('rfss'), cells.text('site')].map((text) => String(Number(text) || text)).join('-');
  const rows: Given<Channel>[] = [];
  for (const text of texts.slice(0, MAX_PER_SITE)) {
    const control = /[ca]$/i.test(text);
    const hertz = readFrequency(text.replace(/[a-z]+$/i, ''));
    if (!(hertz >= LEAST_FREQUENCY && hertz <= MOST_FREQUENCY)) {
      cells.note(`"${short(text)}" is no frequency; left out`);
      continue;
    }
    rows.push({
      frequency: hertz,
      alphaTag: `${name} ${cells.text('description')}`.trim(),
      description: cells.text('description'),
      category: cells.text('category'),
      enable: control,
      use: control ? 'control' : 'voice',
      nac: cells.text('nac').toUpperCase() || undefined,
    });
  }
  return rows;
}

function frequency(text: string): number {
  const hertz = readFrequency(text);
  if (hertz >= LEAST_FREQUENCY && hertz <= MOST_FREQUENCY) return hertz;
  throw new RowError(`"${short(text)}" is no frequency in MHz or Hz`);
}

function talkgroup(text: string): number {
  const number = Number(text);
  if (/^\d+(\.0+)?$/.test(text) && number <= MAX_TALKGROUP) return number;
  throw new RowError(`"${short(text)}" is no talkgroup number (0-${MAX_TALKGROUP})`);
}

function squelch(cells: Cells): number | undefined {
  const text = cells.text('squelch').replace(',', '.');
  if (text === '') return undefined;
  const number = Number(text);
  if (Number.isFinite(number) && Math.abs(number) <= 200) return number;
  cells.note(`squelch "${short(text)}" is no number of dB; taken as blank`);
  return undefined;
}

function use(cells: Cells): Channel['use'] {
  const text = cells.text('use').toLowerCase();
  if (text === '' || text === 'conventional') return 'conventional';
  if (text === 'control' || text === 'voice') return text;
  cells.note(`use "${short(text)}" is none of conventional, control, voice; taken as conventional`);
  return 'conventional';
}
