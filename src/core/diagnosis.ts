import type { DiagnosisEvent } from './events';

/** What is wrong, for programs and for people, with what was measured. */
export interface Finding {
  /** 'ok', or what is wrong. */
  code: string;
  /** In under 20 characters. */
  words: string;
  numbers: Record<string, number>;
  /** What the channel carries instead. */
  looks_like?: string;
}

type Told = Pick<DiagnosisEvent, 'type' | 'node' | 'state' | 'code' | 'words' | 'looks_like' | 'numbers'>;

/**
 * Tells a diagnosis when it changes: that all is well at once, trouble when it was found twice running, so that nothing
 * is told of what passes by itself.
 */
export class Diagnosis {
  private told: string;
  private before = '';

  /** @param assumed the code that counts as told at the beginning; '' for none */
  constructor(
    private readonly node: DiagnosisEvent['node'],
    private readonly assumed = '',
  ) {
    this.told = assumed;
  }

  /** @returns the event to send, without protocol, stream and time; undefined while nothing has changed */
  observe(finding: Finding): Told | undefined {
    const { code, words, numbers, looks_like } = finding;
    const kind = looks_like ? `${code} ${looks_like}` : code;
    const steady = code === 'ok' || kind === this.before;
    this.before = kind;
    if (!steady || kind === this.told) return undefined;
    this.told = kind;
    const state = code === 'ok' ? 'ok' : 'problem';
    return {
      type: 'diagnosis',
      node: this.node,
      state,
      code,
      words,
      ...(looks_like !== undefined && { looks_like }),
      numbers,
    };
  }

  /** What was told is forgotten. */
  reset(): void {
    this.told = this.assumed;
    this.before = '';
  }
}
