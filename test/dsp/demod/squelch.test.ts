import assert from 'node:assert/strict';
import { METER_LAG } from '../../../src/dsp/demod/analog-meter';
import { Squelch } from '../../../src/dsp/demod/squelch';

/** Which hops are heard; the readings lag METER_LAG hops behind the signal, as the meters' do. */
function heard(squelch: Squelch, signal: number[]): string {
  const readings = [...new Array(METER_LAG).fill(-10), ...signal, ...new Array(Squelch.LOOK_AHEAD).fill(-10)];
  let out = '';
  for (const reading of readings) {
    squelch.push(reading);
    while (squelch.ready > 0) out += squelch.take() ? '1' : '0';
  }
  return out.slice(0, signal.length);
}

const hops = (count: number, snr: number) => new Array(count).fill(snr);

describe('Squelch', () => {
  it('opens with the first hop above the threshold and closes with the first of a lasting fall', () => {
    const signal = [...hops(10, -5), ...hops(10, 12), ...hops(10, -5)];
    assert.equal(heard(new Squelch(6), signal), `${'0'.repeat(10)}${'1'.repeat(10)}${'0'.repeat(10)}`);
  });

  it('stays open between the threshold and 3 dB below, and through short fades', () => {
    const signal = [...hops(5, 12), ...hops(10, 4), ...hops(3, -5), ...hops(5, 12)];
    assert.equal(heard(new Squelch(6), signal), '1'.repeat(23));
    assert.equal(heard(new Squelch(6), hops(10, 4)), '0'.repeat(10));
  });

  it('without a threshold is always open', () => {
    assert.equal(heard(new Squelch(null), hops(5, -200)), '11111');
  });

  it('counts its openings', () => {
    const squelch = new Squelch(6);
    heard(squelch, [...hops(5, 12), ...hops(10, -5), ...hops(5, 12)]);
    assert.equal(squelch.openings, 2);
  });
});
