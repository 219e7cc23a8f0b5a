import assert from 'node:assert/strict';
import { packBits, unpackBits } from '../../src/coding/bits';
import { crcFits, P25_CRC_CCITT } from '../../src/coding/crc';
import { DIBIT_METRIC } from '../../src/coding/dibits';
import {
  decodeTrellis12,
  decodeTrellis34,
  encodeTrellis12,
  encodeTrellis34,
  TRELLIS_SYMBOLS,
} from '../../src/coding/trellis';
import { distinct, gaussian, uniform } from '../support/random';

/** Metrics of symbols received with noise: minus the squared distance to each level. */
function metricsOf(dibits: Uint8Array, noise: () => number = () => 0): Float32Array {
  const metrics = new Float32Array(4 * dibits.length);
  dibits.forEach((dibit, i) => {
    const level = 2 * DIBIT_METRIC[dibit] - 3 + noise();
    for (let j = 0; j < 4; j++) metrics[4 * i + j] = -((level - (2 * j - 3)) ** 2);
  });
  return metrics;
}

const randomBits = (next: () => number, count: number) =>
  Uint8Array.from({ length: count }, () => (next() < 0.5 ? 1 : 0));
const any = () => true;

/** The code's dibits in the order of the encoder, from the order on air. */
function deinterleave(air: Uint8Array): string {
  const pairs: string[] = [];
  for (let column = 0, at = 0; column < 4; column++) {
    for (let pair = column; pair < 49; pair += 4, at += 2) pairs[pair] = `${air[at]}${air[at + 1]}`;
  }
  return pairs.join('');
}

/** 48 inputs of `width` bits, the rest zero, as bits. */
const inputs = (width: number, values: number[]) =>
  Uint8Array.from(
    { length: 48 * width },
    (_, i) => ((values[Math.floor(i / width)] ?? 0) >> (width - 1 - (i % width))) & 1,
  );

describe('trellis code', () => {
  it('walks through the published state tables', () => {
    // Input and output sequences of the test code of p25.rs.
    const half = deinterleave(encodeTrellis12(inputs(2, [0, 0, 1, 1, 2, 2, 3, 3])));
    assert.equal(half.slice(0, 16), '0202300031221020');
    const threeQuarters = deinterleave(encodeTrellis34(inputs(3, [0, 0, 1, 2, 4, 5, 6, 7, 0, 7])));
    assert.equal(threeQuarters.slice(0, 20), '02023113331133012310');
  });

  for (const [name, encode, decode, bits] of [
    ['1/2', encodeTrellis12, decodeTrellis12, 96],
    ['3/4', encodeTrellis34, decodeTrellis34, 144],
  ] as const) {
    it(`rate ${name} decodes what it encodes, at any offset`, () => {
      const next = uniform(bits);
      for (let trial = 0; trial < 50; trial++) {
        const data = randomBits(next, bits);
        const air = encode(data);
        assert.equal(air.length, TRELLIS_SYMBOLS);
        assert.deepEqual(decode(metricsOf(air), 1, any), { bits: data, rank: 0, corrected: 0 });
        const shifted = Float32Array.from([7, 7, 7, ...metricsOf(air)]);
        assert.deepEqual(decode(shifted, 8, any, 3)?.bits, data);
      }
    });

    it(`rate ${name} corrects any single wrong symbol and counts it`, () => {
      const next = uniform(2 * bits);
      const data = randomBits(next, bits);
      for (let i = 0; i < TRELLIS_SYMBOLS; i++) {
        for (let error = 1; error < 4; error++) {
          const air = encode(data);
          air[i] ^= error;
          const metrics = new Float32Array(4 * TRELLIS_SYMBOLS);
          air.forEach((dibit, k) => {
            metrics[4 * k + DIBIT_METRIC[dibit]] = 1;
          });
          const decoded = decode(metrics, bits === 96 ? 1 : 16, (found) => found.every((bit, k) => bit === data[k]));
          assert.equal(decoded?.corrected, 1);
        }
      }
    });
  }

  it('reads a TSBK through noise that leaves hard decisions full of errors', () => {
    const next = uniform(21);
    const noise = gaussian(next);
    const data = unpackBits(Buffer.from('3400E505C06401EE89907FA6', 'hex'));
    const accept = (found: Uint8Array) => crcFits(found, P25_CRC_CCITT);
    let alone = 0;
    let listed = 0;
    let wrongSymbols = 0;
    for (let trial = 0; trial < 200; trial++) {
      const metrics = metricsOf(encodeTrellis12(data), () => 0.95 * noise());
      if (decodeTrellis12(metrics, 1, accept)) alone++;
      const decoded = decodeTrellis12(metrics, 8, accept);
      if (!decoded) continue;
      assert.deepEqual(decoded.bits, data);
      listed++;
      wrongSymbols += decoded.corrected;
    }
    assert.ok(wrongSymbols / listed > 5, `${wrongSymbols / listed}`);
    assert.ok(alone > 120 && listed > alone + 10, `${alone} ${listed}`);
  });

  it('lists the likeliest paths in order, without repeating one', () => {
    const next = uniform(22);
    const noise = gaussian(next);
    const metrics = metricsOf(encodeTrellis12(randomBits(next, 96)), noise);
    const seen: string[] = [];
    let last = Number.POSITIVE_INFINITY;
    decodeTrellis12(metrics, 1, any);
    const nothing = decodeTrellis12(metrics, 16, (found) => {
      const key = Buffer.from(packBits(found)).toString('hex');
      const score = encodeTrellis12(found).reduce((sum, dibit, i) => sum + metrics[4 * i + DIBIT_METRIC[dibit]], 0);
      if (seen.length === 1 && key === seen[0]) return false; // The first path is tried alone before the list.
      assert.ok(score <= last + 1e-3);
      assert.ok(!seen.includes(key));
      last = score;
      seen.push(key);
      return false;
    });
    assert.equal(nothing, null);
    assert.equal(seen.length, 16);
  });

  it('survives metrics that are no numbers', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]) {
      decodeTrellis12(new Float32Array(392).fill(value), 8, any);
      decodeTrellis34(new Float32Array(392).fill(value), 8, () => false);
    }
  });

  it('refuses garbage almost always when a CRC must fit', () => {
    const next = uniform(23);
    let believed = 0;
    for (let trial = 0; trial < 300; trial++) {
      const metrics = Float32Array.from({ length: 392 }, next);
      if (decodeTrellis12(metrics, 8, (found) => crcFits(found, P25_CRC_CCITT))) believed++;
    }
    assert.ok(believed <= 2, `${believed}`);
  });

  it('is not upset by errors anywhere', () => {
    const next = uniform(24);
    for (let trial = 0; trial < 100; trial++) {
      const air = encodeTrellis12(randomBits(next, 96));
      for (const i of distinct(next, 30, 98)) air[i] ^= 3;
      assert.equal(decodeTrellis12(metricsOf(air), 1, any)?.bits.length, 96);
    }
  });
});
