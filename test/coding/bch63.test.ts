import assert from 'node:assert/strict';
import { decodeNid, decodeNidSoft, encodeNid } from '../../src/coding/bch63';
import { packBits, unpackBits } from '../../src/coding/bits';
import { distinct, gaussian, uniform } from '../support/random';

const hex = (bits: Uint8Array) => Buffer.from(packBits(bits)).toString('hex').toUpperCase();
const bitsOf = (text: string) => unpackBits(Buffer.from(text, 'hex'));
const soft = (bits: Uint8Array) => Float32Array.from(bits, (bit) => 2 * bit - 1);

describe('BCH(63,16,23) of the network identifier', () => {
  it('makes the words heard on air', () => {
    assert.equal(hex(encodeNid(0x164, 7)), '164799C454E8F5CC');
    assert.equal(hex(encodeNid(0x001, 0)), '00103185B7E9E224');
  });

  it('has the rows of the generator matrix of the standard', () => {
    const rows = [
      '8000CD930BDD3B2A 4000AB5A8E33A6BE 2000983E4CC4E874 10004C1F2662743A',
      '0800EB9C98EC0136 0400B85D47AB3BB0 02005C2EA3D59DD8 01002E1751EACEEC',
      '0080170BA8F56776 0040C616DFA78890 0020630B6FD3C448 00103185B7E9E224',
      '000818C2DBF4F112 0004C1F2662743A2 0002AD6A38CE9AFB 00019B2617BA7657',
    ];
    rows
      .join(' ')
      .split(' ')
      .forEach((row, i) => {
        const word = 0x8000 >> i;
        assert.equal(hex(encodeNid(word >> 4, word & 15)), row);
      });
  });

  it('sets the 64th bit by the data unit id, the reserved ones too', () => {
    const set = Array.from({ length: 16 }, (_, duid) => duid).filter((duid) => encodeNid(0x293, duid)[63] === 1);
    assert.deepEqual(set, [0x1, 0x2, 0x5, 0x6, 0x9, 0xa, 0xd, 0xe]);
  });

  it('has distance 23: no codeword but zero is lighter', () => {
    let lightest = 64;
    for (let word = 1; word < 65536; word++) {
      let weight = 0;
      const bits = encodeNid(word >> 4, word & 15);
      for (let i = 0; i < 63; i++) weight += bits[i];
      lightest = Math.min(lightest, weight);
    }
    assert.equal(lightest, 23);
  });

  it('corrects up to 11 errors and counts them', () => {
    const next = uniform(1);
    for (let errors = 0; errors <= 11; errors++) {
      for (let trial = 0; trial < 150; trial++) {
        const nac = Math.floor(next() * 4096);
        const duid = Math.floor(next() * 16);
        const bits = encodeNid(nac, duid);
        for (const i of distinct(next, errors, 63)) bits[i] ^= 1;
        assert.deepEqual(decodeNid(bits), { nac, duid, corrected: errors });
      }
    }
  });

  it('refuses 12 errors, or finds another codeword at most 11 away', () => {
    const next = uniform(2);
    let refused = 0;
    for (let trial = 0; trial < 1000; trial++) {
      const bits = bitsOf('164799C454E8F5CC');
      for (const i of distinct(next, 12, 63)) bits[i] ^= 1;
      const nid = decodeNid(bits);
      if (!nid) refused++;
      else {
        const near = encodeNid(nid.nac, nid.duid);
        const distance = bits.slice(0, 63).filter((bit, i) => bit !== near[i]).length;
        assert.equal(distance, nid.corrected);
        assert.ok(distance <= 11 && nid.nac !== 0x164);
      }
    }
    assert.ok(refused > 950, `${refused} of 1000`);
  });

  it('reads at an offset and leaves its input alone', () => {
    const bits = Uint8Array.of(1, 1, 1, ...bitsOf('164799C454E8F5CC'));
    bits[10] ^= 1;
    const before = bits.slice();
    assert.deepEqual(decodeNid(bits, 3), { nac: 0x164, duid: 7, corrected: 1 });
    assert.deepEqual(bits, before);
  });
});

describe('soft decoding of the network identifier', () => {
  it('agrees with hard decoding of clean words, with a wide margin', () => {
    for (const known of [undefined, 0x293]) {
      const nid = decodeNidSoft(soft(encodeNid(0x293, 5)), known)!;
      assert.deepEqual([nid.nac, nid.duid, nid.corrected], [0x293, 5, 0]);
      assert.ok(nid.margin > 0.6);
    }
  });

  it('with the NAC known, reads words far beyond the hard limit', () => {
    const next = uniform(3);
    const noise = gaussian(next);
    let hardFound = 0;
    let softFound = 0;
    for (let trial = 0; trial < 500; trial++) {
      const duid = [0, 3, 5, 7, 10, 12, 15][trial % 7];
      const llr = soft(encodeNid(0x140, duid)).map((value) => value + 1.05 * noise());
      const bits = Uint8Array.from(llr, (value) => (value > 0 ? 1 : 0));
      if (decodeNid(bits)?.duid === duid) hardFound++;
      const nid = decodeNidSoft(llr, 0x140);
      if (nid?.nac === 0x140 && nid.duid === duid) softFound++;
    }
    assert.ok(hardFound < 350, `hard ${hardFound}`);
    assert.ok(softFound > 475, `soft ${softFound}`);
  });

  it('without a known NAC, does better than hard decoding', () => {
    const next = uniform(4);
    const noise = gaussian(next);
    let hardFound = 0;
    let softFound = 0;
    for (let trial = 0; trial < 200; trial++) {
      const llr = soft(encodeNid(0x3c1, 7)).map((value) => value + 0.95 * noise());
      if (decodeNid(Uint8Array.from(llr, (value) => (value > 0 ? 1 : 0)))?.nac === 0x3c1) hardFound++;
      if (decodeNidSoft(llr)?.nac === 0x3c1) softFound++;
    }
    assert.ok(softFound > hardFound + 20, `${softFound} ${hardFound}`);
  });

  it('reads as the hard decoder does where the errors are few, however wrong their weights', () => {
    const next = uniform(6);
    for (let trial = 0; trial < 200; trial++) {
      const llr = soft(encodeNid((trial * 37) & 0xfff, trial & 15)).map((value) => value * (0.1 + next()));
      for (let i = 0; i < trial % 8; i++) llr[(i * 11 + trial) % 63] *= -5;
      const { nac, duid, corrected } = decodeNidSoft(llr)!;
      const hard = Uint8Array.from(llr, (value) => (value > 0 ? 1 : 0));
      assert.deepEqual({ nac, duid, corrected }, decodeNid(hard));
    }
  });

  it('still hears another system while one NAC is expected', () => {
    const nid = decodeNidSoft(soft(encodeNid(0x293, 5)), 0x140)!;
    assert.deepEqual([nid.nac, nid.duid], [0x293, 5]);
  });

  it('refuses noise and silence', () => {
    const next = uniform(5);
    const noise = gaussian(next);
    let believed = 0;
    for (let trial = 0; trial < 1000; trial++) {
      if (decodeNidSoft(Float32Array.from({ length: 64 }, noise), 0x140)) believed++;
    }
    assert.ok(believed < 25, `${believed} of 1000`);
    assert.equal(decodeNidSoft(new Float32Array(64)), null);
    assert.equal(decodeNidSoft(new Float32Array(64).fill(Number.NaN), 1), null);
  });
});
