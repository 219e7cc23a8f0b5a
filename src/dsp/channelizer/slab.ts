import { sharedBuffer } from '../../core/shared-buffer';

/** Bytes of a slab: who keeps one small message keeps no more than this alive. */
const SLAB = 128 << 10;

/**
 * Shared memory for messages. Small ones are cut from slabs, one after the other: making a shared buffer costs more than
 * filling it.
 */
export class SlabAllocator {
  private slab: Buffer | null = null;
  private used = 0;

  /** A Buffer over shared memory of its own, 8-byte aligned. */
  take(bytes: number): Buffer {
    if (bytes > SLAB / 4) return sharedBuffer(bytes);
    if (!this.slab || this.used + bytes > SLAB) {
      this.slab = sharedBuffer(SLAB);
      this.used = 0;
    }
    const piece = this.slab.subarray(this.used, this.used + bytes);
    this.used += Math.ceil(bytes / 8) * 8;
    return piece;
  }
}
