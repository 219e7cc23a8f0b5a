import { decodeNid, decodeNidSoft, encodeNid } from '../src/coding/bch63';
import { crcFits, P25_CRC_CCITT } from '../src/coding/crc';
import { DIBIT_METRIC } from '../src/coding/dibits';
import { decodeGolay23, decodeGolay23Soft, encodeGolay23 } from '../src/coding/golay';
import { decodeHamming15Soft, encodeHamming15 } from '../src/coding/hamming';
import { OrderedStatistics } from '../src/coding/ordered-statistics';
import { RS_24_12_13 } from '../src/coding/reed-solomon';
import { decodeTrellis12, encodeTrellis12 } from '../src/coding/trellis';
import { BLOCK_METRICS, sisoTrellis12, sisoTrellis34 } from '../src/coding/trellis-siso';
import { Random } from '../src/sources/generator/noise';
import { Signal } from '../src/sources/generator/signal';
import { type Benchmark, runsPerSecond } from './benchmark';

const tsbk = (bits: Uint8Array) => crcFits(bits, P25_CRC_CCITT);

/** Different noisy words per run, so that no branch predictor learns one by heart. */
const WORDS = 256;

const random = new Random(1);
const gaussian = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());

/** Soft bits of a word with noise of this deviation on levels of +-1. */
const noisy = (bits: ArrayLike<number>, deviation: number) =>
  Float32Array.from(bits, (bit) => 2 * bit - 1 + deviation * gaussian());

const wordBits = (word: number, count: number) =>
  Array.from({ length: count }, (_, i) => (word >>> (count - 1 - i)) & 1);

/** Time of `work` on one of the words. */
function cost<T>(name: string, words: readonly T[], work: (word: T) => unknown, note?: string): Benchmark {
  const all = () => {
    for (const word of words) work(word);
  };
  return { name, value: 1e6 / (runsPerSecond(all) * words.length), unit: 'us', note };
}

export async function benchmarks(): Promise<Benchmark[]> {
  const golay = Array.from({ length: WORDS }, (_, i) => encodeGolay23((i * 37) & 0xfff));
  const golayWords = golay.map((word) => word ^ (1 << 3) ^ (1 << 17));
  const golayClean = golay.map((word) => noisy(wordBits(word, 23), 0));
  const golayNoisy = golay.map((word) => noisy(wordBits(word, 23), 0.7));
  const hamming = golay.map((_, i) => noisy(wordBits(encodeHamming15(i * 5), 15), 0.7));
  const nids = golay.map((_, i) => encodeNid(0x293, i & 15));
  const nidHard = nids.map((bits) => {
    const wrong = bits.slice();
    for (let i = 0; i < 8; i++) wrong[i * 7] ^= 1;
    return wrong;
  });
  const nidSoft = nids.map((bits) => noisy(bits, 0.8));
  const hexbits = golay.map((_, i) => {
    const word = RS_24_12_13.encode(Uint8Array.from({ length: 12 }, (_, k) => (i + k * 7) & 63));
    for (let k = 0; k < 5; k++) word[k * 4] ^= 21;
    return word;
  });
  const blocks = Array.from({ length: 32 }, () => {
    const dibits = encodeTrellis12(Uint8Array.from({ length: 96 }, () => random.word() & 1));
    const metrics = new Float32Array(392);
    dibits.forEach((dibit, i) => {
      const level = 2 * DIBIT_METRIC[dibit] - 3 + 0.8 * gaussian();
      for (let k = 0; k < 4; k++) metrics[4 * i + k] = -((level - (2 * k - 3)) ** 2);
    });
    return metrics;
  });
  const anyNid = new OrderedStatistics(
    Array.from({ length: 16 }, (_, i) => encodeNid(((1 << i) >> 4) & 0xfff, (1 << i) & 15)),
  );
  const extrinsic = new Float32Array(BLOCK_METRICS);
  const site = new Signal({});
  site.read(5 * 240_000);

  return [
    cost('Golay (23,12), hard, two errors', golayWords, decodeGolay23),
    cost('Golay (23,12), soft, clean', golayClean, (llr) => decodeGolay23Soft(llr)),
    cost('Golay (23,12), soft, noisy', golayNoisy, (llr) => decodeGolay23Soft(llr)),
    cost('Hamming (15,11), soft, noisy', hamming, (llr) => decodeHamming15Soft(llr)),
    cost('BCH (63,16), hard, eight errors', nidHard, (bits) => decodeNid(bits)),
    cost('NID, soft, NAC known', nidSoft, (llr) => decodeNidSoft(llr, 0x293)),
    cost('NID, soft, NAC unknown', nidSoft, (llr) => decodeNidSoft(llr)),
    cost('NID, ordered statistics', nidSoft, (llr) => anyNid.decode(llr, 2)),
    cost('Reed-Solomon (24,12), five errors', hexbits, (word) => RS_24_12_13.decode(word)),
    cost('trellis 1/2, likeliest path', blocks, (metrics) => decodeTrellis12(metrics, 1, () => true)),
    cost('trellis 1/2, list of 8, none accepted', blocks, (metrics) => decodeTrellis12(metrics, 8, tsbk), 'with CRC'),
    cost('trellis 1/2, soft-in soft-out', blocks, (metrics) => sisoTrellis12(metrics, 0, extrinsic, 0)),
    cost('trellis 3/4, soft-in soft-out', blocks, (metrics) => sisoTrellis34(metrics, 0, extrinsic, 0)),
    {
      name: 'signal generator, P25 site at 240 kS/s in real time',
      value: 100 / (runsPerSecond(() => site.read(24_000)) / 10),
      unit: '% of a core',
      note: 'control channel, one call at a time, noise, cu8',
    },
  ];
}
