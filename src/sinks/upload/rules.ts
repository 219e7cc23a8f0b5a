import { TrunkflowError } from '../../core/errors';
import type { CallInfo } from '../../core/messages';

/** One row of the table in the form, as text. */
export interface RuleRow {
  /** Our radio system's short name; `*` stands for any text. */
  system: string;
  /** `*`, or numbers and ranges: `1-100, 205, 300-400`. */
  talkgroups: string;
  upload: boolean;
  /** The system as the service knows it; empty = as set for all. */
  as?: string;
}

export interface RuleSettings {
  rows: readonly RuleRow[];
  /** What happens to calls no row is about. */
  otherwise: boolean;
  /** The system as the service knows it. */
  as: string;
  /** Seconds; shorter calls are not uploaded. */
  shortest: number;
  emergencyOnly: boolean;
}

/** Why a call is not uploaded. */
export type Refusal = 'encrypted' | 'flag' | 'rule' | 'too_short' | 'no_emergency';

export type Verdict = { as: string } | { refusal: Refusal };

interface Rule {
  system: RegExp;
  /** Undefined = any talkgroup. */
  ranges?: [number, number][];
  upload: boolean;
  as: string;
}

/** Decides which calls are uploaded, and as which system: the first row that fits decides. */
export class UploadRules {
  private readonly rules: Rule[];

  /** @throws TrunkflowError 'bad-setting' for talkgroups that cannot be read */
  constructor(private readonly settings: RuleSettings) {
    this.rules = settings.rows.map((row, index) => ({
      system: systemPattern(row.system),
      ranges: talkgroupRanges(row.talkgroups, index + 1),
      upload: row.upload,
      as: String(row.as ?? '').trim(),
    }));
  }

  /** @param length seconds of the recording; undefined while the call lasts */
  judge(call: CallInfo, length?: number): Verdict {
    const { otherwise, as, shortest, emergencyOnly } = this.settings;
    if (call.encrypted) return { refusal: 'encrypted' };
    if (call.upload === false) return { refusal: 'flag' };
    const rule = this.rules.find(
      ({ system, ranges }) => system.test(call.sys_name) && includes(ranges, call.talkgroup),
    );
    if (!(rule?.upload ?? otherwise)) return { refusal: 'rule' };
    if (emergencyOnly && !call.emergency) return { refusal: 'no_emergency' };
    if (length !== undefined && length < shortest) return { refusal: 'too_short' };
    return { as: rule?.as || as };
  }
}

function systemPattern(text: string): RegExp {
  const name = text.trim() || '*';
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('\\*', '.*');
  return new RegExp(`^${escaped}$`, 'i');
}

function talkgroupRanges(text: string, row: number): [number, number][] | undefined {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
  if (parts.length === 0 || parts.includes('*')) return undefined;
  return parts.map((part) => {
    const match = /^(\d+)(?:\s*[-–]\s*(\d+))?$/.exec(part);
    const first = Number(match?.[1]);
    const last = match?.[2] === undefined ? first : Number(match[2]);
    if (first <= last) return [first, last];
    throw new TrunkflowError('bad-setting', `Unusable talkgroups in row ${row}`, {
      expected: '* or numbers and ranges such as 1-100, 205',
      got: part,
      hint: 'Open the node and correct the row',
      status: 'bad talkgroups',
    });
  });
}

function includes(ranges: [number, number][] | undefined, talkgroup: number): boolean {
  return !ranges || ranges.some(([first, last]) => talkgroup >= first && talkgroup <= last);
}
