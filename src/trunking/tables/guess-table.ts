import { TrunkflowError } from '../../core/errors';
import { atOnce } from '../slices';
import { inputRecords } from '../store/table-input';
import { plainHeading } from './cells';
import type { TableName } from './table';

/** Characters looked at. */
const HEAD = 4000;

/** Headings that only one table has. */
const TELLING: readonly [TableName, string[]][] = [
  ['bandplan', ['tableid', 'spacing', 'channelspacing', 'step']],
  ['channels', ['frequency', 'frequencies', 'frequencyoutput', 'tgnumber', 'freq', 'frequencymhz']],
  ['units', ['unitid', 'unit', 'radioid', 'rid', 'radio']],
  ['talkgroups', ['decimal', 'dec', 'tgid', 'talkgroup', 'talkgroupid', 'tg', 'mode', 'hex']],
];

/**
 * Which table an input is, by the names of its columns.
 * @throws TrunkflowError 'bad-file' for one without a header
 */
export function guessTable(input: unknown): TableName {
  const headings = firstFields(input).map(plainHeading);
  for (const [name, telling] of TELLING) if (headings.some((heading) => telling.includes(heading))) return name;
  throw new TrunkflowError('bad-file', 'Which table is this?', {
    got: headings.join(',').slice(0, 60) || 'nothing',
    hint: 'Choose the table in the form, or set msg.table',
    status: 'which table?',
  });
}

function firstFields(input: unknown): string[] {
  if (input && typeof input === 'object' && !Buffer.isBuffer(input)) {
    const [first] = Array.isArray(input) ? input : [input];
    return first && typeof first === 'object' ? Object.keys(first) : [];
  }
  const head = Buffer.isBuffer(input) ? input.subarray(0, HEAD) : typeof input === 'string' ? input.slice(0, HEAD) : '';
  const text = String(head);
  // Of JSON, which is cut off here, the names in it.
  if (/^\s*[[{]/.test(text)) return [...text.matchAll(/"([^"]{1,40})"\s*:/g)].map(([, name]) => name);
  return atOnce(inputRecords(head)).records[0]?.fields ?? [];
}
