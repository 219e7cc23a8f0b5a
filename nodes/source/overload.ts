import { Diagnosis, type Finding } from '../../src/core/diagnosis';
import type { Counters } from '../../src/core/stage';

/** Share of the samples at the converter's limit from which on a receiver is overloaded. */
const LIMIT = 0.01;
/** Values that must have been looked at since the last time. */
const LEAST = 500;

/** Says when a receiver is overloaded, from what its source counts. */
export class Overload {
  private readonly diagnosis = new Diagnosis('source', 'ok');
  private before = { checked: 0, clipped: 0 };
  /** What to show in place of "running"; empty when all is well. */
  words = '';

  /** @returns the event to send, when something has changed */
  observe({ checked = 0, clipped = 0 }: Counters) {
    // A source that was made anew counts from nothing.
    if (checked < this.before.checked) this.before = { checked: 0, clipped: 0 };
    const looked = checked - this.before.checked;
    if (looked < LEAST) return undefined;
    const share = (clipped - this.before.clipped) / looked;
    this.before = { checked, clipped };
    const numbers = { clipped: Math.round(1000 * share) / 1000 };
    const finding: Finding =
      share > LIMIT
        ? { code: 'overload', words: `overloaded ${Math.round(100 * share)} %`, numbers }
        : { code: 'ok', words: 'ok', numbers };
    this.words = finding.code === 'ok' ? '' : finding.words;
    return this.diagnosis.observe(finding);
  }
}
