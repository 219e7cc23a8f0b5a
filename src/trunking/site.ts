import { normaliseNac, type System } from './system';

/** What is known of the site a control channel (or conventional channel) belongs to. */
export interface Site {
  /** Stream of the channel. */
  stream: string;
  system: System;
  nac?: string;
  wacn?: string;
  /** System ID as the air carries it. */
  systemId?: string;
  /** Es/N0 of its control channel, dB, and whether that is read now. */
  snr?: number;
  locked?: boolean;
}

/** How much better (dB) another site must be heard for a call to go there. */
const CLEARLY_BETTER = 3;

/** True when a call is better heard at site `a` than at `b`: it has the preferred NAC, or a clearly stronger signal. */
export function isBetter(a: Site, b: Site, preferredNac?: string): boolean {
  if (preferredNac && a.nac !== b.nac) {
    const wanted = normaliseNac(preferredNac);
    if (a.nac && normaliseNac(a.nac) === wanted) return true;
    if (b.nac && normaliseNac(b.nac) === wanted) return false;
  }
  if (a.locked && b.locked === false) return true;
  return a.snr !== undefined && b.snr !== undefined && a.snr - b.snr >= CLEARLY_BETTER;
}
