import { Diagnosis } from '../core/diagnosis';
import type { DiagnosisEvent } from '../core/events';

/** Why a call was not recorded, as far as it is the recorder's matter. */
export type NotKept = 'encrypted' | 'not_wanted' | 'too_short' | 'no_audio';

const WORDS: Record<NotKept, string> = {
  encrypted: 'all encrypted',
  not_wanted: 'recording is off',
  too_short: 'all too short',
  no_audio: 'no audio',
};

/** Calls running that must not have been recorded before it is told. */
const LEAST = 3;
const MOST = 100;

/** Says why nothing is recorded, from what became of the latest calls. */
export class RecorderDiagnosis {
  /** Why none of the latest calls was recorded, the most frequent reason; null while calls are. */
  problem: { code: NotKept; words: string } | null = null;
  private readonly diagnosis = new Diagnosis('recorder', 'ok');
  private latest: NotKept[] = [];

  /**
   * A call was recorded, or why it was not.
   * @param time of its end, ms since 1970
   * @returns the event to send, when something has changed
   */
  observe(reason: NotKept | null, time: number): DiagnosisEvent | undefined {
    if (reason === null) this.latest = [];
    else this.latest.push(reason);
    if (this.latest.length > MOST) this.latest.shift();
    const numbers: Record<string, number> = {};
    for (const one of this.latest) numbers[one] = (numbers[one] ?? 0) + 1;
    const [most] = Object.entries(numbers).sort(([, a], [, b]) => b - a);
    const code = most?.[0] as NotKept | undefined;
    const found = code ? { code, words: WORDS[code] } : null;
    this.problem = this.latest.length >= LEAST ? found : null;
    // What is told must be found twice running: from the call before the last on.
    const finding = this.latest.length >= LEAST - 1 && found ? found : { code: 'ok', words: 'ok' };
    const event = this.diagnosis.observe({ ...finding, numbers });
    return event && ({ ...event, time } as DiagnosisEvent);
  }
}
