import type { SymbolsInfo } from '../core/messages';

/** A channel without a carrier for this share of the time is empty. */
const EMPTY_SHARE = 0.8;
/** The same from the channelizer's levels, dB above the noise. */
const EMPTY_SNR = 3;
/** Carrier offsets beyond this (Hz) are worth telling: a demodulator still follows twice as much. */
const FAR_OFF = 1000;
/** Below this Es/N0 (dB) most blocks fail. */
const WEAK_SNR = 6;

/** What is said of an empty channel. */
export const NO_CARRIER = 'no carrier';

/** Says in words what keeps a channel from being read, from what the demodulator measured. */
export class Reception {
  private latest: SymbolsInfo | null = null;
  private before = { time: 0, emptyMs: 0 };

  update(info: SymbolsInfo): void {
    if (!this.latest) this.before = { time: info.time, emptyMs: 0 };
    this.latest = info;
  }

  reset(): void {
    this.latest = null;
  }

  /** What is wrong with the signal since the last call, under 20 characters; empty when it looks good. */
  problem(): string {
    const { latest } = this;
    if (!latest) return '';
    const empty = this.isEmpty(latest);
    const { offset, snr } = latest.stats ?? {};
    if (empty) return NO_CARRIER;
    if (offset !== undefined && Math.abs(offset) > FAR_OFF) {
      return `off ${offset > 0 ? '+' : '-'}${Math.round(Math.abs(offset))} Hz`;
    }
    return snr !== undefined && snr < WEAK_SNR ? `too weak ${Math.round(snr)} dB` : '';
  }

  /** Es/N0 in dB; undefined when it is not known. */
  get snr(): number | undefined {
    const snr = this.latest?.stats?.snr;
    return snr === undefined || !Number.isFinite(snr) ? undefined : Math.round(snr * 10) / 10;
  }

  private isEmpty(latest: SymbolsInfo): boolean {
    const emptyMs = latest.stats?.no_carrier_ms;
    if (emptyMs === undefined) {
      return latest.level !== undefined && latest.noise !== undefined && latest.level - latest.noise < EMPTY_SNR;
    }
    const now = latest.time + latest.duration;
    const share = (emptyMs - this.before.emptyMs) / Math.max(1, now - this.before.time);
    this.before = { time: now, emptyMs };
    return share > EMPTY_SHARE;
  }
}
