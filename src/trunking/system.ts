import { TrunkflowError } from '../core/errors';
import { systemProtocol } from './air';
import type { BandPlan } from './band-plan';
import { type CallFlags, DEFAULT_FLAGS } from './call-flags';
import type { CallIdentity } from './call-identity';
import type { Channel } from './channels';
import { HeardNames } from './heard-names';
import { patchedEntry } from './patched-entry';
import { Patches } from './patches';
import { type NamedProblem, readTables, type SystemTables } from './system-tables';
import { TALKGROUPS } from './tables/talkgroup-kind';
import type { Talkgroup } from './talkgroups';

/** What a person sets for one radio system; plain JSON unless it has `tables`. */
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
  /** Text of the channel CSV. */
  channels?: string;
  /** The tables, read already: in place of the texts. */
  tables?: SystemTables;
  /** Follow talkgroups that are not in the table; default true. */
  followUnknown?: boolean;
  /** Priority of talkgroups that are not in the table; default 1, as for a blank column. */
  unknownPriority?: number;
  /** What is done with calls of talkgroups that are not in the table, and with unit calls; default as for blank columns. */
  unknownFlags?: Partial<CallFlags>;
  /** Control channels to look for, Hz: one list for each site that is to be heard at the same time. */
  controlChannels?: number[][];
  /** Frequencies of channel identifiers, for the trunk decoder. */
  bandPlan?: BandPlan;
}

const MAX_PRIORITIES = 10_000;

/** A radio system: which signals belong to it, and its names. */
export class System {
  readonly shortName: string;
  readonly controlChannels: readonly number[][];
  readonly followUnknown: boolean;
  readonly unknownPriority: number;
  private readonly unknownFlags: CallFlags;
  private readonly protocol?: string;
  private readonly nacs: ReadonlySet<string>;
  private tables: SystemTables;
  private readonly heard = new HeardNames();
  readonly patches = new Patches();
  /** Priorities set by command, which go before those of the table. */
  private readonly priorities = new Map<number, number>();
  /** Lines of the texts that were left out, for the person who wrote them. */
  readonly problems: NamedProblem[];

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
    this.controlChannels = options.controlChannels ?? [];
    this.followUnknown = options.followUnknown ?? true;
    this.unknownPriority = options.unknownPriority ?? 1;
    this.unknownFlags = { ...DEFAULT_FLAGS, ...options.unknownFlags };
    if (options.tables) {
      this.tables = options.tables;
      this.problems = [];
    } else {
      const { talkgroups, unitTags: units, channels, bandPlan } = options;
      const { problems, ...tables } = readTables({ talkgroups, units, channels }, bandPlan);
      this.tables = tables;
      this.problems = problems;
    }
  }

  /** Other tables take the place of the present ones: for the calls to come, and for units that speak from now on. */
  use(tables: SystemTables): void {
    this.tables = tables;
  }

  /** True when a signal of this protocol and NAC is this system's. A NAC not known yet fits no NAC filter. */
  accepts(protocol: string | undefined, nac: string | undefined): boolean {
    if (this.protocol && protocol && systemProtocol(this.protocol) !== systemProtocol(protocol)) return false;
    return this.nacs.size === 0 || (nac !== undefined && this.nacs.has(normaliseNac(nac)));
  }

  /** True when this NAC was set for it by hand. */
  lists(nac: string): boolean {
    return this.nacs.has(normaliseNac(nac));
  }

  talkgroup(id: number): Talkgroup | undefined {
    const listed = this.tables.talkgroups.get(id);
    const priority = this.priorities.get(id);
    return priority === undefined ? listed : { ...(listed ?? this.unlisted(id)), priority };
  }

  /** Sets a talkgroup's priority for the calls to come; null: what the table says holds again. */
  setPriority(talkgroup: number, priority: number | null): void {
    if (priority === null) this.priorities.delete(talkgroup);
    else if (this.priorities.size < MAX_PRIORITIES || this.priorities.has(talkgroup))
      this.priorities.set(talkgroup, priority);
  }

  /** Priorities set by command, by talkgroup. */
  get commandedPriorities(): ReadonlyMap<number, number> {
    return this.priorities;
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

  /**
   * What the tables say of a call's talkgroup; undefined for one that is in none. A conventional channel's row gives the
   * names, the talkgroup table the rest.
   */
  entry({ number, unitCall, channel, patched }: CallIdentity): Talkgroup | undefined {
    if (unitCall) return undefined;
    if (patched) return this.patchedEntry(patched);
    const listed = this.talkgroup(number);
    if (!channel) return listed;
    const { alphaTag, description, tag, category } = channel;
    return {
      ...TALKGROUPS.complete({ id: number }, listed),
      alphaTag: alphaTag || listed?.alphaTag || '',
      description: description || listed?.description || '',
      tag: tag || listed?.tag || '',
      category: category || listed?.category || '',
    };
  }

  private patchedEntry([supergroup, ...members]: readonly number[]): Talkgroup | undefined {
    const listed = members.map((one) => this.talkgroup(one));
    const named = this.talkgroup(supergroup);
    if (!named && listed.every((row) => row === undefined)) return undefined;
    // Members that are in no table are wanted as they are alone. A supergroup is a number nobody lists.
    const rows = members.map((one, index) => listed[index] ?? (this.followUnknown ? this.unlisted(one) : undefined));
    return patchedEntry([named, ...rows]);
  }

  /** What holds of a talkgroup that is in no table. */
  private unlisted(id: number): Talkgroup {
    return { ...TALKGROUPS.complete({ id }), ...this.unknownFlags, priority: this.unknownPriority };
  }

  /** The conventional channel on a frequency (Hz), if the channel table has it. */
  channel(frequency: number): Channel | undefined {
    return this.tables.channels.at(frequency);
  }

  /** Name of a unit: by the table, else as it was heard on the air; '' when none is known. */
  unitName(unit: number): string {
    if (unit < 0) return '';
    return this.tables.units.name(unit) || this.heardName(unit);
  }

  /** Name of a unit as it was heard on the air, or '' . */
  heardName(unit: number): string {
    if (unit < 0) return '';
    return this.heard.get(unit) ?? this.tables.units.heardName(unit);
  }

  /** A unit told its name. */
  hear(unit: number, name: string): void {
    if (unit > 0) this.heard.set(unit, name);
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
