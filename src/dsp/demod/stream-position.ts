import type { AudioInfo, IqInfo } from '../../core/messages';

/** Where a stream's blocks stand: notices gaps and knows the time of the first sample after the last one. */
export class StreamPosition {
  gaps = 0;
  /** Time of the first sample since the stream or the last gap began, ms. */
  startTime = 0;
  private next: { seq: number; sample: number } | null = null;

  /** True when the block follows on the last one without a gap. */
  expects(info: IqInfo | AudioInfo): boolean {
    return this.next !== null && info.seq === this.next.seq && sampleOf(info) === this.next.sample;
  }

  /** Makes this block's first sample the start of what follows. */
  begin(info: IqInfo | AudioInfo): void {
    if (this.next && !this.expects(info)) this.gaps++;
    this.startTime = info.time;
    if (!('sample' in info)) return;
    // The stream began on a whole millisecond, so rounding gives its start exactly.
    const offset = (1000 * info.sample) / info.rate;
    this.startTime = Math.round(info.time - offset) + offset;
  }

  /** Takes note of the block, which has this many samples. */
  advance(info: IqInfo | AudioInfo, samples: number): void {
    this.next = { seq: info.seq + 1, sample: 'sample' in info ? info.sample + samples : 0 };
  }

  reset(): void {
    this.next = null;
  }
}

/** Audio blocks are numbered, their samples are not. */
function sampleOf(info: IqInfo | AudioInfo): number {
  return 'sample' in info ? info.sample : 0;
}
