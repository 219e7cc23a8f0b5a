import type { FrameReader } from '../air-interface';
import type { ChannelReceiver } from './equaliser/channel-receiver';
import type { SequenceDetector } from './sequence/sequence-detector';
import type { SignalHistory } from './signal-history';

/** One way to read a candidate: which sync word, which polarity. */
export interface Variant {
  /** Index into the air interface's sync words. */
  sync: number;
  polarity: 1 | -1;
}

/** A place where a sync word may begin. */
export interface SyncCandidate {
  /** Sample (of the history) of the first sync symbol's centre, roughly. */
  at: number;
  /** Normalised correlation, 0..1. */
  quality: number;
  /** The readings that fit about equally well, best first. */
  variants: Variant[];
}

/** A sync word measured: all that feed-forward detection of its frame needs. */
export interface SyncFix extends Variant {
  /** Sample of the first sync symbol's centre, to fractions of a sample. */
  at: number;
  /** Coherent correlation, 0..1. */
  quality: number;
  /** Carrier offset, Hz (audio: the offset of zero frequency, relative to full scale). */
  offset: number;
  /** Deviation of the +1 level, Hz (audio: relative to full scale, always positive). */
  deviation: number;
  /** Estimated Es/N0, dB. */
  snr: number;
}

/** How good a sync's correlation must be, on the scale of its search. */
export interface SyncThresholds {
  /** Least quality of the rough search for a candidate where no sync is expected. */
  search: number;
  /** Measured quality that noise and data never reach: good without any other evidence. */
  sure: number;
  /** With a header that verifies. */
  header: number;
  /** Where the frame grid expects a sync. */
  grid: number;
}

/** Finds sync words in a signal history. */
export interface SyncSearch {
  readonly thresholds: SyncThresholds;
  /** Looks at the hop just appended; candidates in order of time. */
  scan(): SyncCandidate[];
  /** All syncs that begin before this sample have been reported. */
  readonly scanned: number;
  /** Measures a candidate in one reading; null when it is none after all. */
  measure(candidate: SyncCandidate, variant: Variant): SyncFix | null;
  /** Carrier offset of a candidate, roughly, Hz. */
  roughOffset?(candidate: SyncCandidate, variant: Variant): number;
  reset(): void;
}

/**
 * Turns a frame's signal into metrics, as cheaply as may be; FrameReception tells when another has to take over.
 */
export interface FrameDetector {
  /** Samples it reads before the first and after the last symbol's centre. */
  readonly reach: number;
  /**
   * Metrics (4 per symbol, index = (level + 3) / 2, larger = likelier) of `count` symbols from symbol `first` on,
   * counted from the sync's first symbol. Gives the mean squared distance from the nearest level where it is worst.
   */
  detect(fix: SyncFix, first: number, count: number, metrics: Float32Array): number;
}

/** A way to receive one kind of signal: its history, how to find syncs in it and how to read the symbols after them. */
export interface Receiver {
  readonly history: SignalHistory;
  readonly search: SyncSearch;
  readonly detector: FrameDetector;
  /** For noise that is too much for the detector. */
  readonly sequence?: SequenceDetector;
  /** For echoes and linear waveforms, if the air interface has what it needs. */
  readonly equaliser?: ChannelReceiver;
  readonly reader?: FrameReader;
  close(): void;
}
