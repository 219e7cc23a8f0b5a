import { decodeNidSoft, encodeNid } from '../../coding/bch63';
import { DIBIT_METRIC } from '../../coding/dibits';
import type { FrameCode, FrameHeader, FrameReader, Training } from '../../dsp/air-interface';
import { DATA_UNITS, DUID, HEADER_SYMBOLS, LENGTHS, STATUS_PERIOD, SYNC_SYMBOLS } from './data-units';
import { SoftFrame } from './soft-frame';
import { TsduCode } from './tsdu-code';

/** A header with what its network identifier says. */
interface NidHeader extends FrameHeader {
  nac: number;
  duid: number;
}

/** With this few corrected bits one identifier alone proves its NAC. */
const SURE_ERRORS = 4;
/** So many frames of another NAC in a row replace the known one: echoes can make a false one, and the same one twice. */
const TAKEOVER_FRAMES = 3;
/** Most bits corrected in a frame found by its header alone: noise has a codeword of any NAC nearer than this once in 10 000 times. */
const MOST_ERRORS = 11;

/** The data units of a stream, told by their network identifiers; once its NAC is known it helps to find and receive them. */
export class P25FrameReader implements FrameReader {
  private nac: number | null = null;
  private doubted = { nac: -1, times: 0 };
  private words: Training[] = [];
  private readonly soft = new SoftFrame();
  private readonly tsdu = new TsduCode();

  header(metrics: Float32Array): NidHeader | null {
    this.soft.load(metrics, HEADER_SYMBOLS);
    const known = this.nac === null ? null : decodeNidSoft(this.soft.llr, this.nac, SYNC_SYMBOLS * 2);
    const familiar = known && known.nac === this.nac && known.corrected <= MOST_ERRORS;
    const best = familiar ? known : decodeNidSoft(this.soft.llr, undefined, SYNC_SYMBOLS * 2);
    return best && best.duid in DATA_UNITS ? headerOf(best.nac, best.duid, best.corrected) : null;
  }

  accept(header: FrameHeader): void {
    const { nac, duid, corrected } = header as NidHeader;
    // A carrier that does not change makes the identifiers of all zeros and all ones.
    if ((nac === 0 && duid === 0) || (nac === 0xfff && duid === 0xf)) return;
    if (nac === this.nac) {
      this.doubted = { nac: -1, times: 0 };
      return;
    }
    const { doubted } = this;
    const sure = corrected <= SURE_ERRORS;
    if (this.nac !== null && !sure) return;
    this.doubted = { nac, times: doubted.nac === nac ? doubted.times + 1 : 1 };
    const proven = this.nac === null ? sure || this.doubted.times > 1 : this.doubted.times >= TAKEOVER_FRAMES;
    if (!proven) return;
    this.nac = nac;
    this.words = Object.keys(DATA_UNITS).map((duid) => training(nac, Number(duid)));
  }

  knows(header: FrameHeader): boolean {
    return this.nac === null || (header as NidHeader).nac === this.nac;
  }

  training(header: FrameHeader | null): readonly Training[] {
    if (!header) return this.words;
    const { nac, duid } = header as NidHeader;
    const word = this.words.find((known) => {
      const other = known.header as NidHeader;
      return other.nac === nac && other.duid === duid;
    });
    return [word ?? training(nac, duid)];
  }

  code(header: FrameHeader | null, symbols: number): FrameCode | null {
    return header && (header as NidHeader).duid === DUID.TSDU && this.tsdu.begin(symbols) ? this.tsdu : null;
  }
}

function headerOf(nac: number, duid: number, corrected: number): NidHeader {
  return { ...LENGTHS[duid], corrected, nac, duid };
}

/** Network identifier as levels from the end of the sync, the status symbol within unknown. */
function training(nac: number, duid: number): Training {
  const bits = encodeNid(nac, duid);
  const levels = new Int8Array(HEADER_SYMBOLS - SYNC_SYMBOLS).fill(-1);
  let bit = 0;
  for (let k = SYNC_SYMBOLS; k < HEADER_SYMBOLS; k++) {
    if (k % STATUS_PERIOD === STATUS_PERIOD - 1) continue;
    levels[k - SYNC_SYMBOLS] = DIBIT_METRIC[2 * bits[bit] + bits[bit + 1]];
    bit += 2;
  }
  return { levels, header: headerOf(nac, duid, 0) };
}
