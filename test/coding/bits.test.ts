import assert from 'node:assert/strict';
import { packBits, popCount, readBits, unpackBits, writeBits } from '../../src/coding/bits';

describe('bits', () => {
  it('packs most significant bit first and fills the last byte with zeros', () => {
    assert.deepEqual(packBits(Uint8Array.of(1, 0, 1, 0, 0, 0, 0, 1, 1)), Uint8Array.of(0xa1, 0x80));
  });

  it('unpacks what it packed', () => {
    const bytes = Uint8Array.of(0x12, 0x34, 0xff);
    assert.deepEqual(packBits(unpackBits(bytes)), bytes);
    assert.equal(unpackBits(bytes, 13).length, 13);
  });

  it('reads and writes numbers of up to 48 bits at any place', () => {
    const bits = new Uint8Array(60);
    writeBits(bits, 5, 48, 0xfedcba987654);
    assert.equal(readBits(bits, 5, 48), 0xfedcba987654);
    assert.equal(readBits(bits, 5, 8), 0xfe);
    assert.equal(readBits(bits, 0, 5) + readBits(bits, 53, 7), 0);
    writeBits(bits, 0, 32, 0xffffffff);
    assert.equal(readBits(bits, 0, 32), 0xffffffff);
  });

  it('counts ones in all 32 bits', () => {
    assert.equal(popCount(-1), 32);
    assert.equal(popCount(0x80000001), 2);
    assert.equal(popCount(0), 0);
  });
});
