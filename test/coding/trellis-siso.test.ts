import assert from 'node:assert/strict';
import { unpackBits } from '../../src/coding/bits';
import { crcFits, P25_CRC_CCITT } from '../../src/coding/crc';
import { DIBIT_METRIC } from '../../src/coding/dibits';
import { decodeTrellis12, encodeTrellis12, encodeTrellis34, TRELLIS_SYMBOLS } from '../../src/coding/trellis';
import { BLOCK_METRICS, sisoTrellis12, sisoTrellis34 } from '../../src/coding/trellis-siso';
import { gaussian, uniform } from '../support/random';

function metricsOf(dibits: Uint8Array, noise: () => number): Float32Array {
  const metrics = new Float32Array(4 * dibits.length);
  dibits.forEach((dibit, i) => {
    const level = 2 * DIBIT_METRIC[dibit] - 3 + noise();
    for (let j = 0; j < 4; j++) metrics[4 * i + j] = -((level - (2 * j - 3)) ** 2);
  });
  return metrics;
}

const best = (metrics: Float32Array, i: number): number => {
  const four = metrics.subarray(4 * i, 4 * i + 4);
  return four.indexOf(Math.max(...four));
};

/**
 * The extrinsic metrics by their definition: of all codewords with a given dibit at a given place, the largest sum of the
 * metrics of the other places. A code of 2^96 words cannot be counted, but all words that differ from a known one in
 * their first few inputs can, when everything later is certain.
 */
function byCounting(metrics: Float32Array, words: Uint8Array[]): Float32Array {
  const out = new Float32Array(BLOCK_METRICS).fill(Number.NEGATIVE_INFINITY);
  for (const word of words) {
    let sum = 0;
    for (let i = 0; i < TRELLIS_SYMBOLS; i++) sum += metrics[4 * i + DIBIT_METRIC[word[i]]];
    for (let i = 0; i < TRELLIS_SYMBOLS; i++) {
      const at = 4 * i + DIBIT_METRIC[word[i]];
      out[at] = Math.max(out[at], sum - metrics[at]);
    }
  }
  for (let i = 0; i < TRELLIS_SYMBOLS; i++) {
    const four = out.subarray(4 * i, 4 * i + 4);
    const most = Math.max(...four);
    for (let j = 0; j < 4; j++) four[j] -= most;
  }
  return out;
}

describe('trellis code, soft-in soft-out', () => {
  for (const [name, siso, encode, width] of [
    ['1/2', sisoTrellis12, encodeTrellis12, 2],
    ['3/4', sisoTrellis34, encodeTrellis34, 3],
  ] as const) {
    it(`rate ${name} tells of each dibit what counting all words tells`, () => {
      const noise = gaussian(uniform(31));
      const free = width === 2 ? 5 : 4;
      // Everything after the first inputs is zero and certain; the others cannot be the likeliest.
      const words: Uint8Array[] = [];
      for (let value = 0; value < 1 << (free * width); value++) {
        const bits = new Uint8Array(48 * width);
        for (let i = 0; i < free * width; i++) bits[i] = (value >> i) & 1;
        words.push(encode(bits));
      }
      const sent = words[77];
      const fixed = Array.from({ length: TRELLIS_SYMBOLS }, (_, i) => words.every((word) => word[i] === words[0][i]));
      const metrics = metricsOf(sent, noise);
      for (let i = 0; i < TRELLIS_SYMBOLS; i++) {
        if (!fixed[i]) continue;
        for (let j = 0; j < 4; j++) metrics[4 * i + j] = j === DIBIT_METRIC[sent[i]] ? 0 : -1e6;
      }
      const expected = byCounting(metrics, words);
      const extrinsic = new Float32Array(BLOCK_METRICS);
      siso(metrics, 0, extrinsic, 0);
      let compared = 0;
      for (let i = 0; i < TRELLIS_SYMBOLS; i++) {
        if (fixed[i]) continue;
        for (let j = 0; j < 4; j++) {
          const value = expected[4 * i + j];
          if (value === Number.NEGATIVE_INFINITY) assert.ok(extrinsic[4 * i + j] < -1e5);
          else {
            assert.ok(Math.abs(extrinsic[4 * i + j] - value) < 1e-3, `${i} ${j}: ${extrinsic[4 * i + j]} ${value}`);
            compared++;
          }
        }
      }
      assert.ok(compared >= 24, `${compared}`);
    });

    it(`rate ${name} finds an erased dibit, and agrees with the whole block of a clean one`, () => {
      const next = uniform(32 + width);
      const bits = Uint8Array.from({ length: 48 * width }, () => (next() < 0.5 ? 1 : 0));
      const air = encode(bits);
      const extrinsic = new Float32Array(BLOCK_METRICS);
      for (let erased = 0; erased < TRELLIS_SYMBOLS; erased++) {
        const metrics = metricsOf(air, () => 0);
        metrics.fill(0, 4 * erased, 4 * erased + 4);
        siso(metrics, 0, extrinsic, 0);
        assert.equal(best(extrinsic, erased), DIBIT_METRIC[air[erased]]);
      }
    });
  }

  it('takes off what it was told, scales and limits what it tells', () => {
    const noise = gaussian(uniform(34));
    const air = encodeTrellis12(unpackBits(Buffer.from('3400E505C06401EE89907FA6', 'hex')));
    const metrics = metricsOf(air, noise);
    const plain = new Float32Array(BLOCK_METRICS);
    sisoTrellis12(metrics, 0, plain, 0);
    const priors = Float32Array.from({ length: BLOCK_METRICS + 5 }, noise);
    const told = Float32Array.from([1, 2, 3, ...metrics.map((value, i) => value + priors[i + 5])]);
    const again = new Float32Array(BLOCK_METRICS + 7);
    sisoTrellis12(told, 3, again, 7, { priors, priorsOffset: 5 });
    assert.ok(plain.every((value, i) => Math.abs(value - again[i + 7]) < 1e-4));
    assert.ok(again.subarray(0, 7).every((value) => value === 0));
    sisoTrellis12(metrics, 0, again, 0, { scale: 0.5, limit: 3 });
    assert.ok(plain.every((value, i) => Math.abs(Math.max(-3, value / 2) - again[i]) < 1e-5));
  });

  it('of the dibits of noisy blocks knows more than the symbols alone', () => {
    const noise = gaussian(uniform(35));
    const next = uniform(36);
    let alone = 0;
    let together = 0;
    let extrinsicAlone = 0;
    const extrinsic = new Float32Array(BLOCK_METRICS);
    for (let trial = 0; trial < 50; trial++) {
      const air = encodeTrellis12(Uint8Array.from({ length: 96 }, () => (next() < 0.5 ? 1 : 0)));
      const metrics = metricsOf(air, () => 0.9 * noise());
      sisoTrellis12(metrics, 0, extrinsic, 0);
      const both = metrics.map((value, i) => value + extrinsic[i]);
      air.forEach((dibit, i) => {
        if (best(metrics, i) !== DIBIT_METRIC[dibit]) alone++;
        if (best(both, i) !== DIBIT_METRIC[dibit]) together++;
        if (best(extrinsic, i) !== DIBIT_METRIC[dibit]) extrinsicAlone++;
      });
    }
    assert.ok(
      alone > 700 && together < alone / 6 && extrinsicAlone < alone / 2,
      `${alone} ${together} ${extrinsicAlone}`,
    );
  });

  it('agrees with the Viterbi decoder: the likeliest dibits of all are those of the likeliest path', () => {
    const noise = gaussian(uniform(37));
    const air = encodeTrellis12(unpackBits(Buffer.from('3400E505C06401EE89907FA6', 'hex')));
    const extrinsic = new Float32Array(BLOCK_METRICS);
    for (let trial = 0; trial < 50; trial++) {
      const metrics = metricsOf(air, () => 1.1 * noise());
      const path = encodeTrellis12(decodeTrellis12(metrics, 1, () => true)!.bits);
      sisoTrellis12(metrics, 0, extrinsic, 0);
      const both = metrics.map((value, i) => value + extrinsic[i]);
      assert.ok(path.every((dibit, i) => best(both, i) === DIBIT_METRIC[dibit]));
    }
    assert.ok(
      decodeTrellis12(
        metricsOf(air, () => 0),
        1,
        (bits) => crcFits(bits, P25_CRC_CCITT),
      ),
    );
  });

  it('survives metrics that are no numbers', () => {
    const extrinsic = new Float32Array(BLOCK_METRICS);
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]) {
      sisoTrellis12(new Float32Array(BLOCK_METRICS).fill(value), 0, extrinsic, 0, { limit: 30 });
      sisoTrellis34(new Float32Array(BLOCK_METRICS).fill(value), 0, extrinsic, 0, { limit: 30 });
    }
    assert.ok(extrinsic.every((value) => value === 0 || value === -30));
  });
});
