import { TrunkflowError } from '../../core/errors';

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9 };
const NUMBER = /^([+-]?(?:\d+\.?\d*|\.\d+))\s*([kmg]?)(?:hz)?$/i;
const RANGE = /^(.+?)\s*(?:-|–|\.\.|\bto\b)\s*(.+?)\s*(?:\/|\bstep\b)\s*(.+)$/i;

/** Most frequencies a list may name. */
const LONGEST_LIST = 4096;

/**
 * A frequency in Hz from text: '851.625', '851.6250 MHz', '851.625M', '851625 kHz', '851625000', '851625000 Hz'. Without
 * a unit, a number below 10,000 is MHz and one from 100,000 is Hz. The result is a whole number of Hz.
 *
 * Throws TrunkflowError 'bad-setting' for anything else.
 */
export function parseFrequency(text: string): number {
  const match = NUMBER.exec(text.trim());
  const value = match ? Number(match[1]) : Number.NaN;
  const unit = match?.[2].toLowerCase() ?? '';
  const bare = unit === '' && !/hz\s*$/i.test(text);
  if (!match || value <= 0 || (bare && value >= 10000 && value < 100000)) throw unreadable('Frequency', text);
  const scale = bare && value < 10000 ? 1e6 : UNITS[unit];
  const hertz = Math.round(value * scale);
  if (hertz < 1 || hertz > 1e12) throw unreadable('Frequency', text);
  return hertz;
}

/**
 * Frequencies in Hz from a list separated by commas, semicolons or line ends. An entry is a frequency or a raster
 * 'start-stop/step', whose step is in kHz below 1000 and in Hz from 1000 unless it has a unit: '851.0125-851.9875/12.5'.
 * Every frequency comes once, in the order named. Empty entries are skipped.
 *
 * Throws TrunkflowError 'bad-setting' for an entry that cannot be read, and for more than 4096 frequencies.
 */
export function parseFrequencies(text: string): number[] {
  const found = new Set<number>();
  for (const entry of text.split(/[,;\n]/)) {
    const trimmed = entry.trim();
    if (trimmed === '') continue;
    const range = RANGE.exec(trimmed);
    if (range) for (const frequency of raster(range[1], range[2], range[3], trimmed)) found.add(frequency);
    else found.add(parseFrequency(trimmed));
    if (found.size > LONGEST_LIST) throw tooMany(found.size);
  }
  return [...found];
}

function raster(startText: string, stopText: string, stepText: string, entry: string): number[] {
  const start = parseFrequency(startText);
  const stop = parseFrequency(stopText);
  const step = parseStep(stepText);
  if (stop < start) throw unreadable('Channel raster', entry);
  // The last channel may lie beyond the stop by rounding only.
  const count = Math.floor((stop - start) / step + 1e-6) + 1;
  if (count > LONGEST_LIST) throw tooMany(count);
  return Array.from({ length: count }, (_, i) => Math.round(start + i * step));
}

function parseStep(text: string): number {
  const match = NUMBER.exec(text.trim());
  if (!match) throw unreadable('Raster step', text);
  const value = Number(match[1]);
  const unit = match[2].toLowerCase();
  const bare = unit === '' && !/hz\s*$/i.test(text);
  const step = value * (bare && value < 1000 ? 1e3 : UNITS[unit]);
  if (!(step >= 1)) throw unreadable('Raster step', text);
  return step;
}

function unreadable(what: string, text: string): TrunkflowError {
  return new TrunkflowError('bad-setting', what, {
    expected: 'for example 851.625 MHz, 851625000 or 851.0125-851.9875/12.5k',
    got: `"${text.trim().slice(0, 60)}"`,
    hint: 'Write the unit: Hz, kHz or MHz',
    status: 'bad frequency',
  });
}

function tooMany(count: number): TrunkflowError {
  return new TrunkflowError('bad-setting', 'Channel list', {
    expected: `at most ${LONGEST_LIST} frequencies`,
    got: String(count),
    hint: 'Use a larger step or a shorter range',
    status: 'too many channels',
  });
}
