import type { MessageEvent } from '../p25-shared/messages/definition';
import { readMotorolaAlias } from '../p25-shared/motorola-alias';

/** Blocks that far apart do not belong together. */
const LIFE_MS = 30_000;
const MOST_BLOCKS = 32;
/** Hexadecimal digits of the alias that the header carries at its end, and each block. */
const HEADER_DIGITS = 16;
const BLOCK_DIGITS = 25;

/** Puts together the name of a Motorola talker, which comes in a header and blocks; a name is told once. */
export class TalkerAlias {
  private sequence = -1;
  private count = 0;
  private header = '';
  private readonly blocks = new Map<number, string>();
  private at = 0;
  private told = '';

  reset(): void {
    this.sequence = -1;
    this.told = '';
    this.forget();
  }

  /** Takes an event of a part, heard at `time` (ms); gives the whole name when that is there. */
  add({ message, sequence, blocks, block, talkgroup, hex }: MessageEvent, time: number): MessageEvent[] {
    if (message !== 'MOT_TALKER_ALIAS_HEADER' && message !== 'MOT_TALKER_ALIAS_BLOCK') return [];
    if (sequence !== this.sequence || time - this.at > LIFE_MS) this.forget();
    this.sequence = sequence as number;
    this.at = time;
    const digits = hex as string;
    if (message === 'MOT_TALKER_ALIAS_HEADER') {
      this.count = Math.min(MOST_BLOCKS, blocks as number);
      this.header = digits.slice(2 * 9, 2 * 9 + HEADER_DIGITS);
    } else this.blocks.set((block as number) & 0xff, digits.slice(2 * 5 - 1, 2 * 5 - 1 + BLOCK_DIGITS));
    if (this.blocks.size > MOST_BLOCKS) this.blocks.clear();
    const whole = this.whole();
    if (!whole || whole.text === this.told) return [];
    this.told = whole.text;
    return [
      { type: 'talker_alias', message: 'MOT_TALKER_ALIAS', ...whole, ...(talkgroup !== undefined && { talkgroup }) },
    ];
  }

  private whole(): ReturnType<typeof readMotorolaAlias> {
    if (this.header === '' || this.count === 0) return null;
    let digits = this.header;
    for (let block = 1; block <= this.count; block++) {
      const part = this.blocks.get(block);
      if (part === undefined) return null;
      digits += part;
    }
    return readMotorolaAlias(Buffer.from(digits.length % 2 ? `${digits}0` : digits, 'hex'));
  }

  private forget(): void {
    this.header = '';
    this.count = 0;
    this.blocks.clear();
  }
}
