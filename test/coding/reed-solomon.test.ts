import assert from 'node:assert/strict';
import { type ReedSolomon, RS_24_12_13, RS_24_16_9, RS_36_20_17 } from '../../src/coding/reed-solomon';
import { distinct, uniform } from '../support/random';

const CODES: [string, ReedSolomon][] = [
  ['RS(24,12,13)', RS_24_12_13],
  ['RS(24,16,9)', RS_24_16_9],
  ['RS(36,20,17)', RS_36_20_17],
];

const unit = (length: number, at: number) => Uint8Array.from({ length }, (_, i) => (i === at ? 1 : 0));
const octal = (text: string) => Uint8Array.from(text.split(' '), (digits) => Number.parseInt(digits, 8));

describe('Reed-Solomon', () => {
  it('has the generator matrices of TIA-102.BAAA-B', () => {
    const parity = (code: ReedSolomon, row: number) => code.encode(unit(code.k, row)).slice(code.k);
    assert.deepEqual(parity(RS_24_12_13, 0), octal('62 44 03 25 14 16 27 03 53 04 36 47'));
    assert.deepEqual(parity(RS_24_12_13, 11), octal('71 05 55 03 71 34 60 11 74 02 41 50'));
    assert.deepEqual(parity(RS_24_16_9, 0), octal('51 45 67 15 64 67 52 12'));
    assert.deepEqual(parity(RS_24_16_9, 15), octal('67 75 45 60 57 24 06 26'));
    assert.deepEqual(parity(RS_36_20_17, 0), octal('74 37 34 06 02 07 44 64 26 14 26 44 54 13 77 05'));
    assert.deepEqual(parity(RS_36_20_17, 19), octal('34 35 02 23 21 27 22 33 64 42 05 73 51 46 73 60'));
  });

  for (const [name, code] of CODES) {
    const parity = code.n - code.k;
    const word = (next: () => number) =>
      code.encode(Uint8Array.from({ length: code.k }, () => Math.floor(next() * 64)));

    it(`${name} corrects every mix of errors and erasures within its distance`, () => {
      const next = uniform(code.n + code.k);
      for (let trial = 0; trial < 400; trial++) {
        const sent = word(next);
        const erased = Math.floor(next() * (parity + 1));
        const errors = Math.floor((parity - erased) / 2);
        const places = distinct(next, erased + errors, code.n);
        const received = sent.slice();
        let bits = 0;
        let changed = 0;
        places.forEach((place, i) => {
          // An erased symbol may happen to be right.
          const error = i < erased ? Math.floor(next() * 64) : 1 + Math.floor(next() * 63);
          received[place] ^= error;
          if (error !== 0) changed++;
          for (let rest = error; rest; rest &= rest - 1) bits++;
        });
        const before = received.slice();
        const decoded = code.decode(received, places.slice(0, erased));
        assert.deepEqual(decoded, { data: sent.slice(0, code.k), corrected: changed, correctedBits: bits });
        assert.deepEqual(received, before);
      }
    });

    it(`${name} refuses one error too many, or finds another codeword within its distance`, () => {
      const next = uniform(code.n * code.k);
      let refused = 0;
      for (let trial = 0; trial < 400; trial++) {
        const sent = word(next);
        const received = sent.slice();
        for (const place of distinct(next, parity / 2 + 1, code.n)) received[place] ^= 1 + Math.floor(next() * 63);
        const decoded = code.decode(received);
        if (!decoded) refused++;
        else {
          const other = code.encode(decoded.data);
          const distance = other.filter((symbol, i) => symbol !== received[i]).length;
          assert.ok(distance <= parity / 2 && decoded.corrected === distance);
        }
      }
      // A sphere-packing count gives 1 in 700 and less of random words near some other codeword.
      assert.ok(refused >= 395, `${refused}`);
    });

    it(`${name} survives any words and too many erasures`, () => {
      const next = uniform(99);
      for (let trial = 0; trial < 500; trial++) {
        const received = Uint8Array.from({ length: code.n }, () => Math.floor(next() * 64));
        const erasures = distinct(next, Math.floor(next() * code.n), code.n);
        const decoded = code.decode(received, erasures);
        if (erasures.length > parity) assert.equal(decoded, null);
        if (decoded)
          assert.ok(code.encode(decoded.data).filter((symbol, i) => symbol !== received[i]).length <= parity);
      }
    });
  }

  it('uses reliabilities to correct more than its hard limit', () => {
    const next = uniform(12);
    for (let trial = 0; trial < 200; trial++) {
      const sent = RS_24_12_13.encode(Uint8Array.from({ length: 12 }, () => Math.floor(next() * 64)));
      const received = sent.slice();
      const places = distinct(next, 9, 24);
      for (const place of places) received[place] ^= 1 + Math.floor(next() * 63);
      // Seven of the nine wrong symbols are known to be doubtful: 2 * 3 + 6 erasures fit in the distance.
      const doubtful = new Set(places.slice(0, 7));
      const reliability = Float32Array.from(received, (_, i) => (doubtful.has(i) ? 0.1 : 1 + next()));
      assert.equal(RS_24_12_13.decode(received), null);
      assert.deepEqual(RS_24_12_13.decodeSoft(received, reliability)?.data, sent.slice(0, 12));
    }
  });

  it('does not make data of noise when given reliabilities', () => {
    const next = uniform(13);
    let believed = 0;
    for (let trial = 0; trial < 1000; trial++) {
      const received = Uint8Array.from({ length: 24 }, () => Math.floor(next() * 64));
      if (RS_24_12_13.decodeSoft(received, Float32Array.from(received, next))) believed++;
    }
    assert.ok(believed < 10, `${believed} of 1000`);
  });
});
