/** Frequencies of one channel identifier: channel n is at base + n * spacing (Hz); `offset` is the uplink's. */
export interface BandPlanEntry {
  base: number;
  spacing: number;
  offset?: number;
  /** TDMA slots on each carrier. */
  slots?: number;
}

/** A system's channel identifiers, as far as they are set by hand. */
export type BandPlan = Record<number, BandPlanEntry>;
