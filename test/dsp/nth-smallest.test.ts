import assert from 'node:assert/strict';
import { nthSmallest } from '../../src/dsp/nth-smallest';
import { randomFloats } from '../support/random';

describe('nthSmallest', () => {
  it('finds what sorting finds, with many equal values too', () => {
    for (const length of [1, 2, 3, 10, 187, 1000])
      for (const levels of [1, 3, 1e6]) {
        const values = randomFloats(length, length).map((x) => Math.round(x * levels) / levels);
        const sorted = values.slice().sort();
        for (const n of [0, length >> 2, length >> 1, length - 1])
          assert.ok(nthSmallest(values.slice(), n) === sorted[n], `${n} of ${length}`);
      }
  });

  it('takes sorted and reversed values in its stride', () => {
    const rising = Float32Array.from({ length: 5000 }, (_, i) => i);
    assert.equal(nthSmallest(rising.slice(), 1234), 1234);
    assert.equal(nthSmallest(rising.slice().reverse(), 1234), 1234);
  });
});
