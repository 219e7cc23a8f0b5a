import assert from 'node:assert/strict';
import { encodeNid } from '../../src/coding/bch63';
import { encodeGolay24 } from '../../src/coding/golay';
import { OrderedStatistics } from '../../src/coding/ordered-statistics';
import { gaussian, uniform } from '../support/random';

const bitsOf = (word: number, count: number): Uint8Array =>
  Uint8Array.from({ length: count }, (_, i) => (word >>> (count - 1 - i)) & 1);

const golay = (): OrderedStatistics =>
  new OrderedStatistics(Array.from({ length: 12 }, (_, i) => bitsOf(encodeGolay24(1 << i), 24)));

/** The network identifier: 16 rows of 64 bits. */
const nid = (): OrderedStatistics =>
  new OrderedStatistics(Array.from({ length: 16 }, (_, i) => encodeNid(((1 << i) >> 4) & 0xfff, (1 << i) & 15)));

const received = (bits: Uint8Array, sigma: number, noise: () => number): Float32Array =>
  Float32Array.from(bits, (bit) => 2 * bit - 1 + sigma * noise());

describe('ordered statistics', () => {
  it('finds the likeliest of all codewords nearly always', () => {
    const noise = gaussian(uniform(41));
    const next = uniform(42);
    const code = golay();
    let same = 0;
    for (let trial = 0; trial < 200; trial++) {
      const llr = received(bitsOf(encodeGolay24(Math.floor(4096 * next())), 24), 0.9, noise);
      code.decode(llr, 2);
      let best = Number.NEGATIVE_INFINITY;
      let likeliest = 0;
      for (let data = 0; data < 4096; data++) {
        const word = encodeGolay24(data);
        let sum = 0;
        for (let i = 0; i < 24; i++) sum += (word >>> (23 - i)) & 1 ? llr[i] : -llr[i];
        if (sum > best) {
          best = sum;
          likeliest = word;
        }
      }
      if (code.word.every((bit, i) => bit === bitsOf(likeliest, 24)[i])) same++;
    }
    assert.ok(same >= 198, `${same} of 200`);
  });

  it('gives a codeword whatever comes, and the one sent where nothing is wrong', () => {
    const next = uniform(43);
    const code = nid();
    for (let trial = 0; trial < 100; trial++) {
      const llr = Float32Array.from({ length: 70 }, () => next() - 0.5);
      assert.ok(code.decode(llr, trial % 2 === 0 ? 1 : 2, 6));
      let value = 0;
      for (let i = 0; i < 16; i++) value = 2 * value + code.word[i];
      const sent = encodeNid(value >> 4, value & 15);
      assert.deepEqual(code.word, sent);
      // Bits without a sign of their own are found from the others.
      const clean = received(sent, 0, () => 0);
      for (let i = 0; i < 20; i++) clean[Math.floor(64 * next())] = 0;
      assert.ok(code.decode(clean, 0));
      assert.deepEqual(code.word, sent);
    }
  });

  it('corrects more with more flips', () => {
    const noise = gaussian(uniform(44));
    const next = uniform(45);
    const code = nid();
    const right = [0, 0, 0];
    for (let trial = 0; trial < 300; trial++) {
      const sent = encodeNid(Math.floor(4096 * next()), Math.floor(16 * next()));
      const llr = received(sent, 1.1, noise);
      for (const flips of [0, 1, 2] as const) {
        code.decode(llr, flips);
        if (code.word.every((bit, i) => bit === sent[i])) right[flips]++;
      }
    }
    assert.ok(right[0] + 20 < right[1] && right[1] < right[2] && right[2] > 270, right.join());
  });

  it('tells words that were sent from what it makes of noise', () => {
    const noise = gaussian(uniform(46));
    const next = uniform(47);
    const code = nid();
    let most = 0;
    for (let trial = 0; trial < 1000; trial++) {
      // Few strong bits among many weak ones: where all agree with a word that is made of them.
      code.decode(
        Float32Array.from({ length: 64 }, () => noise() * -Math.log(next())),
        2,
      );
      most = Math.max(most, code.evidence);
    }
    assert.ok(most < 5, `${most}`);
    code.decode(received(encodeNid(0x293, 5), 0.7, noise), 2);
    assert.ok(code.evidence > 5.5, `${code.evidence}`);
  });

  it('says so when there is nothing to decode', () => {
    const code = golay();
    assert.equal(code.decode(new Float32Array(24), 2), false);
    assert.equal(code.decode(new Float32Array(24).fill(Number.NaN), 2), false);
    assert.equal(code.decode(new Float32Array(24).fill(Number.POSITIVE_INFINITY), 2), false);
  });
});
