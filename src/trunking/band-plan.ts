import { parseCsv, TableProblems } from './csv';

/** Channel identifier's frequencies: channel n is at base + n * spacing (Hz); `offset` is the uplink's. */
export interface BandPlanEntry {
  base: number;
  spacing: number;
  offset?: number;
  /** TDMA slots on each carrier. */
  slots?: number;
}

export type BandPlan = Record<number, BandPlanEntry>;

/**
 * Band plan from trunk-recorder's custom frequency table: lines
 * `TABLEID,TYPE(TDMA|FDMA),BASE(MHz),SPACING(kHz),OFFSET(MHz)`, table identifiers counted from one, with or without a
 * header line. The result counts channel identifiers from zero, as the air does. Bad lines are left out and reported.
 */
export function parseBandPlan(text: string): { bandPlan: BandPlan; problems: TableProblems } {
  const bandPlan: BandPlan = {};
  const problems = new TableProblems();
  parseCsv(text).forEach(({ line, fields }, index) => {
    if (index === 0 && /[a-z]/i.test(fields[0])) return;
    const [id, base, spacing, offset] = [fields[0], fields[2], fields[3], fields[4]].map((field) =>
      Number(field?.trim() || Number.NaN),
    );
    const type = (fields[1] ?? '').trim().toUpperCase();
    if (!Number.isInteger(id) || id < 1 || id > 16) problems.add(line, 'the table ID is not 1-16; line left out');
    else if (type !== 'TDMA' && type !== 'FDMA') problems.add(line, 'the type is not TDMA or FDMA; line left out');
    else if (!(base > 0 && spacing > 0)) problems.add(line, 'base or spacing is no number; line left out');
    else {
      bandPlan[id - 1] = {
        base: Math.round(base * 1e6),
        spacing: Math.round(spacing * 1e3),
        ...(Number.isFinite(offset) ? { offset: Math.round(offset * 1e6) } : {}),
        slots: type === 'TDMA' ? 2 : 1,
      };
    }
  });
  return { bandPlan, problems };
}
