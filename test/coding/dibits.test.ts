import assert from 'node:assert/strict';
import { DIBIT_LEVELS, DIBIT_METRIC, dibitLlr } from '../../src/coding/dibits';

describe('dibits', () => {
  it('map to levels as TIA-102.BAAA-B 8 says', () => {
    assert.deepEqual(
      [0b01, 0b00, 0b10, 0b11].map((dibit) => DIBIT_LEVELS[dibit]),
      [3, 1, -1, -3],
    );
  });

  it('give soft bits whose signs are the likeliest dibit and whose sizes are the doubt', () => {
    for (let dibit = 0; dibit < 4; dibit++) {
      const metrics = new Float32Array([9, -7, -7, -7, -7]);
      metrics[1 + DIBIT_METRIC[dibit]] = -1;
      const llr = new Float32Array(3);
      dibitLlr(metrics, 1, llr, 1);
      assert.deepEqual([...llr], [0, dibit & 2 ? 6 : -6, dibit & 1 ? 6 : -6]);
    }
    // Between +1 and +3: the high bit is sure, the low one is not.
    const llr = new Float32Array(2);
    dibitLlr(Float32Array.of(-25, -9, -1, -1), 0, llr, 0);
    assert.deepEqual([...llr], [-8, 0]);
  });
});
