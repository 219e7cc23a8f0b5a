import { TrunkflowError } from '../core/errors';
import type { BandPlan } from './band-plan';
import { type CallFlags, DEFAULT_FLAGS } from './call-flags';
import type { TableProblem } from './csv';
import { type Talkgroup, TalkgroupTable } from './talkgroups';
import { UnitTags } from './unit-tags';

/** What a person sets for one radio system; plain JSON. */
export interface SystemOptions {
  /** Name of files, folders and topics: letters, digits, '-', '_' and '.', at most 64. */
  shortName: string;
  /** Protocol id; absent = any. */
  protocol?: string;
  /** NACs (hex; or colour codes, RANs) that belong to it; absent or empty = any. */
  nac?: string[];
  /** Text of the talkgroup CSV. */
  talkgroups?: string;
  /** Text of the unit tags CSV. */
  unitTags?: string;
  /** Follow talkgroups that are not in the table; default true. */
  followUnknown?: boolean;
  /** Priority of talkgroups that are not in the table; default 1, as for a blank column. */
  unknownPriority?: number;
  /** What is done with calls of talkgroups that are not in the table, and with unit calls; default as for blank columns. */
  unknownFlags?: Partial<CallFlags>;
  /** Frequencies of channel identifiers, for the trunk decoder. */
  bandPlan?: BandPlan;
}

/** A radio system: which signals belong to it, and its names. */
export class System {
  readonly shortName: string;
  readonly followUnknown: boolean;
  readonly unknownPriority: number;
  private readonly unknownFlags: CallFlags;
  private readonly protocol?: string;
  private readonly nacs: ReadonlySet<string>;
  private readonly table: TalkgroupTable;
  private readonly tags: UnitTags;

  /** @throws TrunkflowError 'bad-setting' for an unusable name, 'bad-file' for an unusable talkgroup table */
  constructor(options: SystemOptions) {
    if (!/^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}$/.test(options.shortName ?? '')) {
      throw new TrunkflowError('bad-setting', 'Unusable short name of a system', {
        expected: "letters, digits, '-', '_' and '.', at most 64",
        got: JSON.stringify(options.shortName),
        hint: 'It becomes a folder of recordings and the topic of messages',
        status: 'bad system name',
      });
    }
    this.shortName = options.shortName;
    this.protocol = options.protocol || undefined;
    this.nacs = new Set((options.nac ?? []).map(normaliseNac).filter((nac) => nac !== ''));
    this.followUnknown = options.followUnknown ?? true;
    this.unknownPriority = options.unknownPriority ?? 1;
    this.unknownFlags = { ...DEFAULT_FLAGS, ...options.unknownFlags };
    this.table = TalkgroupTable.parse(options.talkgroups ?? '');
    this.tags = UnitTags.parse(options.unitTags ?? '');
  }

  /** True when a signal of this protocol and NAC is this system's. A NAC not known yet fits no NAC filter. */
  accepts(protocol: string | undefined, nac: string | undefined): boolean {
    if (this.protocol && protocol && this.protocol !== protocol) return false;
    return this.nacs.size === 0 || (nac !== undefined && this.nacs.has(normaliseNac(nac)));
  }

  /** True when this NAC was set for it by hand. */
  lists(nac: string): boolean {
    return this.nacs.has(normaliseNac(nac));
  }

  talkgroup(id: number): Talkgroup | undefined {
    return this.table.get(id);
  }

  /** What is to be done with calls of a talkgroup; of undefined for one that is not in the table. */
  flags(entry: Talkgroup | undefined): CallFlags {
    if (!entry) return { ...this.unknownFlags };
    return {
      listen: entry.listen ?? DEFAULT_FLAGS.listen,
      record: entry.record ?? DEFAULT_FLAGS.record,
      upload: entry.upload ?? DEFAULT_FLAGS.upload,
      alert: entry.alert ?? DEFAULT_FLAGS.alert,
    };
  }

  unitName(unit: number): string {
    return unit < 0 ? '' : this.tags.name(unit);
  }

  /** Lines of the tables that were left out, for the person who wrote them. */
  get problems(): { table: 'talkgroups' | 'unit tags'; problem: TableProblem }[] {
    return [
      ...this.table.problems.list.map((problem) => ({ table: 'talkgroups' as const, problem })),
      ...this.tags.problems.list.map((problem) => ({ table: 'unit tags' as const, problem })),
    ];
  }
}

/** '0x3c1', '3C1' and '3c1' are the same NAC. */
export function normaliseNac(nac: string): string {
  return String(nac)
    .trim()
    .toUpperCase()
    .replace(/^0X/, '')
    .replace(/^0+(?=.)/, '');
}
