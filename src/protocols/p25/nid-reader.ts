import { decodeNidSoft, type SoftNid } from '../../coding/bch63';
import { DATA_UNITS, DUID, LENGTHS, SYMBOL_RATE, SYNC_SYMBOLS } from './data-units';
import type { SoftFrame } from './soft-frame';

/** 'ok': a frame of the NAC heard here. 'other': surely a frame, of another system or user. 'bad': no NID. */
export type NidVerdict = 'ok' | 'other' | 'bad';

export interface NidReading {
  verdict: NidVerdict;
  nid: SoftNid | null;
}

/** With this few corrected bits one NID alone proves its NAC (chance 5e-9 in noise). */
const SURE_ERRORS = 4;
/** The first NAC is taken on weaker proof (noise: none in 20 000); a wrong one gives way to the right one after SILENCE_MS. */
const FIRST_ERRORS = 8;
/** A terminator has no check besides its NID, so a false one must be made unlikely. */
const TERMINATOR_ERRORS = 11;
/** The known NAC transmits no more when it was silent for this long: two voice frames. */
const SILENCE_MS = 360;
/** So many frames of another NAC in a row replace the known one at once. */
const TAKEOVER_FRAMES = 3;
/** A frame that begins within this time (half a symbol) of the last one's end comes from the same transmitter. */
const SEAMLESS_MS = 0.1;
/** Two unsure NIDs alike within this time prove each other, while no other NAC is in use. */
const CANDIDATE_MS = 2000;

/**
 * Decides which network access code is heard. Once known, it helps to read later NIDs far below where the BCH code
 * alone would fail; frames of another NAC are told apart, not mixed in.
 */
export class NidReader {
  /** NAC of the frames taken; null until one is sure. */
  known: number | null = null;
  private heardAt = 0;
  /** When the last frame taken ended, ms. */
  private endedAt = Number.NEGATIVE_INFINITY;
  private other = { nac: -1, count: 0, time: 0 };

  reset(): void {
    this.known = null;
    this.heardAt = 0;
    this.endedAt = Number.NEGATIVE_INFINITY;
    this.other = { nac: -1, count: 0, time: 0 };
  }

  /** Reads the NID of a frame at stream time `time` (ms). */
  read(frame: SoftFrame, time: number): NidReading {
    const nid = decodeNidSoft(frame.llr, this.known ?? undefined, SYNC_SYMBOLS * 2);
    if (!nid || !(nid.duid in DATA_UNITS)) return { verdict: 'bad', nid: null };
    if (nid.duid === DUID.TDU && nid.corrected > TERMINATOR_ERRORS) return { verdict: 'bad', nid: null };
    if (nid.nac !== this.known && !this.adopts(nid, time)) {
      return this.known !== null && nid.corrected <= SURE_ERRORS ? { verdict: 'other', nid } : { verdict: 'bad', nid };
    }
    this.known = nid.nac;
    this.heardAt = time;
    this.endedAt = time + (1000 * LENGTHS[nid.duid].symbols) / SYMBOL_RATE;
    this.other.count = 0;
    return { verdict: 'ok', nid };
  }

  /** Whether a NAC that is not the known one becomes it. */
  private adopts(nid: SoftNid, time: number): boolean {
    if (isBareCarrier(nid)) return false;
    const repeated = this.other.nac === nid.nac && time - this.other.time < CANDIDATE_MS;
    this.other = { nac: nid.nac, count: repeated ? this.other.count + 1 : 1, time };
    if (this.known === null) return nid.corrected <= FIRST_ERRORS || this.other.count > 1;
    const silent = time - this.heardAt > SILENCE_MS;
    if (nid.corrected > SURE_ERRORS) return silent && this.other.count > 1;
    const seamless = Math.abs(time - this.endedAt) < SEAMLESS_MS;
    return silent || seamless || this.other.count >= TAKEOVER_FRAMES;
  }
}

/** The identifiers of all zeros and all ones, which a carrier that does not change makes too: they prove no NAC. */
function isBareCarrier({ nac, duid }: SoftNid): boolean {
  return (nac === 0 && duid === 0) || (nac === 0xfff && duid === 0xf);
}
