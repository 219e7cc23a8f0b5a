/** Counters, in the order a person reads them. `messages` and `corrected` serve the stage's statistics. */
export const COUNTERS = {
  /** Slots received, those whose place in the superframe was not known, and those of the other channel. */
  frames: 0,
  unplaced: 0,
  other_channel: 0,
  /** Slots whose ISCH was the sync, or an informational one that fitted. */
  isch_ok: 0,
  isch_bad: 0,
  voice_4: 0,
  voice_2: 0,
  sacch: 0,
  facch: 0,
  lcch: 0,
  data: 0,
  /** Scrambled slots that could not be read because WACN, system or NAC are not known. */
  no_scrambling: 0,
  /** MAC PDUs whose CRC fitted, and not. */
  mac: 0,
  mac_bad: 0,
  unknown: 0,
  crc_ok: 0,
  crc_bad: 0,
  /** Encryption syncs read, and not. */
  ess_ok: 0,
  ess_bad: 0,
  /** Bits changed by Reed-Solomon. */
  rs_corrected: 0,
  voice_frames: 0,
  /** Voice held back because nothing under this scrambling can be read. */
  voice_doubted: 0,
  cut_short: 0,
  messages: 0,
  corrected: 0,
};
