import type { HexwordCode, HexwordFound, Hexwords } from './hexwords';

/** Words of this transmission that are remembered: link control takes turns between the talker and what else there is. */
const REMEMBERED = 4;
/**
 * A frame that cannot be read alone says again what one before it said if its soft bits agree with that word this well:
 * of noise one frame in a thousand million does. Another word differs in a quarter of the bits at least (13 of 24
 * hexbits): a frame of it that agrees with this one by half could have been read.
 */
const LEAST_EVIDENCE = 6;
const LEAST_AGREEMENT = 0.5;
/** Unread frames that are added up. Older ones fade, in case the word has changed. */
const FADE = 0.75;

export interface RepeatedHexwords extends Hexwords {
  /** Read only with the help of earlier frames. */
  repeated: boolean;
}

/**
 * Reads one kind of word of a transmission, which says the same several times: link control in each LDU1, the encryption
 * sync of clear speech in each LDU2, the terminator's link control while the channel is held. A frame that cannot be read
 * alone is compared with the words read before, then added to those that could not be read either. Nothing is told that
 * the present frame does not say itself.
 */
export class RepeatedWords {
  private readonly word: Float32Array;
  private readonly sum: Float32Array;
  private summed = 0;
  private known: HexwordFound[] = [];

  constructor(private readonly code: HexwordCode) {
    this.word = new Float32Array(code.bits);
    this.sum = new Float32Array(code.bits);
  }

  /** Another transmission may begin: what was heard does not count any more. */
  reset(): void {
    this.known = [];
    this.forget();
  }

  read(frame: Float32Array): RepeatedHexwords {
    const { code, word } = this;
    code.gather(frame, word);
    const plain = code.decode(word);
    if ('bits' in plain) return this.remember(plain, false);
    // Before anything is searched for: a frame so weak that this is needed may look like a word near the one it says.
    const again = this.known.find((found) => this.says(found));
    if (again) return this.remember({ ...again, ...corrections(plain) }, true);
    const alone = code.decodeTogether(word);
    if (alone) return this.remember(alone, false);
    const summed = this.together();
    return summed ? this.remember({ ...summed, ...corrections(plain) }, true) : { ...plain, repeated: false };
  }

  /** Adds the frame to those unread before it and reads the sum. */
  private together(): HexwordFound | null {
    const { code, word, sum } = this;
    let weight = 0;
    for (let i = 0; i < code.bits; i++) weight += Math.abs(word[i]);
    if (!(weight > 0)) return null;
    for (let i = 0; i < code.bits; i++) sum[i] = FADE * sum[i] + word[i] / weight;
    if (++this.summed < 2) return null;
    const found = code.decodeTogether(sum);
    // Not what the frames before said, but what this one says too.
    return found && this.says(found) ? found : null;
  }

  /** Whether the present frame says this word. */
  private says({ bits }: HexwordFound): boolean {
    const { agreement, evidence } = this.code.fit(this.word, bits);
    return agreement >= LEAST_AGREEMENT && evidence >= LEAST_EVIDENCE;
  }

  private remember(found: HexwordFound, repeated: boolean): RepeatedHexwords {
    this.forget();
    const key = found.octets.join();
    this.known = [found, ...this.known.filter(({ octets }) => octets.join() !== key)].slice(0, REMEMBERED);
    return { ...found, repeated };
  }

  private forget(): void {
    this.sum.fill(0);
    this.summed = 0;
  }
}

/** What the codes changed in the present frame, not in the one whose word it repeats. */
const corrections = ({ innerCorrected, outerCorrected }: Hexwords) => ({ innerCorrected, outerCorrected });
