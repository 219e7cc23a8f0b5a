/**
 * An air interface as data: all a demodulator needs to know of a protocol. Protocol folders export these; src/dsp knows
 * no protocol by name.
 */
export interface AirInterface {
  /** Name of the modulation as users know it, e.g. 'C4FM'. */
  modulation: string;
  family: '4fsk';
  /** Symbols per second. */
  symbolRate: number;
  /** Frequency deviation of the +1 level, Hz (the +3 level deviates three times as far). P25 C4FM: 600. */
  deviation: number;
  /** Transmitted frequency pulse: 'rc-inverse-sinc' is P25's raised cosine times x/sin x; 'rrc' DMR, YSF, NXDN, M17. */
  pulse: { kind: 'rc-inverse-sinc' | 'rrc'; rolloff: number };
  /** Occupied bandwidth, Hz, for the channel filter. */
  bandwidth: number;
  /** Sync words, levels -3..3 in order of transmission. */
  syncs: { name: string; levels: readonly number[] }[];
  /** Index of the sync word's first symbol within a frame (0 = the frame begins with it). */
  syncPosition: number;
  /** Longest frame in symbols, sync included. */
  maxFrameSymbols: number;
  /** Frame lengths are multiples of this many symbols (P25: 36). 1 when they are not. */
  grid: number;
  /** Symbols after the sync's start that `header` needs. */
  headerSymbols: number;
  /**
   * Lent by the protocol: looks at the first headerSymbols symbols' metrics (4 per symbol) and tells how long this frame
   * is. Null when the header does not verify: then the frame runs to the next sync.
   */
  header?(metrics: Float32Array): FrameHeader | null;
}

export interface FrameHeader {
  /** Length of the whole frame in symbols; the longest it can be when `least` is given. */
  symbols: number;
  /**
   * Shortest length, when the header alone does not tell (P25: a TSDU holds one to three blocks). The frame ends at the
   * first sync on the grid from here on, or after `symbols`.
   */
  least?: number;
  /** Bits the header's code corrected; fewer = surer. */
  corrected: number;
}
