import type { SymbolsInfo } from '../core/messages';

/** A channel without a carrier for this share of the time is empty. */
const EMPTY_SHARE = 0.8;
/** The same from the channelizer's levels, dB above the noise. */
const EMPTY_SNR = 3;
/** Carrier offsets beyond this (Hz) are worth telling: a demodulator still follows twice as much. */
const FAR_OFF = 1000;
/** Below this Es/N0 (dB) most blocks fail. */
const WEAK_SNR = 6;
/** Share of samples at the converter's limit from which on a receiver is overdriven. */
const CLIPPED_SHARE = 0.02;

/** What keeps a channel from being read. */
export interface Problem {
  /** For programs, see DiagnosisEvent. */
  code: string;
  /** For people, under 20 characters. */
  words: string;
  /** What the channel carries instead, where that is what is wrong. */
  looksLike?: string;
  /** The number in the words. */
  value?: number | string;
}

/** Says what keeps a channel from being read, from what the demodulator measured. */
export class Reception {
  private latest: SymbolsInfo | null = null;
  private before = { time: 0, emptyMs: 0, clipped: 0, samples: 0 };
  /** Since the call before: share of the time without a carrier, and of the samples that are clipped. */
  private share: { empty?: number; clipped?: number } = {};

  update(info: SymbolsInfo): void {
    if (!this.latest) this.before = { time: info.time, emptyMs: 0, clipped: 0, samples: 0 };
    this.latest = info;
  }

  reset(): void {
    this.latest = null;
  }

  /** What is wrong with the signal since the last call; null when it looks good. */
  problem(): Problem | null {
    const { latest } = this;
    if (!latest) return null;
    this.measure(latest);
    const { offset, snr } = latest.stats ?? {};
    const { looksLike } = latest;
    const empty = this.isEmpty(latest);
    if (!empty && looksLike) return otherSignal(looksLike);
    // A receiver that is overdriven hides carriers.
    const clipped = Math.round(100 * (this.share.clipped ?? 0));
    if (clipped > 100 * CLIPPED_SHARE) return { code: 'overload', words: `overloaded ${clipped} %`, value: clipped };
    if (empty) return { code: 'no_carrier', words: 'no carrier' };
    if (offset !== undefined && Math.abs(offset) > FAR_OFF) {
      const text = `${offset > 0 ? '+' : '-'}${Math.round(Math.abs(offset))}`;
      return { code: 'wrong_frequency', words: `off ${text} Hz`, value: text };
    }
    if (snr !== undefined && snr < WEAK_SNR) {
      const text = Math.round(snr);
      return { code: 'too_weak', words: `too weak ${text} dB`, value: text };
    }
    return null;
  }

  /** What was measured, as far as it is known: for the numbers of a diagnosis. */
  numbers(): Record<string, number> {
    const { offset } = this.latest?.stats ?? {};
    const { empty, clipped } = this.share;
    const { snr } = this;
    return {
      ...(snr !== undefined && { snr }),
      ...(offset !== undefined && { offset }),
      ...(empty !== undefined && { no_carrier: hundredths(empty) }),
      ...(clipped !== undefined && { clipped: hundredths(clipped) }),
    };
  }

  /** What the channel carries instead of what is expected; undefined when that is not known. */
  get looksLike(): string | undefined {
    return this.latest?.looksLike;
  }

  /** Es/N0 in dB; undefined when it is not known. */
  get snr(): number | undefined {
    const snr = this.latest?.stats?.snr;
    return snr === undefined || !Number.isFinite(snr) ? undefined : Math.round(snr * 10) / 10;
  }

  private measure(latest: SymbolsInfo): void {
    const { no_carrier_ms, samples } = latest.stats ?? {};
    const { before } = this;
    const now = { ...countsOf(latest), time: latest.time + latest.duration };
    const passed = Math.max(1, now.time - before.time);
    this.share = {
      ...(no_carrier_ms !== undefined && { empty: (now.emptyMs - before.emptyMs) / passed }),
      ...(samples !== undefined && {
        clipped: (now.clipped - before.clipped) / Math.max(1, now.samples - before.samples),
      }),
    };
    this.before = now;
  }

  private isEmpty({ level, noise }: SymbolsInfo): boolean {
    if (this.share.empty !== undefined) return this.share.empty > EMPTY_SHARE;
    return level !== undefined && noise !== undefined && level - noise < EMPTY_SNR;
  }
}

function otherSignal(looksLike: string): Problem {
  if (looksLike === 'carrier') return { code: 'wrong_modulation', words: 'bare carrier', looksLike };
  if (looksLike === 'FM voice') return { code: 'wrong_modulation', words: 'looks like FM voice', looksLike };
  return { code: 'wrong_protocol', words: `looks like ${looksLike}`, looksLike };
}

function countsOf({ stats }: SymbolsInfo) {
  return { emptyMs: stats?.no_carrier_ms ?? 0, clipped: stats?.clipped ?? 0, samples: stats?.samples ?? 0 };
}

function hundredths(value: number): number {
  return Math.round(100 * value) / 100;
}
