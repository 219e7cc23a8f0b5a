import assert from 'node:assert/strict';
import { planFor } from '../../../src/dsp/demod/plan';
import { receiveFilter } from '../../../src/dsp/demod/soft-discriminator';
import { PhasePulse } from '../../../src/dsp/demod/waveform';
import { C4FM } from '../../../src/protocols/p25/air-interface';

describe('PhasePulse', () => {
  it('of P25 has the values of a raised cosine times x / sin x', () => {
    const pulse = new PhasePulse({ kind: 'rc-inverse-sinc', rolloff: 0.2 });
    // Twice the values of the usual q(t), which ends at 1/2.
    const expected = [
      [-2, 0.0644],
      [-1.5, 0],
      [-1.25, -0.0754],
      [-1, -0.1306],
      [-0.75, -0.1164],
      [-0.5, 0],
      [-0.25, 0.2184],
      [0, 0.5],
    ];
    for (const [t, value] of expected) {
      assert.ok(Math.abs(pulse.at(t) - value) < 2e-3, `q(${t}) = ${pulse.at(t)}`);
      assert.ok(Math.abs(pulse.at(-t) - (1 - value)) < 2e-3);
    }
    assert.equal(pulse.at(-100), 0);
    assert.equal(pulse.at(100), 1);
  });

  for (const kind of ['rc-inverse-sinc', 'rrc'] as const)
    it(`of kind ${kind} and its receive filter leave little interference between symbols`, () => {
      const air = { ...C4FM, pulse: { kind, rolloff: 0.2 }, syncs: [...C4FM.syncs] };
      const rate = 8;
      const filter = receiveFilter(planFor(air), rate, 13 * rate);
      const pulse = new PhasePulse(air.pulse);
      // The filter's output for one symbol, at whole symbols from it: sample j lies between instants j and j + 1.
      const response = (k: number) => {
        let sum = 0;
        for (let j = 0; j < filter.length; j++) {
          const t = k + (j - filter.length / 2) / rate;
          sum += filter[j] * (pulse.at(t + 1 / rate) - pulse.at(t)) * rate;
        }
        return sum;
      };
      assert.ok(Math.abs(response(0) - 1) < 0.06, `${response(0)}`);
      for (const k of [-3, -2, -1, 1, 2, 3]) assert.ok(Math.abs(response(k)) < 0.05, `${k}: ${response(k)}`);
    });
});
