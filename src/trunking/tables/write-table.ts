import type { Sliced } from '../slices';
import type { Extra, TableKind } from './table';

/**
 * A table as CSV, in trunk-recorder's layout with our columns after its own.
 * @param forSpreadsheet texts that a spreadsheet would take for a formula get an apostrophe before them, which reading
 *   takes away again
 */
export function* writeTable<Row extends object>(
  kind: TableKind<Row>,
  rows: readonly Row[],
  { forSpreadsheet = false } = {},
): Sliced<string> {
  const headings = extraHeadings(rows);
  const field = (text: string) => quote(forSpreadsheet ? harmless(text) : text);
  const lines: string[] = [];
  if (kind.header) lines.push([...kind.header, ...headings].map(field).join(','));
  for (let at = 0; at < rows.length; at++) {
    if (at % 256 === 0) yield;
    const extra = extraOf(rows[at]);
    lines.push([...kind.write(rows[at]), ...headings.map((heading) => extra?.[heading] ?? '')].map(field).join(','));
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function extraHeadings(rows: readonly object[]): string[] {
  const headings = new Set<string>();
  for (const row of rows) for (const heading of Object.keys(extraOf(row) ?? {})) headings.add(heading);
  return [...headings];
}

function extraOf(row: object): Extra | undefined {
  return (row as { extra?: Extra }).extra;
}

function quote(text: string): string {
  return /[",;\t\r\n]|^[#\s]|\s$/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

/** Numbers are no formulas. */
function harmless(text: string): string {
  return /^[=+\-@]/.test(text) && !/^[-+]?\d+([.,]\d+)?$/.test(text) ? `'${text}` : text;
}
