import assert from 'node:assert/strict';
import { encodeNid } from '../../../src/coding/bch63';
import { C4FM, FRAME_SYNC, SYNC_LEVELS } from '../../../src/protocols/p25/air-interface';
import { findProtocol, protocols } from '../../../src/protocols/registry';
import { uniform } from '../../support/random';
import { metricsOf, tsdu } from './frames';

describe('P25 air interface', () => {
  it('has the frame sync of the standard', () => {
    assert.equal(FRAME_SYNC, 0x5575f5ff77ffn);
    // The outer levels only: + + + + + - + + - - + + - - - - + - + - - - - -
    assert.equal(SYNC_LEVELS.map((level) => (level > 0 ? '+' : '-')).join(''), '+++++-++--++----+-+-----');
    assert.ok(SYNC_LEVELS.every((level) => Math.abs(level) === 3));
  });

  it('tells the length of every data unit from noisy headers', () => {
    const lengths: Record<number, { symbols: number; least?: number }> = {
      0: { symbols: 396 },
      3: { symbols: 72 },
      5: { symbols: 864 },
      7: { symbols: 360, least: 180 },
      10: { symbols: 864 },
      12: { symbols: 864, least: 180 },
      15: { symbols: 216 },
    };
    for (const [duid, { symbols, least }] of Object.entries(lengths)) {
      for (let seed = 1; seed <= 5; seed++) {
        const header = C4FM.header!(metricsOf(headerDibits(0x3c1, Number(duid)), 0.7, seed));
        assert.equal(header?.symbols, symbols);
        assert.equal(header?.least, least);
        assert.ok(header!.corrected <= 11);
      }
    }
  });

  it('refuses reserved data units and nearly all noise', () => {
    assert.equal(C4FM.header!(metricsOf(headerDibits(0x293, 1))), null);
    const random = uniform(11);
    let accepted = 0;
    for (let i = 0; i < 1000; i++) {
      if (C4FM.header!(Float32Array.from({ length: 57 * 4 }, () => random() * 10 - 5))) accepted++;
    }
    // White noise passes once in 300 times.
    assert.ok(accepted < 12, `${accepted} of 1000`);
  });

  it('is in the registry', () => {
    assert.equal(findProtocol('p25').airInterfaces[0], C4FM);
    assert.ok(protocols.every(({ id }) => findProtocol(id).id === id));
    assert.throws(() => findProtocol('p52'), { code: 'bad-setting' });
  });
});

function headerDibits(nac: number, duid: number): Uint8Array {
  const whole = tsdu(0, '80000000000000000000').slice(0, 57);
  const bits = encodeNid(nac, duid);
  let at = 24;
  for (let i = 0; i < bits.length; i += 2) {
    if (at === 35) at++;
    whole[at++] = (bits[i] << 1) | bits[i + 1];
  }
  return whole;
}
