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
  pulse: Pulse;
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
  /**
   * Waveforms that carry these symbols with the same phases at the symbol instants: each level turns the phase by an
   * eighth of a turn times the level (pi/4-DQPSK). With these the channel equaliser can serve; which of them is on the air it finds out.
   */
  waveforms?: readonly PhaseWaveform[];
  /** What the protocol knows of frames beyond the sync word, for one stream. Its `header` takes the place of the above. */
  createReader?(): FrameReader;
  /** TDMA carriers; they are received coherently. */
  slots?: SlotStructure;
}

/**
 * A continuous carrier in time slots of equal length, `grid` symbols, some of which begin with the sync word. Every slot is
 * a frame. The symbols are changes of phase, in units of pi / 4 (pi/4-DQPSK).
 */
export interface SlotStructure {
  /** Slots after which the pattern of sync words repeats. */
  cycle: number;
  /** Those that begin with one: two that follow each other. */
  syncs: readonly [number, number];
  /** Levels of all words that each of the others may begin with, by slot: they train the equaliser once they are recognised. */
  words?: Readonly<Record<number, readonly (readonly number[])[]>>;
}

/** Pulse in the time of symbols: raised cosine ('rc'), its root ('rrc'), or P25's raised cosine times x / sin x. */
export interface Pulse {
  kind: 'rc-inverse-sinc' | 'rrc' | 'rc';
  rolloff: number;
}

export interface PhaseWaveform {
  /** As users know it, e.g. 'CQPSK'. */
  name: string;
  /** 'frequency': the pulse shapes the frequency (constant envelope). 'linear': it shapes the complex symbols. */
  kind: 'frequency' | 'linear';
  pulse: Pulse;
}

/** Symbols that may follow the sync word, to train a receiver with. */
export interface Training {
  /** Index of each symbol's level ((level + 3) / 2) from the sync's end on; -1 where it is not known (at most one). */
  levels: Int8Array;
  header: FrameHeader;
}

/** A protocol's knowledge of its frames, learnt from one stream. */
export interface FrameReader {
  /** As AirInterface.header. */
  header(metrics: Float32Array): FrameHeader | null;
  /** This frame is believed: what it says of the stream may be learnt. */
  accept(header: FrameHeader): void;
  /** Whether the header fits what was learnt: one that does not needs better proof. */
  knows(header: FrameHeader): boolean;
  /** What may follow the sync: of this header if it is known, else all that this stream is known to send. */
  training(header: FrameHeader | null): readonly Training[];
  /** The code of this frame, if it has one that can verify and feed back; `symbols`: its length. Valid until the next call. */
  code(header: FrameHeader | null, symbols: number): FrameCode | null;
}

/** A frame's code as an equaliser uses it (turbo equalisation). Metrics: 4 per symbol, larger = likelier. */
export interface FrameCode {
  /**
   * Tries to verify what is not verified yet. `priors` is what the metrics already contain of `feedback`, or null. Levels
   * of verified symbols are written to `known` (index of the level; -1 stays unknown). True when all is verified.
   */
  verify(metrics: Float32Array, priors: Float32Array | null, known: Int8Array): boolean;
  /** What the code says of its symbols, less what they said themselves; zero for symbols outside it. */
  feedback(metrics: Float32Array, priors: Float32Array | null, extrinsic: Float32Array): void;
  /** Last word on the metrics to be sent on, e.g. to blank what must not be believed. */
  finish(metrics: Float32Array): void;
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
