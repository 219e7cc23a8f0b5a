import assert from 'node:assert/strict';
import { popCount } from '../../src/coding/bits';
import {
  decodeGolay18,
  decodeGolay18Soft,
  decodeGolay23,
  decodeGolay23Soft,
  decodeGolay24,
  decodeGolay24Soft,
  encodeGolay18,
  encodeGolay23,
  encodeGolay24,
  listGolay23,
} from '../../src/coding/golay';
import { distinct, gaussian, uniform } from '../support/random';

/** All words of `bits` bits and the given weight. */
function* patterns(bits: number, weight: number, from = 0): Generator<number> {
  if (weight === 0) yield 0;
  else for (let i = from; i < bits; i++) for (const rest of patterns(bits, weight - 1, i + 1)) yield (1 << i) | rest;
}

/** Soft bits of a word, first bit first. */
const soft = (word: number, bits: number, weight: (i: number) => number = () => 1) =>
  Float32Array.from({ length: bits }, (_, i) => (((word >>> (bits - 1 - i)) & 1) * 2 - 1) * weight(i));

describe('Golay', () => {
  it('has the generator matrix of TIA-102.BAAA-B', () => {
    // Parity of each single information bit, first transmitted first.
    const rows = [0xc75, 0x63b, 0xf68, 0x7b4, 0x3da, 0xd99, 0x6cd, 0x367, 0xdc6, 0xa97, 0x93e, 0x8eb];
    rows.forEach((parity, i) => {
      const data = 1 << (11 - i);
      assert.equal(encodeGolay24(data), (data << 12) | parity);
      assert.equal(encodeGolay23(data), (data << 11) | (parity >> 1));
      if (i >= 6) assert.equal(encodeGolay18(data), (data << 12) | parity);
    });
  });

  it('corrects every pattern of up to three errors and counts them', () => {
    const data = 0b101010101010;
    for (let weight = 0; weight <= 3; weight++) {
      for (const error of patterns(24, weight)) {
        assert.deepEqual(decodeGolay24(encodeGolay24(data) ^ error), { data, corrected: weight });
        if (error < 1 << 23) {
          assert.deepEqual(decodeGolay23(encodeGolay23(data) ^ error), { data, corrected: weight });
        }
        if (error < 1 << 18) {
          assert.deepEqual(decodeGolay18(encodeGolay18(42) ^ error), { data: 42, corrected: weight });
        }
      }
    }
  });

  it('detects every pattern of four errors where the distance is 8, and miscorrects it where the code is perfect', () => {
    for (const error of patterns(24, 4)) {
      assert.equal(decodeGolay24(error), null);
      if (error < 1 << 18) assert.equal(decodeGolay18(error), null);
      if (error < 1 << 23) assert.ok(decodeGolay23(error).data !== 0 || popCount(error >> 11) === 0);
    }
  });

  it('decodes every codeword, hard and soft', () => {
    for (let data = 0; data < 4096; data++) {
      assert.deepEqual(decodeGolay23(encodeGolay23(data)), { data, corrected: 0 });
      assert.deepEqual(decodeGolay23Soft(soft(encodeGolay23(data), 23)), { data, corrected: 0 });
      assert.deepEqual(decodeGolay24Soft(soft(encodeGolay24(data), 24)), { data, corrected: 0 });
      if (data < 64) assert.deepEqual(decodeGolay18Soft(soft(encodeGolay18(data), 18)), { data, corrected: 0 });
    }
  });

  it('soft decoding corrects six errors it was told are doubtful', () => {
    const next = uniform(3);
    for (let trial = 0; trial < 500; trial++) {
      const data = Math.floor(next() * 4096);
      const wrong = new Set(distinct(next, 6, 23));
      const weigh = (i: number) => (wrong.has(i) ? -0.1 : 1);
      assert.deepEqual(decodeGolay23Soft(soft(encodeGolay23(data), 23, weigh)), { data, corrected: 6 });
      assert.deepEqual(decodeGolay24Soft(soft(encodeGolay24(data), 24, weigh)), { data, corrected: 6 });
      const few = new Set(distinct(next, 6, 18));
      const weak = (i: number) => (few.has(i) ? -0.1 : 1);
      assert.deepEqual(decodeGolay18Soft(soft(encodeGolay18(data & 63), 18, weak)), { data: data & 63, corrected: 6 });
    }
  });

  it('takes int8 soft bits at an offset', () => {
    const llr = Int8Array.from([9, 9, ...soft(encodeGolay23(0x5a5), 23, () => 100)]);
    llr[5] = -llr[5] / 10;
    assert.deepEqual(decodeGolay23Soft(llr, 2), { data: 0x5a5, corrected: 1 });
  });

  it('soft decoding in noise is within 2 % of maximum likelihood, and far better than hard', () => {
    const next = uniform(5);
    const noise = gaussian(next);
    const codewords = Array.from({ length: 4096 }, (_, data) => encodeGolay23(data));
    let softWrong = 0;
    let hardWrong = 0;
    let bestWrong = 0;
    const trials = 3000;
    for (let trial = 0; trial < trials; trial++) {
      const data = Math.floor(next() * 4096);
      const llr = soft(codewords[data], 23).map((value) => value + 0.75 * noise());
      let word = 0;
      for (const value of llr) word = (word << 1) | (value > 0 ? 1 : 0);
      if (decodeGolay23(word).data !== data) hardWrong++;
      const found = decodeGolay23Soft(llr).data;
      if (found !== data) softWrong++;
      if (found === data) continue;
      // Only where the soft decoder is wrong can maximum likelihood be better.
      const score = (codeword: number) =>
        llr.reduce((sum, value, i) => sum + ((codeword >>> (22 - i)) & 1 ? value : -value), 0);
      const own = score(codewords[data]);
      if (codewords.some((codeword) => score(codeword) > own)) bestWrong++;
    }
    assert.ok(hardWrong > 3 * softWrong, `${hardWrong} ${softWrong}`);
    assert.ok(softWrong <= bestWrong * 1.02 + 1, `${softWrong} ${bestWrong}`);
  });

  it('lists the likeliest codewords in order, as counting all of them does', () => {
    const noise = gaussian(uniform(61));
    const next = uniform(62);
    const list = new Int32Array(4);
    let complete = 0;
    for (let trial = 0; trial < 100; trial++) {
      const word = encodeGolay23(Math.floor(4096 * next()));
      const llr = soft(word, 23).map((bit) => bit + 0.8 * noise());
      const cost = (data: number): number =>
        soft(encodeGolay23(data), 23).reduce((sum, bit, i) => sum + Math.max(0, -bit * llr[i]), 0);
      assert.equal(listGolay23(llr, 0, list), 4);
      assert.equal(list[0], decodeGolay23Soft(llr).data);
      const costs = Array.from(list, cost);
      assert.deepEqual(
        costs,
        costs.slice().sort((a, b) => a - b),
      );
      assert.equal(new Set(list).size, 4);
      const all = Array.from({ length: 4096 }, (_, data) => cost(data)).sort((a, b) => a - b);
      if (Math.abs(all[1] - costs[1]) < 1e-6) complete++;
    }
    assert.ok(complete > 85, `${complete} of 100`);
  });
});
