import { MAX_HARMONICS, MBE_RATE, type MbeModel } from '../mbe/model';
import { PEAK } from '../mbe/speaker';

/** Tones with one frequency are multiples of this, Hz. */
const STEP = 31.25;
const FIRST_SINGLE = 5;
const LAST_SINGLE = 122;
/** 16 DTMF, 16 Knox and 4 call progress tones follow from here on. */
const FIRST_DUAL = 128;
const NO_SOUND = 255;

/** Keys in the order of their numbers, and where they are on the pad of four rows and columns. */
const KEYS = '0123456789ABCD*#';
const PAD = '123A456B789C*0#D';

function padTones(rows: readonly number[], columns: readonly number[]): [number, number][] {
  return Array.from(KEYS, (key) => {
    const place = PAD.indexOf(key);
    return [rows[place >> 2], columns[place & 3]];
  });
}

/** Hz of the tones from FIRST_DUAL on: DTMF, Knox, then dialling, ringing, busy and call progress. */
const DUAL: readonly (readonly [number, number])[] = [
  ...padTones([697, 770, 852, 941], [1209, 1336, 1477, 1633]),
  ...padTones([606, 672, 743, 820], [1052, 1162, 1279, 1430]),
  [350, 440],
  [440, 480],
  [480, 620],
  [350, 490],
];

/** A tone as harmonics of one fundamental. */
interface Partials {
  /** Hz */
  fundamental: number;
  harmonics: readonly number[];
}

/** The two harmonics whose ratio comes nearest to that of the two tones; their frequencies are right to 0.1 %. */
function fit(low: number, high: number): Partials {
  let best = Number.POSITIVE_INFINITY;
  let harmonics = [1, 2];
  for (let b = 2; b <= MAX_HARMONICS; b++) {
    const a = Math.round((b * low) / high);
    const miss = a < 1 ? best : Math.abs(Math.log((a * high) / (b * low)));
    if (miss < best - 1e-9) {
      best = miss;
      harmonics = [a, b];
    }
  }
  return { fundamental: Math.sqrt((low * high) / (harmonics[0] * harmonics[1])), harmonics };
}

const DUAL_PARTIALS = DUAL.map(([low, high]) => fit(low, high));

/** undefined for numbers that mean nothing. */
function partialsOf(tone: number): Partials | undefined {
  if (tone === NO_SOUND) return { fundamental: STEP, harmonics: [] };
  if (tone >= FIRST_SINGLE && tone <= LAST_SINGLE) return { fundamental: STEP * tone, harmonics: [1] };
  return DUAL_PARTIALS[tone - FIRST_DUAL];
}

const number = (bits: Uint8Array, from: number, count: number): number => {
  let value = 0;
  for (let i = from; i < from + count; i++) value = (value << 1) | bits[i];
  return value;
};

/** Six ones, the level's upper six bits, four times the tone's eight bits, the level's last bit, four zeros. */
const ID_START = 12;
const ID_COPIES = 4;
const LEVEL_END = 44;
const ZEROS = 45;

/** Steps of the level to a doubling of the amplitude: 127 steps for 15 bits. */
const LEVEL_STEPS = 127 / 15;

/**
 * Whether the 49 information bits are a tone frame's. Speech never begins with six ones, but silence may: half the codes of
 * the tone go unprotected, so three of four must agree and at most one of the closing zeros be wrong.
 * @returns the tone's number, or undefined
 */
export function toneOf(bits: Uint8Array): number | undefined {
  if (number(bits, 0, 6) !== 63) return undefined;
  let wrong = 0;
  for (let i = ZEROS; i < bits.length; i++) wrong += bits[i];
  if (wrong > 1) return undefined;
  const ids = Array.from({ length: ID_COPIES }, (_, copy) => number(bits, ID_START + 8 * copy, 8));
  return ids.find((id) => ids.filter((other) => other === id).length >= ID_COPIES - 1);
}

/**
 * Puts a tone into the model, as voiced harmonics without anything between them, so that it joins speech without a click.
 * @returns false, with nothing changed, when the number means no tone
 */
export function decodeTone(bits: Uint8Array, tone: number, model: MbeModel): boolean {
  const partials = partialsOf(tone);
  if (!partials) return false;
  const level = (number(bits, 6, 6) << 1) | bits[LEVEL_END];
  model.fundamental = (2 * Math.PI * partials.fundamental) / MBE_RATE;
  model.harmonics = Math.max(1, ...partials.harmonics);
  model.voiced.fill(1);
  model.amplitude.fill(0);
  for (const l of partials.harmonics) model.amplitude[l] = 2 ** (level / LEVEL_STEPS) / PEAK;
  return true;
}
