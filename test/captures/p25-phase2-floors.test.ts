import assert from 'node:assert/strict';
import { PHASE2, phase2Sensitivity } from '../../bench/phase2-sensitivity';
import { needsCaptures } from '../support/captures';

/** Of 630 AMBE frames those without a corrected bit, and MAC PDUs of 77, that must be read at least. */
const LEAST: Record<string, [clean: number, mac: number]> = {
  'Es/N0 12 dB': [620, 75],
  'Es/N0 8 dB': [330, 72],
  'two rays 60 us, 1.3 Hz': [620, 74],
  'static rays 50 us, 180 deg': [620, 72],
  'two rays 50 us, 20 Hz': [590, 70],
};

describe('P25 phase 2 through noise and simulcast', () => {
  it('gives voice without errors and MAC messages', function () {
    this.timeout(120_000);
    needsCaptures(this, 'synth/p25p2_two_calls_48k.cu8');
    const conditions = PHASE2.filter(({ name }) => name in LEAST);
    assert.equal(conditions.length, Object.keys(LEAST).length);
    phase2Sensitivity(conditions, ({ name }, { clean, mac }) => {
      assert.ok(clean >= LEAST[name][0], `${name}: ${clean} frames of ${LEAST[name][0]}`);
      assert.ok(mac >= LEAST[name][1], `${name}: ${mac} MAC PDUs of ${LEAST[name][1]}`);
    });
  });
});
