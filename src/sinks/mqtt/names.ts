/** What the tables call a talkgroup; '' where they say nothing. */
export interface TalkgroupNames {
  alphaTag: string;
  description: string;
  category: string;
  tag: string;
}

/** Looks names up in the tables of the radio systems. */
export interface Names {
  talkgroup(system: string, talkgroup: number): TalkgroupNames | undefined;
  /** '' when the unit has no name. */
  unit(system: string, unit: number): string;
}

const MOST_SYSTEMS = 256;

/** Numbers of systems, as trunk-recorder counts them: the configured ones first, then those heard, in that order. */
export class SystemNumbers {
  private readonly numbers = new Map<string, number>();

  /** Systems of the flow, in its order. */
  configure(systems: readonly string[]): void {
    for (const system of systems) this.of(system);
  }

  /** The system's number from 0; a system beyond the most that are counted gets -1. */
  of(system: string): number {
    const known = this.numbers.get(system);
    if (known !== undefined) return known;
    if (this.numbers.size >= MOST_SYSTEMS) return -1;
    const next = this.numbers.size;
    this.numbers.set(system, next);
    return next;
  }
}
