import { type Part, PatternError, parsePattern } from './parse';

type Step =
  | { do: 'digit'; set: number }
  | { do: 'edge'; edge: '^' | '$' | 'b' | 'B' }
  | { do: 'save'; slot: number }
  /** Forgets what groups matched in the round before. */
  | { do: 'forget'; from: number; to: number }
  | { do: 'look'; negative: boolean; after: number }
  | { do: 'either'; first: number; second: number }
  | { do: 'go'; to: number }
  | { do: 'end' };

/** Steps of a pattern: `\d{4}` has four. */
const MAX_STEPS = 250;
const MAX_LOOKS = 4;

/**
 * A regular expression for numbers that takes a bounded time with any pattern: no step is tried twice at the same digit.
 * Means what it means in JavaScript, but for what parsePattern does not take.
 */
export class NumberPattern {
  private readonly steps: Step[] = [];
  private readonly slots: number;
  private looks = 0;

  /** @throws PatternError, SyntaxError */
  constructor(source: string) {
    new RegExp(source);
    const { body, groups } = parsePattern(source);
    this.slots = 2 * (groups + 1);
    this.add({ do: 'save', slot: 0 });
    this.compile(body);
    this.add({ do: 'save', slot: 1 });
    this.add({ do: 'end' });
  }

  /** What the whole and each group matched, undefined for a group that is not in the match; null when nothing matches. */
  exec(number: number): (string | undefined)[] | null {
    const text = String(number);
    const run = new Run(this.steps, text, this.slots);
    for (let start = 0; start <= text.length; start++) {
      if (!run.from(0, start)) continue;
      const groups: (string | undefined)[] = [];
      for (let slot = 0; slot < this.slots; slot += 2)
        groups.push(run.saved[slot + 1] < 0 ? undefined : text.slice(run.saved[slot], run.saved[slot + 1]));
      return groups;
    }
    return null;
  }

  private add(step: Step): number {
    if (this.steps.length >= MAX_STEPS) throw new PatternError('is too long');
    return this.steps.push(step) - 1;
  }

  private compile(part: Part): void {
    const { steps } = this;
    switch (part.type) {
      case 'digit':
        this.add({ do: 'digit', set: part.set });
        return;
      case 'edge':
        this.add({ do: 'edge', edge: part.edge });
        return;
      case 'group':
        this.add({ do: 'save', slot: 2 * part.number });
        this.compile(part.body);
        this.add({ do: 'save', slot: 2 * part.number + 1 });
        return;
      case 'sequence':
        for (const one of part.parts) this.compile(one);
        return;
      case 'choice':
        this.compileChoice(part.parts);
        return;
      case 'look': {
        if (++this.looks > MAX_LOOKS) throw new PatternError(`looks ahead more than ${MAX_LOOKS} times`);
        const step = { do: 'look' as const, negative: part.negative, after: 0 };
        this.add(step);
        this.compile(part.body);
        this.add({ do: 'end' });
        step.after = steps.length;
        return;
      }
      case 'repeat':
        this.compileRepeat(part);
    }
  }

  private compileChoice(parts: readonly Part[]): void {
    const ends: { do: 'go'; to: number }[] = [];
    parts.forEach((one, index) => {
      if (index === parts.length - 1) {
        this.compile(one);
        return;
      }
      const either = { do: 'either' as const, first: this.steps.length + 1, second: 0 };
      this.add(either);
      this.compile(one);
      const end = { do: 'go' as const, to: 0 };
      this.add(end);
      ends.push(end);
      either.second = this.steps.length;
    });
    for (const end of ends) end.to = this.steps.length;
  }

  private compileRepeat(part: Extract<Part, { type: 'repeat' }>): void {
    const { body, least, most, lazy, groups } = part;
    const round = () => {
      if (groups[1] > groups[0]) this.add({ do: 'forget', from: 2 * (groups[0] + 1), to: 2 * (groups[1] + 1) });
      this.compile(body);
    };
    /** A way on or out; `again` is where the next round begins. */
    const optional = (again?: number) => {
      const step = { do: 'either' as const, first: 0, second: 0 };
      const at = this.add(step);
      const on = again ?? at + 1;
      const leave = (to: number) => {
        step.first = lazy ? to : on;
        step.second = lazy ? on : to;
      };
      return { at, leave };
    };
    if (least > 0 && most === Number.POSITIVE_INFINITY && !canBeEmpty(body)) {
      for (let n = 1; n < least; n++) round();
      const start = this.steps.length;
      round();
      const { leave } = optional(start);
      leave(this.steps.length);
      return;
    }
    for (let n = 0; n < least; n++) {
      round();
      // A part without steps may be repeated for ever, and is the same once.
      if (n > MAX_STEPS) throw new PatternError('is too long');
    }
    if (most === Number.POSITIVE_INFINITY) {
      const { at, leave } = optional();
      round();
      this.add({ do: 'go', to: at });
      leave(this.steps.length);
      return;
    }
    if (most - least > MAX_STEPS) throw new PatternError('is too long');
    const leaves: ((to: number) => void)[] = [];
    for (let n = least; n < most; n++) {
      leaves.push(optional().leave);
      round();
    }
    for (const leave of leaves) leave(this.steps.length);
  }
}

function canBeEmpty(part: Part): boolean {
  switch (part.type) {
    case 'digit':
      return false;
    case 'group':
      return canBeEmpty(part.body);
    case 'sequence':
      return part.parts.every(canBeEmpty);
    case 'choice':
      return part.parts.some(canBeEmpty);
    case 'repeat':
      return part.least === 0 || canBeEmpty(part.body);
    default:
      return true;
  }
}

/** One match with one number. */
class Run {
  readonly saved: number[];
  /** Steps tried in vain, by step and place. */
  private failed: Uint8Array;
  /** What looks found, by step and place. */
  private readonly seen = new Map<number, boolean>();

  constructor(
    private readonly steps: readonly Step[],
    private readonly text: string,
    slots: number,
  ) {
    this.saved = new Array(slots).fill(-1);
    this.failed = new Uint8Array(steps.length * (text.length + 1));
  }

  /** True when the pattern matches from this step and place on; `saved` then says where. */
  from(step: number, place: number): boolean {
    const { steps, text, saved, failed } = this;
    for (let [i, at] = [step, place]; ; ) {
      const now = steps[i];
      if (now.do === 'end') return true;
      const key = i * (text.length + 1) + at;
      if (failed[key]) return false;
      failed[key] = 1;
      switch (now.do) {
        case 'digit':
          if (at >= text.length || !(now.set & (1 << (text.charCodeAt(at) - 48)))) return false;
          at++;
          i++;
          break;
        case 'edge':
          if (!this.isEdge(now.edge, at)) return false;
          i++;
          break;
        case 'go':
          i = now.to;
          break;
        case 'look':
          if (this.look(i, at) === now.negative) return false;
          i = now.after;
          break;
        case 'either':
          if (this.from(now.first, at)) return true;
          i = now.second;
          break;
        case 'save': {
          const before = saved[now.slot];
          saved[now.slot] = at;
          if (this.from(i + 1, at)) return true;
          saved[now.slot] = before;
          return false;
        }
        case 'forget': {
          const before = saved.slice(now.from, now.to);
          saved.fill(-1, now.from, now.to);
          if (this.from(i + 1, at)) return true;
          saved.splice(now.from, before.length, ...before);
          return false;
        }
      }
    }
  }

  /** Whether what a look is for follows; found out once for a place. */
  private look(step: number, at: number): boolean {
    const key = step * (this.text.length + 1) + at;
    const known = this.seen.get(key);
    if (known !== undefined) return known;
    // Its steps may be tried from other places too.
    const { failed } = this;
    this.failed = new Uint8Array(failed.length);
    const found = this.from(step + 1, at);
    this.failed = failed;
    this.seen.set(key, found);
    return found;
  }

  private isEdge(edge: '^' | '$' | 'b' | 'B', at: number): boolean {
    const [start, end] = [at === 0, at === this.text.length];
    if (edge === '^') return start;
    if (edge === '$') return end;
    return (edge === 'b') === (start || end);
  }
}
