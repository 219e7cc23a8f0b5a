/**
 * Phases of symbols in eighths of a turn, 0..7. A symbol's level (-3, -1, +1, +3; index 0..3) is the step from the phase
 * before, so phases are odd and even in turns: given which, one of four is a state 0..3.
 */

export const COS = Float64Array.from({ length: 8 }, (_, i) => Math.cos((Math.PI / 4) * i));
export const SIN = Float64Array.from({ length: 8 }, (_, i) => Math.sin((Math.PI / 4) * i));

/** Index of the level that makes this step (mod 8); steps are odd. */
export const LEVEL_OF_STEP = Uint8Array.of(0, 2, 0, 3, 0, 0, 0, 1);

/** Phase after a symbol whose level has this index. */
export const nextPhase = (phase: number, level: number): number => (phase + 2 * level + 5) & 7;
