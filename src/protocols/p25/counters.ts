/** Counters, in the order a person reads them. `messages` and `corrected` serve the stage's statistics. */
export const COUNTERS = {
  frames: 0,
  /** Network identifiers read, refused, of another NAC, and the bits corrected in those read. */
  nid_ok: 0,
  nid_bad: 0,
  wrong_nac: 0,
  nid_corrected: 0,
  hdu: 0,
  ldu1: 0,
  ldu2: 0,
  tdu: 0,
  tdulc: 0,
  tsdu: 0,
  pdu: 0,
  /** Trunking blocks whose CRC fitted, and not; those found on a path other than the likeliest. */
  tsbk: 0,
  tsbk_bad: 0,
  tsbk_list: 0,
  mbt: 0,
  unknown: 0,
  crc_ok: 0,
  crc_bad: 0,
  /** Dibits of trellis blocks corrected; bits of Golay, Hamming and cyclic words; bits changed by Reed-Solomon. */
  trellis_corrected: 0,
  golay_corrected: 0,
  hamming_corrected: 0,
  cyclic_corrected: 0,
  rs_corrected: 0,
  rs_ok: 0,
  /** Of these, words read only with the help of earlier frames that say the same. */
  rs_repeated: 0,
  rs_bad: 0,
  voice_frames: 0,
  /** Frames that ended before their contents. */
  cut_short: 0,
  messages: 0,
  corrected: 0,
};
