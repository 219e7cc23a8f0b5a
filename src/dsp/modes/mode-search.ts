import type { DigitalMode } from './mode';
import { type PhaseTrack, phaseAt } from './phase-track';

/** Instants looked at in each symbol. */
const PER_SYMBOL = 4;
/** Least correlation coefficient that is worth anything, of long sync words and of short ones. */
const LEAST = { long: 0.85, short: 0.9 };
const SHORT = 16;
/** Deviations relative to the nominal one; wide, as signals are also remodulated from the audio of receivers. */
const DEVIATION = { least: 0.6, most: 3 };
/** Finds that may begin a grid; and by how many instants others may lie beside it. */
const MOST_STARTS = 20;
const SLACK = 1;
/** A mode is named when chance makes as good a find in fewer than 10^-6 of all looks at random symbols. */
const SURE = -6;

export interface FoundMode {
  mode: DigitalMode;
  /** log10 of the probability that random symbols look like this. */
  chance: number;
  /** Sync words on one grid. */
  hits: number;
}

interface Hit {
  /** Index into the symbol values. */
  at: number;
  polarity: 1 | -1;
  /** log10 of the probability of this find at one place. */
  chance: number;
}

/**
 * Looks for sync words of digital modes, by correlation of the phase's advance over each symbol: the discriminator
 * integrated over a symbol, whatever the carrier offset. A find counts with the probability that random symbols correlate as
 * well (Student's distribution of the correlation coefficient); finds a whole number of frames apart count together.
 */
export function findMode(track: PhaseTrack, modes: readonly DigitalMode[]): FoundMode | null {
  let best: FoundMode | null = null;
  const values = new Map<number, SymbolValues>();
  for (const mode of modes) {
    const { symbolRate } = mode;
    const known = values.get(symbolRate) ?? symbolValues(track, symbolRate);
    values.set(symbolRate, known);
    const found = judge(mode, findHits(mode, known, track.carrier !== null), known.length);
    if (found && found.chance < SURE && found.chance < (best?.chance ?? 0)) best = found;
  }
  return best;
}

/** Phase advance over one symbol around each of PER_SYMBOL instants a symbol, with running sums a symbol apart. */
interface SymbolValues {
  value: Float64Array;
  sum: Float64Array;
  squares: Float64Array;
  length: number;
}

function symbolValues(track: PhaseTrack, symbolRate: number): SymbolValues {
  const step = track.rate / symbolRate / PER_SYMBOL;
  const length = Math.max(0, Math.floor((track.phase.length - 1) / step) - PER_SYMBOL);
  const value = new Float64Array(length);
  const sum = new Float64Array(length + PER_SYMBOL);
  const squares = new Float64Array(length + PER_SYMBOL);
  for (let i = 0; i < length; i++) {
    value[i] = phaseAt(track, (i + PER_SYMBOL) * step) - phaseAt(track, i * step);
    sum[i + PER_SYMBOL] = sum[i] + value[i];
    squares[i + PER_SYMBOL] = squares[i] + value[i] * value[i];
  }
  return { value, sum, squares, length };
}

function findHits(mode: DigitalMode, values: SymbolValues, complex: boolean): Hit[] {
  const hits = mode.syncs.flatMap((levels) => {
    const found: Hit[] = [];
    const n = levels.length;
    const least = n < SHORT ? LEAST.short : LEAST.long;
    const mean = levels.reduce((total, level) => total + level, 0) / n;
    const zeroed = Float64Array.from(levels, (level) => level - mean);
    const energy = zeroed.reduce((total, level) => total + level * level, 0);
    const cap = -Math.log10(mode.levels) * n;
    const span = (n - 1) * PER_SYMBOL;
    let last = { at: Number.NEGATIVE_INFINITY, size: 0 };
    for (let at = 0; at + span < values.length; at++) {
      const sum = values.sum[at + n * PER_SYMBOL] - values.sum[at];
      const spread = values.squares[at + n * PER_SYMBOL] - values.squares[at] - (sum * sum) / n;
      if (!(spread > 0)) continue;
      let covariance = 0;
      for (let k = 0, i = at; k < n; k++, i += PER_SYMBOL) covariance += zeroed[k] * values.value[i];
      const size = Math.abs(covariance) / Math.sqrt(energy * spread);
      if (size < least) continue;
      const deviation = (3 * Math.abs(covariance) * mode.symbolRate) / energy / 2 / Math.PI / mode.deviation;
      if (complex && (deviation < DEVIATION.least || deviation > DEVIATION.most)) continue;
      const chance = Math.max(cap, ((n - 2) / 2) * Math.log10(Math.max(1e-9, 1 - size * size)));
      const hit: Hit = { at, polarity: covariance > 0 ? 1 : -1, chance };
      // Of neighbouring instants the best one counts.
      if (at - last.at > PER_SYMBOL) found.push(hit);
      else if (size > last.size) found[found.length - 1] = hit;
      else continue;
      last = { at, size };
    }
    return found;
  });
  return hits.sort((a, b) => a.chance - b.chance);
}

/** The best set of finds of one polarity that lie on one grid of frames. */
function judge(mode: DigitalMode, hits: Hit[], length: number): FoundMode | null {
  const { syncs, period } = mode;
  const grid = period * PER_SYMBOL;
  /** Ways in which chance may have its first find, and each further one on the grid. */
  const first = Math.log10(Math.max(1, 2 * length * syncs.length) / PER_SYMBOL);
  const further = grid > 0 ? Math.log10(Math.max(1, Math.ceil(length / grid)) * syncs.length * (2 * SLACK + 1)) : 0;
  let best: FoundMode | null = null;
  for (const start of hits.slice(0, MOST_STARTS)) {
    let chance = start.chance + first;
    const places = new Set([0]);
    for (const hit of grid > 0 ? hits : []) {
      const frames = Math.round((hit.at - start.at) / grid);
      const off = Math.abs(hit.at - start.at - frames * grid);
      if (hit.polarity !== start.polarity || places.has(frames) || off > SLACK) continue;
      places.add(frames);
      chance += Math.min(0, hit.chance + further);
    }
    if (!best || chance < best.chance) best = { mode, chance, hits: places.size };
  }
  return best;
}
