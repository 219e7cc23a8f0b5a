import { readHarrisPosition } from './harris-position';
import type { MessageEvent } from './messages/definition';
import { type MotorolaAlias, printable, readMotorolaAlias } from './motorola-alias';
import { MFID } from './names';
import { Octets } from './octets';

/** Blocks that far apart do not belong together. */
const LIFE_MS = 30_000;
/** A block of a Motorola alias carries this many bits, from bit 28 of the link control word on. */
const ALIAS_BITS = 44;
const ALIAS_START = 28;
const MOST_BLOCKS = 32;

const MOTOROLA = { ALIAS_HEADER: 0x15, ALIAS_BLOCK: 0x17 } as const;
const HARRIS = { GPS: 0x2a, ALIAS: 0x32 } as const;
/** Harris repeats the two words of a position or alias under two more opcodes; long aliases go on there. */
const HARRIS_BLOCKS = 4;
/** Octets of a Harris word that are data: 2 to 8. */
const HARRIS_FROM = 2;
const HARRIS_TO = 9;

/**
 * Puts together what link control words of one stream carry in parts: talker aliases and positions. A name or position
 * is told when it is whole, and again when it changes or another unit talks.
 */
export class Fragments {
  private motorola = { sequence: -1, talkgroup: 0, count: 0, blocks: new Map<number, Uint8Array>(), at: 0 };
  private readonly names = new Map<number, string>();
  private readonly halves = new Map<number, Uint8Array>();
  private harrisAt = Number.NEGATIVE_INFINITY;
  private source: number | undefined;
  private told = '';

  /** Forgets everything: another system is heard. */
  reset(): void {
    this.motorola = { sequence: -1, talkgroup: 0, count: 0, blocks: new Map(), at: 0 };
    this.began();
  }

  /** A transmission ended: what follows is of another talker. Motorola sends an alias after the voice. */
  ended(): void {
    this.names.clear();
    this.halves.clear();
    this.told = '';
  }

  /** A transmission begins: its talker is not known yet. */
  began(): void {
    this.source = undefined;
    this.ended();
  }

  /** Who talks now. */
  talker(source: number | undefined): void {
    if (source === undefined || source === this.source) return;
    this.source = source;
    this.ended();
  }

  /** Takes a link control word of 9 octets heard at `time` (ms); gives what became whole by it. */
  add(mfid: number, word: Uint8Array, time: number): MessageEvent[] {
    // A protected word's octets say nothing.
    if (word[0] & 0x80) return [];
    const opcode = word[0] & 0x3f;
    const event =
      mfid === MFID.MOTOROLA
        ? this.addMotorola(opcode, word, time)
        : mfid === MFID.HARRIS
          ? this.addHarris(opcode, word, time)
          : null;
    if (!event) return [];
    const key = JSON.stringify(event);
    if (key === this.told) return [];
    this.told = key;
    return [event];
  }

  private addMotorola(opcode: number, word: Uint8Array, time: number): MessageEvent | null {
    const o = new Octets(word);
    if (opcode !== MOTOROLA.ALIAS_HEADER && opcode !== MOTOROLA.ALIAS_BLOCK) return null;
    const isHeader = opcode === MOTOROLA.ALIAS_HEADER;
    const sequence = o.u8(isHeader ? 7 : 3) >> 4;
    if (sequence !== this.motorola.sequence || time - this.motorola.at > LIFE_MS) {
      this.motorola = { sequence, talkgroup: 0, count: 0, blocks: new Map(), at: time };
    }
    const alias = this.motorola;
    alias.at = time;
    if (isHeader) {
      alias.talkgroup = o.u16(2);
      alias.count = Math.min(MOST_BLOCKS, o.u8(4));
    } else if (o.u8(2) >= 1 && o.u8(2) <= MOST_BLOCKS) {
      alias.blocks.set(o.u8(2), word.slice());
    }
    const whole = this.motorolaAlias();
    return whole && { type: 'talker_alias', message: 'MOT_LC_TALKER_ALIAS', ...whole, talkgroup: alias.talkgroup };
  }

  private motorolaAlias(): MotorolaAlias | null {
    const { count, blocks } = this.motorola;
    const octets = new Uint8Array(Math.ceil((count * ALIAS_BITS) / 8));
    for (let i = 0; i < count; i++) {
      const word = blocks.get(i + 1);
      if (!word) return null;
      for (let bit = 0; bit < ALIAS_BITS; bit++) {
        const from = ALIAS_START + bit;
        const to = i * ALIAS_BITS + bit;
        octets[to >> 3] |= ((word[from >> 3] >> (7 - (from & 7))) & 1) << (7 - (to & 7));
      }
    }
    return count > 0 ? readMotorolaAlias(octets) : null;
  }

  private addHarris(opcode: number, word: Uint8Array, time: number): MessageEvent | null {
    const isAlias = opcode >= HARRIS.ALIAS && opcode < HARRIS.ALIAS + HARRIS_BLOCKS;
    const isPosition = opcode >= HARRIS.GPS && opcode < HARRIS.GPS + HARRIS_BLOCKS;
    if (!isAlias && !isPosition) return null;
    if (time - this.harrisAt > LIFE_MS) this.ended();
    this.harrisAt = time;
    const data = word.slice(HARRIS_FROM, HARRIS_TO);
    return isAlias ? this.harrisAlias(opcode - HARRIS.ALIAS, data) : this.harrisPosition(opcode - HARRIS.GPS, data);
  }

  private harrisAlias(block: number, data: Uint8Array): MessageEvent | null {
    this.names.set(block, latin(data));
    const [first, second, third, fourth] = [0, 1, 2, 3].map((i) => this.names.get(i));
    if (first === undefined || second === undefined) return null;
    let text = first + second;
    // The second pair repeats the first, or goes on with it.
    if (third !== undefined && third !== first) text += third + (fourth !== second ? (fourth ?? '') : '');
    return this.owned({ type: 'talker_alias', message: 'HARRIS_LC_TALKER_ALIAS', text: printable(text) });
  }

  private harrisPosition(block: number, data: Uint8Array): MessageEvent | null {
    this.halves.set(block, data);
    const first = this.halves.get(block & ~1);
    const second = this.halves.get(block | 1);
    if (!first || !second) return null;
    // Halves of two positions do not make one.
    this.halves.clear();
    const position = readHarrisPosition(new Octets(Uint8Array.from([...first, ...second])));
    return position && this.owned({ type: 'location', message: 'HARRIS_LC_TALKER_GPS', ...position });
  }

  /** Aliases and positions that do not name their unit are the talker's. */
  owned(event: MessageEvent): MessageEvent {
    const isPlace = event.type === 'location' && event.latitude !== undefined;
    if (this.source === undefined || event.source !== undefined || !(isPlace || event.type === 'talker_alias'))
      return event;
    return { ...event, source: this.source };
  }
}

/** Characters up to the first zero. */
function latin(data: Uint8Array): string {
  const end = data.indexOf(0);
  return String.fromCharCode(...(end < 0 ? data : data.subarray(0, end)));
}
