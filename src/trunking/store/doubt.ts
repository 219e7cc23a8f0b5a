import { TrunkflowError } from '../../core/errors';
import type { ReadTable } from '../tables/table';
import type { InputRecords } from './table-input';
import type { ImportOptions } from './table-store';

/** A smaller table than this may lose more than half of its rows at once. */
const FEW_ROWS = 4;

/** Why a file may be half-written, for a table of `present` rows. */
export function doubtOf(present: number, records: InputRecords, read: ReadTable<object>): string | undefined {
  if (read.rows.length === 0) return present > 0 || read.lines > 0 ? 'useless' : undefined;
  const isCut = records.openEnd && endsEarly(records);
  const isShrunk = present >= FEW_ROWS && read.rows.length < present / 2;
  if (isCut && isShrunk) return 'cut and shrunk';
  return isCut ? 'cut' : isShrunk ? 'shrunk' : undefined;
}

/** @throws TrunkflowError 'bad-file': nothing must be replaced by nothing, but a person may empty a table */
export function refuseUseless(read: ReadTable<object>, { mode, origin }: ImportOptions): void {
  if (read.rows.length > 0 || origin === 'dialog' || (mode === 'merge' && read.lines === 0)) return;
  const [first] = read.rejected.list;
  throw new TrunkflowError('bad-file', 'Nothing of this table can be used; the table before is kept', {
    got: first ? `${read.rejected.count} bad lines, line ${first.line}: ${first.text}` : 'an empty table',
    status: 'nothing usable',
  });
}

/** The last line has fewer fields than any other. */
function endsEarly({ records }: InputRecords): boolean {
  const last = records.at(-1);
  if (!last || records.length < 2) return false;
  if (last.unterminated) return true;
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at < records.length - 1; at++) least = Math.min(least, records[at].fields.length);
  return last.fields.length < least;
}

/** The error for a file that is not used. `doubt`: why; `settled`: it has been as it is for a while. */
export function keptOld(path: string, doubt: string, settled: boolean): TrunkflowError {
  const reasons: Record<string, string> = {
    useless: 'no line that can be used',
    cut: 'a last line that is not complete',
    shrunk: 'less than half of the rows there were',
    'cut and shrunk': 'a last line that is not complete, and less than half of the rows there were',
  };
  return new TrunkflowError('bad-file', `The table before is kept: ${path} may be half-written`, {
    got: reasons[doubt] ?? doubt,
    hint:
      settled || doubt === 'useless'
        ? 'Write the file anew; end its last line with a line break'
        : 'If it stays as it is, it is used in some seconds',
    status: 'table half-written',
  });
}
