/** Something about a line of a table that a person should know. */
export interface TableProblem {
  line: number;
  /** What is wrong and what was done about it. */
  text: string;
}

/** Problems listed; the others are only counted. */
const MAX_LISTED = 100;

/** Collects the problems of one table, so many that a person can still read them. */
export class TableProblems {
  readonly list: TableProblem[] = [];
  /** All problems, those not listed included. */
  count = 0;

  add(line: number, text: string): void {
    if (this.count++ < MAX_LISTED) this.list.push({ line, text });
  }
}
