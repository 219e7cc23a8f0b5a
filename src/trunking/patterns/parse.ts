/** A part of a pattern. What it is matched with has digits only, so that a set of characters is a set of digits. */
export type Part =
  | { type: 'digit'; set: number }
  | { type: 'edge'; edge: '^' | '$' | 'b' | 'B' }
  | { type: 'group'; number: number; body: Part }
  | { type: 'look'; negative: boolean; body: Part }
  | { type: 'sequence'; parts: Part[] }
  | { type: 'choice'; parts: Part[] }
  | { type: 'repeat'; body: Part; least: number; most: number; lazy: boolean; groups: [first: number, end: number] };

/** Says in words what of a pattern is not taken. */
export class PatternError extends Error {}

const DIGITS = 0b11_1111_1111;
/** Classes of characters by the letter of their escape, as far as digits are in them. */
const CLASSES: Readonly<Record<string, number>> = { d: DIGITS, w: DIGITS, S: DIGITS, D: 0, W: 0, s: 0 };

/**
 * Reads a regular expression of JavaScript's, without flags.
 * @param source one that RegExp takes
 * @throws PatternError for what cannot be matched in a bounded time: references to groups, looking back, and groups
 *   within a look ahead
 */
export function parsePattern(source: string): { body: Part; groups: number } {
  const parser = new Parser(source);
  return { body: parser.choice(), groups: parser.groups };
}

class Parser {
  groups = 0;
  private at = 0;
  private looking = 0;

  constructor(private readonly source: string) {}

  choice(): Part {
    const parts = [this.sequence()];
    while (this.take('|')) parts.push(this.sequence());
    return parts.length === 1 ? parts[0] : { type: 'choice', parts };
  }

  private sequence(): Part {
    const parts: Part[] = [];
    while (this.at < this.source.length && !'|)'.includes(this.source[this.at])) {
      const first = this.groups;
      const atom = this.atom();
      parts.push(this.repeated(atom, first));
    }
    return { type: 'sequence', parts };
  }

  private repeated(body: Part, first: number): Part {
    const [text, sign, from, comma, to] =
      /^(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})/.exec(this.source.slice(this.at, this.at + 40)) ?? [];
    if (text === undefined) return body;
    this.at += text.length;
    let [least, most] = [sign === '+' ? 1 : 0, sign === '?' ? 1 : Number.POSITIVE_INFINITY];
    if (!sign) {
      least = Number(from);
      most = comma ? (to ? Number(to) : Number.POSITIVE_INFINITY) : least;
    }
    return { type: 'repeat', body, least, most, lazy: this.take('?'), groups: [first, this.groups] };
  }

  private atom(): Part {
    const sign = this.source[this.at++];
    if (sign === '(') return this.group();
    if (sign === '[') return { type: 'digit', set: this.set() };
    if (sign === '.') return { type: 'digit', set: DIGITS };
    if (sign === '^' || sign === '$') return { type: 'edge', edge: sign };
    if (sign !== '\\') return { type: 'digit', set: setOf(sign) };
    const next = this.source[this.at];
    if (next === 'b' || next === 'B') {
      this.at++;
      return { type: 'edge', edge: next };
    }
    return { type: 'digit', set: this.escape() };
  }

  private group(): Part {
    const kind = /^\?(?:[:=!]|<[=!]|<[^>]*>|)/.exec(this.source.slice(this.at))?.[0];
    if (kind === '?') throw new PatternError('has a group of a kind that is not known here');
    if (kind === '?<=' || kind === '?<!') throw new PatternError('looks back, which is not possible here');
    this.at += kind?.length ?? 0;
    if (kind === '?=' || kind === '?!') {
      this.looking++;
      const body = this.choice();
      this.looking--;
      this.take(')');
      return { type: 'look', negative: kind === '?!', body };
    }
    if (kind === '?:') {
      const body = this.choice();
      this.take(')');
      return body;
    }
    if (this.looking > 0) throw new PatternError('has a group within (?= or (?!; write (?: there');
    const number = ++this.groups;
    const body = this.choice();
    this.take(')');
    return { type: 'group', number, body };
  }

  /** Behind the opening bracket. */
  private set(): number {
    const negated = this.take('^');
    let set = 0;
    while (!this.take(']')) {
      const from = this.member();
      const isRange = this.source[this.at] === '-' && this.source[this.at + 1] !== ']';
      if (!isRange) {
        set |= from.set;
        continue;
      }
      this.at++;
      const to = this.member();
      // With a class at one of its ends it is no range.
      if (from.code === undefined || to.code === undefined) set |= from.set | to.set | setOf('-');
      else for (let code = Math.max(from.code, 48); code <= Math.min(to.code, 57); code++) set |= 1 << (code - 48);
    }
    return negated ? DIGITS & ~set : set;
  }

  private member(): { set: number; code?: number } {
    const sign = this.source[this.at++];
    if (sign !== '\\') return { set: setOf(sign), code: sign.charCodeAt(0) };
    if (this.take('b')) return { set: 0, code: 8 };
    const kind = this.source[this.at];
    if (Object.hasOwn(CLASSES, kind)) return { set: this.escape() };
    const code = this.code();
    return { set: setOf(String.fromCharCode(code)), code };
  }

  /** Behind the backslash. */
  private escape(): number {
    const kind = this.source[this.at];
    if (Object.hasOwn(CLASSES, kind)) {
      this.at++;
      return CLASSES[kind];
    }
    return setOf(String.fromCharCode(this.code()));
  }

  private code(): number {
    const rest = this.source.slice(this.at, this.at + 5);
    const [written] = /^(?:x[\da-f]{2}|u[\da-f]{4})/i.exec(rest) ?? [];
    if (written) {
      this.at += written.length;
      return Number.parseInt(written.slice(1), 16);
    }
    this.at++;
    if (/^[\dk]/.test(rest)) throw new PatternError('refers to a group, which is not possible here');
    // Control characters and signs that stand for themselves.
    return /^[nrtvfc]/.test(rest) ? 0 : rest.charCodeAt(0);
  }

  private take(sign: string): boolean {
    if (this.source[this.at] !== sign) return false;
    this.at++;
    return true;
  }
}

function setOf(sign: string): number {
  return sign >= '0' && sign <= '9' ? 1 << Number(sign) : 0;
}
