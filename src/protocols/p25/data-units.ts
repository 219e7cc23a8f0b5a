/**
 * The data units of the FDMA common air interface (TIA-102.BAAA-B 7): how each is called, its length, and where the
 * status symbols are. Lengths are in symbols from the start of the frame sync, status symbols included.
 */

export const DUID = {
  HDU: 0x0,
  TDU: 0x3,
  LDU1: 0x5,
  TSDU: 0x7,
  LDU2: 0xa,
  PDU: 0xc,
  TDULC: 0xf,
} as const;

/** Names of the data unit ids in use; the others are reserved. */
export const DATA_UNITS: Readonly<Record<number, string>> = {
  [DUID.HDU]: 'hdu',
  [DUID.TDU]: 'tdu',
  [DUID.LDU1]: 'ldu1',
  [DUID.TSDU]: 'tsdu',
  [DUID.LDU2]: 'ldu2',
  [DUID.PDU]: 'pdu',
  [DUID.TDULC]: 'tdulc',
};

/** Symbols per second. */
export const SYMBOL_RATE = 4800;
/** A status symbol follows every 35 dibits; frames fill up to it. */
export const STATUS_PERIOD = 36;
export const SYNC_SYMBOLS = 24;
/** Dibits of the frame sync and the NID, where the data begin. */
export const HEADER_DIBITS = 56;
/** The same with the status symbol among them. */
export const HEADER_SYMBOLS = 57;
export const MAX_SYMBOLS = 864;
/** Data dibits of the longest frame. */
export const MAX_DIBITS = (MAX_SYMBOLS / STATUS_PERIOD) * (STATUS_PERIOD - 1);
/** Dibits of one trellis-coded block of a TSDU or PDU. */
export const BLOCK_DIBITS = 98;

const blocks = (count: number): number =>
  Math.ceil((HEADER_DIBITS + count * BLOCK_DIBITS) / (STATUS_PERIOD - 1)) * STATUS_PERIOD;

/** Length of each data unit, and its shortest where only its contents tell. */
export const LENGTHS: Readonly<Record<number, { symbols: number; least?: number }>> = {
  [DUID.HDU]: { symbols: 396 },
  [DUID.TDU]: { symbols: 72 },
  [DUID.LDU1]: { symbols: MAX_SYMBOLS },
  [DUID.TSDU]: { symbols: blocks(3), least: blocks(1) },
  [DUID.LDU2]: { symbols: MAX_SYMBOLS },
  [DUID.PDU]: { symbols: MAX_SYMBOLS, least: blocks(1) },
  [DUID.TDULC]: { symbols: 216 },
};
