/** The layout of a TDMA superframe (TIA-102.BBAC 5): 12 slots of 30 ms, each 20 symbols of ISCH and 160 of burst. */

/** Symbols per second. */
export const SYMBOL_RATE = 6000;
export const SLOTS = 12;
export const SLOT_SYMBOLS = 180;
export const SLOT_MS = (1000 * SLOT_SYMBOLS) / SYMBOL_RATE;
export const SUPERFRAME_MS = SLOTS * SLOT_MS;
/** Inter-slot signalling channel: the first symbols of a slot. */
export const ISCH_SYMBOLS = 20;
export const ISCH_BITS = 2 * ISCH_SYMBOLS;
export const BURST_SYMBOLS = SLOT_SYMBOLS - ISCH_SYMBOLS;
export const BURST_BITS = 2 * BURST_SYMBOLS;

/** Logical channel (slot of a grant) of each of the 12 slots: the last two are crossed. */
export const CHANNEL_OF: readonly number[] = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 0];
/** Slots of a channel in a superframe that may carry voice. */
export const VOICE_SLOTS = 5;

/** What the ISCH of a slot tells: nothing but the sync, or where in the superframe it is, and for which channel. */
export type IschPlace = 'sync' | { location: number; channel: number };

/** Of every four slots the first two have an informational ISCH, the others the sync. */
export const ISCH_PLACES: readonly IschPlace[] = Array.from({ length: SLOTS }, (_, slot) =>
  slot % 4 < 2 ? { location: slot >> 2, channel: slot & 1 } : 'sync',
);
