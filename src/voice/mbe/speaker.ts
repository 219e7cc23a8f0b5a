import { enhance } from './enhancement';
import { MBE_FRAME, MbeModel } from './model';
import { AdaptiveSmoothing, type FrameErrors } from './smoothing';
import { MbeSynthesis } from './synthesis';

/**
 * From the standard's amplitudes to samples: the level other open decoders give (they write a harmonic of amplitude 1 as
 * a sinusoid of peak 7, the standard of peak 2), so that recordings are as loud as people know them.
 */
const LEVEL = 3.5;
/** A harmonic of amplitude 1 becomes a sinusoid of this peak, on the scale of 16-bit samples. */
export const PEAK = 2 * LEVEL;
/**
 * After so many repeats in a row the sound fades out until a frame can be used. The standard alone would hold a sound for
 * as long as frames are bad but not bad enough for the error rate to reach its limit.
 */
const MOST_REPEATS = 3;

/** What a frame put into the speaker's model: speech as decoded, a tone to be played as it is, or nothing. */
export type FrameContent = 'speech' | 'tone' | 'nothing';

/** How a frame was played: as it came, by the model before it, or not at all. */
export type Played = 'new' | 'repeated' | 'muted';

/** Plays the models of one stream, holding sounds over lost frames for a while: the same for all MBE codecs. */
export class MbeSpeaker {
  /** The model heard last, or to be heard next; survives mutes. */
  readonly model = new MbeModel();
  private readonly smoothing = new AdaptiveSmoothing();
  private readonly synthesis = new MbeSynthesis();
  private repeats = 0;
  private tone = false;

  reset(): void {
    this.model.reset();
    this.smoothing.reset();
    this.synthesis.reset();
    this.repeats = 0;
    this.tone = false;
  }

  /**
   * Writes one frame of 160 samples.
   * @param content what was put into `model`; with 'nothing' it must be as it was
   * @param deaf too many errors lately: nothing is played
   */
  play(content: FrameContent, deaf: boolean, errors: FrameErrors, pcm: Float32Array): Played {
    if (content !== 'nothing') this.tone = content === 'tone';
    if (content === 'speech') this.smoothing.follow(enhance(this.model));
    this.repeats = content === 'nothing' ? this.repeats + 1 : 0;
    if (deaf || this.repeats > MOST_REPEATS) {
      this.fadeOut(pcm);
      return 'muted';
    }
    if (!this.tone) this.smoothing.smooth(this.model, errors);
    this.synthesis.render(this.model, pcm);
    raise(pcm);
    return content === 'nothing' ? 'repeated' : 'new';
  }

  /** One frame in which the sound heard last goes over into silence. */
  fadeOut(pcm: Float32Array): void {
    this.synthesis.fadeOut(pcm);
    raise(pcm);
  }
}

function raise(pcm: Float32Array): void {
  for (let n = 0; n < MBE_FRAME; n++) pcm[n] *= LEVEL;
}
