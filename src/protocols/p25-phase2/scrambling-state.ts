import type { ChannelSignal } from '../../core/messages';
import { Scrambling } from './scrambling';

/** Scrambled bursts in a row that could not be read, after which the key is taken for wrong. */
const MOST_FAILURES = 5;

/** What is known of a carrier's scrambling: from whoever asked for the channel, and from its own unscrambled messages. */
export class ScramblingState {
  private known: Pick<ChannelSignal, 'wacn' | 'system' | 'nac'>;
  private sequence?: Scrambling;
  private failures = 0;

  constructor(private readonly given: Pick<ChannelSignal, 'wacn' | 'system' | 'nac'>) {
    this.known = {};
    this.reset();
  }

  reset(): void {
    const { wacn, system, nac } = this.given;
    this.known = { wacn: digits(wacn, 5), system: digits(system, 3), nac: digits(nac, 3) };
    this.sequence = undefined;
    this.failures = 0;
  }

  /** A message told one of the three. */
  learn({
    wacn,
    system,
    nac,
    color_code,
  }: {
    wacn?: string;
    system?: string;
    nac?: string;
    color_code?: string;
  }): void {
    const heard = { wacn, system, nac: nac ?? color_code };
    for (const name of ['wacn', 'system', 'nac'] as const) {
      const value = heard[name];
      if (value === undefined || value === this.known[name]) continue;
      this.known[name] = value;
      this.sequence = undefined;
      this.failures = 0;
    }
  }

  /** Takes the scrambling off a burst; false when it is not known. */
  apply(burst: Float32Array, slot: number): boolean {
    const { wacn, system, nac } = this.known;
    if (!wacn || !system || !nac) return false;
    this.sequence ??= new Scrambling({
      wacn: Number.parseInt(wacn, 16),
      system: Number.parseInt(system, 16),
      nac: Number.parseInt(nac, 16),
    });
    this.sequence.apply(burst, slot);
    return true;
  }

  /** A scrambled burst with a check could be read, or not. */
  judge(readable: boolean): void {
    this.failures = readable ? 0 : this.failures + 1;
  }

  /** Nothing under this key can be read: either it is wrong, or the signal is too weak for speech. */
  get isDoubted(): boolean {
    return this.failures >= MOST_FAILURES;
  }

  get nacName(): string {
    return this.known.nac ?? '?';
  }

  /** What is not known, in under 20 characters. */
  get missing(): string {
    const { wacn, system } = this.known;
    if (!wacn) return 'WACN unknown';
    return system ? 'NAC unknown' : 'system ID unknown';
  }

  /** Fields of every event. */
  get identity(): { nac?: string } {
    return this.known.nac === undefined ? {} : { nac: this.known.nac };
  }
}

/** A hexadecimal number with leading zeros; undefined for what is none. */
function digits(text: string | undefined, count: number): string | undefined {
  const number = text?.trim().replace(/^0x/i, '').toUpperCase();
  if (!number || !/^[0-9A-F]+$/.test(number) || number.replace(/^0+/, '').length > count) return undefined;
  return number.replace(/^0+/, '').padStart(count, '0');
}
