import assert from 'node:assert/strict';
import { decodeCyclic16, decodeCyclic16Soft, encodeCyclic16 } from '../../src/coding/cyclic';
import {
  decodeHamming10,
  decodeHamming10Soft,
  decodeHamming15,
  decodeHamming15Soft,
  encodeHamming10,
  encodeHamming15,
} from '../../src/coding/hamming';
import { gaussian, uniform } from '../support/random';

const soft = (word: number, bits: number) =>
  Float32Array.from({ length: bits }, (_, i) => ((word >>> (bits - 1 - i)) & 1) * 2 - 1);

/** Sum of the LLRs a codeword agrees with minus those it contradicts. */
const score = (word: number, llr: Float32Array) =>
  llr.reduce((sum, value, i) => sum + ((word >>> (llr.length - 1 - i)) & 1 ? value : -value), 0);

/** A soft decoder must find a codeword as likely as the best of all. */
function assertMaximumLikelihood(
  encode: (data: number) => number,
  decode: (llr: Float32Array) => { data: number },
  dataBits: number,
  bits: number,
) {
  const next = uniform(7);
  const noise = gaussian(next);
  for (let trial = 0; trial < 200; trial++) {
    const word = encode(Math.floor(next() * (1 << dataBits)));
    const llr = soft(word, bits).map((value) => value + noise());
    let best = Number.NEGATIVE_INFINITY;
    for (let data = 0; data < 1 << dataBits; data++) best = Math.max(best, score(encode(data), llr));
    assert.ok(Math.abs(score(encode(decode(llr).data), llr) - best) < 1e-3);
  }
}

describe('Hamming (10,6,3)', () => {
  it('has the generator matrix of TIA-102.BAAA-B', () => {
    const rows = [0b1110, 0b1101, 0b1011, 0b0111, 0b0011, 0b1100];
    rows.forEach((parity, i) => {
      assert.equal(encodeHamming10(32 >> i), ((32 >> i) << 4) | parity);
    });
  });

  it('corrects every single error of every word; two errors are refused or become another codeword', () => {
    let refused = 0;
    for (let data = 0; data < 64; data++) {
      const word = encodeHamming10(data);
      assert.deepEqual(decodeHamming10(word), { data, corrected: 0 });
      for (let i = 0; i < 10; i++) {
        assert.deepEqual(decodeHamming10(word ^ (1 << i)), { data, corrected: 1 });
        for (let j = 0; j < i; j++) {
          const decoded = decodeHamming10(word ^ (1 << i) ^ (1 << j));
          if (decoded) assert.notEqual(decoded.data, data);
          else refused++;
        }
      }
    }
    // 5 of the 15 syndromes belong to no single error.
    assert.ok(refused > 0 && refused < 64 * 45);
  });

  it('soft decoding is maximum likelihood', () => {
    assertMaximumLikelihood(encodeHamming10, decodeHamming10Soft, 6, 10);
  });
});

describe('Hamming (15,11,3)', () => {
  it('corrects every single error of every word', () => {
    for (let data = 0; data < 2048; data++) {
      const word = encodeHamming15(data);
      assert.deepEqual(decodeHamming15(word), { data, corrected: 0 });
      for (let i = 0; i < 15; i++) assert.deepEqual(decodeHamming15(word ^ (1 << i)), { data, corrected: 1 });
    }
  });

  it('is perfect: two errors always become another codeword', () => {
    for (let i = 0; i < 15; i++) {
      for (let j = 0; j < i; j++) assert.equal(decodeHamming15((1 << i) ^ (1 << j)).corrected, 1);
    }
  });

  it('soft decoding is maximum likelihood, counts what it changed, and takes int8', () => {
    assertMaximumLikelihood(encodeHamming15, decodeHamming15Soft, 11, 15);
    const llr = Int8Array.from(soft(encodeHamming15(0x2a5), 15), (value) => value * 90);
    llr[2] /= -9;
    llr[8] /= -9;
    assert.deepEqual(decodeHamming15Soft(llr), { data: 0x2a5, corrected: 2 });
  });
});

describe('cyclic (16,8,5)', () => {
  it('has the generator matrix of TIA-102.BAAA-B', () => {
    const rows = [0x4e, 0x27, 0x8f, 0xdb, 0xf1, 0xe4, 0x72, 0x39];
    rows.forEach((parity, i) => {
      assert.equal(encodeCyclic16(128 >> i), ((128 >> i) << 8) | parity);
    });
  });

  it('corrects every pattern of up to two errors and never takes three for fewer of the same word', () => {
    for (const data of [0, 0x5a, 0xff]) {
      const word = encodeCyclic16(data);
      for (let i = 0; i < 16; i++) {
        assert.deepEqual(decodeCyclic16(word ^ (1 << i)), { data, corrected: 1 });
        for (let j = 0; j < i; j++) {
          assert.deepEqual(decodeCyclic16(word ^ (1 << i) ^ (1 << j)), { data, corrected: 2 });
          for (let k = 0; k < j; k++) {
            const decoded = decodeCyclic16(word ^ (1 << i) ^ (1 << j) ^ (1 << k));
            if (decoded) assert.notEqual(decoded.data, data);
          }
        }
      }
    }
  });

  it('soft decoding is maximum likelihood', () => {
    assertMaximumLikelihood(encodeCyclic16, decodeCyclic16Soft, 8, 16);
  });
});
