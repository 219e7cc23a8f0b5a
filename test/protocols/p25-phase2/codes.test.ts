import assert from 'node:assert/strict';
import { readDuid } from '../../../src/protocols/p25-phase2/duid';
import { ischInfo, ischReading, ischSigns, readIsch, SYNC_SIGNS } from '../../../src/protocols/p25-phase2/isch';
import { Scrambling } from '../../../src/protocols/p25-phase2/scrambling';
import { BURST_BITS } from '../../../src/protocols/p25-phase2/superframe';

const toHex = (signs: ArrayLike<number>): string => {
  let text = '';
  for (let i = 0; i < signs.length; i += 4)
    text += [0, 1, 2, 3].reduce((digit, j) => 2 * digit + (signs[i + j] > 0 ? 1 : 0), 0).toString(16);
  return text;
};

describe('P25 phase 2 codes, by published words', () => {
  it('sends the sync and the informational ISCHs that public decoders list', () => {
    assert.equal(toHex(SYNC_SIGNS), '575d57f7ff');
    // Without a channel type: numbers and words as another decoder's table has them.
    const words: Record<number, string> = {
      0: '184229d461',
      1: '18761451f6',
      2: '181ae27e2f',
      4: '18df8a7510',
      8: '1146a44f13',
      16: '1a4a2e239e',
      31: '13bff63644',
      32: '1442f705ef',
      64: '084d62c339',
      93: '03e8768b52',
      127: '0fb063f092',
    };
    for (const [info, word] of Object.entries(words)) assert.equal(toHex(ischSigns(Number(info))), word, info);
  });

  it('reads an ISCH with seven bits wrong, at its place and no other', () => {
    const reading = ischReading();
    // Channel 1, location 2, superframe 3, busy.
    const info = (1 << 5) | (2 << 3) | 4 | 3;
    const llr = Float32Array.from(ischSigns(info));
    for (const bit of [0, 5, 11, 17, 22, 30, 39]) llr[bit] = -llr[bit];
    readIsch(llr, reading);
    const best = reading.scores.indexOf(Math.max(...reading.scores));
    assert.equal(best, 9);
    assert.deepEqual(ischInfo(reading, best), { type: 0, channel: 1, location: 2, flag: true, superframe: 3 });
    assert.equal(ischInfo(reading, 2), undefined);
  });

  it('reads data unit identifiers with one bit wrong', () => {
    const words: Record<number, number> = {
      0: 0x00,
      3: 0x39,
      6: 0x65,
      9: 0x9a,
      10: 0xa3,
      12: 0xc6,
      13: 0xd1,
      15: 0xff,
    };
    const places = [0, 1, 74, 75, 244, 245, 318, 319];
    for (const [duid, word] of Object.entries(words)) {
      for (let flipped = -1; flipped < 8; flipped++) {
        const burst = new Float32Array(BURST_BITS);
        places.forEach((place, i) => {
          burst[place] = ((word >> (7 - i)) & 1 ? 1 : -1) * (i === flipped ? -0.9 : 1);
        });
        assert.equal(readDuid(burst), Number(duid), `${duid}, bit ${flipped}`);
      }
    }
  });

  it('scrambles with the sequence of the identities, as another decoder makes it', () => {
    const scrambling = new Scrambling({ wacn: 0x92f70, system: 0x3c5, nac: 0x3c1 });
    // The first 20 bits, 92f70, fall into the first ISCH and are not used.
    const expected: Record<number, string> = {
      0: '3c53c1d1b4305bf9a4c5bf125fabd1c6',
      11: 'cb89572eebc8bb97873ad4461f89c0bc',
    };
    for (const [slot, bits] of Object.entries(expected)) {
      const burst = new Float32Array(BURST_BITS).fill(-1);
      scrambling.apply(burst, Number(slot));
      assert.equal(toHex(burst).slice(0, 32), bits);
      scrambling.apply(burst, Number(slot));
      assert.ok(burst.every((bit) => bit === -1));
    }
  });
});
