import { type PhaseTrack, phaseAt } from './phase-track';

/** Milliseconds of a block: a fraction of a syllable. */
const BLOCK_MS = 20;
/** Blocks without which nothing is said. */
const LEAST_BLOCKS = 25;
/** Share of the time in which there must be a carrier: what noise modulates is loud, and would pass for speech. */
const LEAST_CARRIER = 0.95;
/** Loudest deviation (Hz rms, between about 200 and 3000 Hz) of a carrier that is not modulated, and least and most of speech. */
const QUIET = 100;
const SPEECH = { least: 120, most: 3500 };
/**
 * Loudest deviation (Hz rms) of an empty carrier in noise, and how far its phase strays from a straight line at most (rad
 * rms): as it does at 14 dB Es/N0 (4800 symbols/s). A tone of ordinary deviation strays further.
 */
const STRAIGHT = { loudest: 600, stray: 0.35 };
/** Loudness of syllables between loud and silent, relative to the loudest, and the share of the time it must take. */
const BETWEEN = { least: 0.1, most: 0.6, share: 0.25 };

/** What a carrier carries that is none of the digital modes known. */
export type AnalogKind = 'FM voice' | 'carrier';

/**
 * Tells speech and an empty carrier by the loudness of what is modulated, block by block: that of speech varies over tens
 * of decibels in steps of all sizes; that of data and tones is constant, or on and off. Null for anything else.
 */
export function analogKind(track: PhaseTrack): AnalogKind | null {
  if (track.carrier === null || track.carrier < LEAST_CARRIER) return null;
  const loudness = blockLoudness(track).sort((a, b) => a - b);
  if (loudness.length < LEAST_BLOCKS) return null;
  const loudest = loudness[Math.floor(0.95 * loudness.length)];
  if (loudest < QUIET) return 'carrier';
  const between = loudness.filter((one) => one > BETWEEN.least * loudest && one < BETWEEN.most * loudest);
  const isUneven = between.length > BETWEEN.share * loudness.length;
  if (isUneven) return loudest > SPEECH.least && loudest < SPEECH.most ? 'FM voice' : null;
  return loudest < STRAIGHT.loudest && isStraight(track) ? 'carrier' : null;
}

/** The phase follows a straight line in nearly all blocks: the frequency stays, whatever noise makes of it. */
function isStraight({ rate, phase }: PhaseTrack): boolean {
  const block = Math.round((rate * BLOCK_MS) / 1000);
  const middle = (block - 1) / 2;
  const spread = (block * (block * block - 1)) / 12;
  let straight = 0;
  const blocks = Math.floor(phase.length / block);
  for (let from = 0; from + block <= phase.length; from += block) {
    let mean = 0;
    let slope = 0;
    for (let i = 0; i < block; i++) {
      mean += phase[from + i] / block;
      slope += ((i - middle) * phase[from + i]) / spread;
    }
    let squares = 0;
    for (let i = 0; i < block; i++) squares += (phase[from + i] - mean - slope * (i - middle)) ** 2;
    if (Math.sqrt(squares / block) < STRAIGHT.stray) straight++;
  }
  return straight >= LEAST_CARRIER * blocks;
}

/** Root mean square of the frequency (Hz) in each block, between about 200 and 3000 Hz. */
function blockLoudness(track: PhaseTrack): number[] {
  const { rate, phase } = track;
  // Differences of phase over a short and a long time are averages of the frequency: a low-pass each, nulls at 6 kHz and 400 Hz.
  const short = rate / 6000 / 2;
  const long = rate / 400 / 2;
  const block = Math.round((rate * BLOCK_MS) / 1000);
  const out: number[] = [];
  for (let from = Math.ceil(long); from + block + long < phase.length; from += block) {
    let squares = 0;
    for (let i = from; i < from + block; i++) {
      const near = (phaseAt(track, i + short) - phaseAt(track, i - short)) / (2 * short);
      const far = (phaseAt(track, i + long) - phaseAt(track, i - long)) / (2 * long);
      squares += (near - far) ** 2;
    }
    out.push((Math.sqrt(squares / block) * rate) / (2 * Math.PI));
  }
  return out;
}
