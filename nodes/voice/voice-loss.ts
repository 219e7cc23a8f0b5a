import type { AudioInfo } from '../../src/core/messages';

/** Voice that is looked at together, seconds. */
const SPAN = 2;
/** Seconds of a coded voice frame (IMBE, AMBE+2). */
const FRAME = 0.02;

/** How much of the voice of one call cannot be decoded, and is repeated or muted. */
export class VoiceLoss {
  /** Share of the frames, 0 to 1, in the last span; 0 until the first is complete. */
  share = 0;
  private seconds = 0;
  private before = 0;

  /** @param samples of the block of decoded voice */
  observe({ rate, call }: AudioInfo, samples: number): void {
    if (!call) return;
    this.seconds += samples / rate;
    if (this.seconds < SPAN) return;
    this.share = Math.min(1, ((call.spike_count - this.before) * FRAME) / this.seconds);
    this.before = call.spike_count;
    this.seconds = 0;
  }
}
