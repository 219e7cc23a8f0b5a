import assert from 'node:assert/strict';
import { SlabAllocator } from '../../src/dsp/channelizer/slab';

describe('SlabAllocator', () => {
  it('gives shared, aligned, cleared memory that nothing else uses', () => {
    const memory = new SlabAllocator();
    const pieces = Array.from({ length: 500 }, (_, i) => memory.take(i % 7 === 0 ? 40000 + i : i * 3));
    for (const [i, piece] of pieces.entries()) {
      assert.ok(piece.buffer instanceof SharedArrayBuffer);
      assert.equal(piece.length, i % 7 === 0 ? 40000 + i : i * 3);
      assert.equal(piece.byteOffset % 8, 0);
      assert.ok(piece.every((byte) => byte === 0));
      piece.fill(i & 255 || 1);
    }
    for (const [i, piece] of pieces.entries()) assert.ok(piece.every((byte) => byte === (i & 255 || 1)));
  });

  it('keeps little alive for a small piece', () => {
    assert.ok(new SlabAllocator().take(100).buffer.byteLength <= 128 << 10);
  });
});
