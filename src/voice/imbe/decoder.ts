import type { VoiceFormat } from '../../core/messages';
import type { Counters } from '../../core/stage';
import type { FrameReport, VoiceCodecInfo, VoiceDecoder } from '../decoder';
import { enhance } from '../mbe/enhancement';
import { MBE_FRAME, MBE_RATE, MbeModel } from '../mbe/model';
import { AmplitudePredictor } from '../mbe/prediction';
import { AdaptiveSmoothing, type FrameErrors } from '../mbe/smoothing';
import { MbeSynthesis } from '../mbe/synthesis';
import { FRAME_BYTES, HARD_LIMITS, ImbeFrame } from './frame';
import { decodeParameters } from './parameters';

/**
 * From the standard's amplitudes to samples: the level other open decoders give (they write a harmonic of amplitude 1 as
 * a sinusoid of peak 7, the standard of peak 2), so that recordings are as loud as people know them.
 */
const LEVEL = 3.5;
/** Above this rate of bit errors frames are muted (TIA-102.BABA 7.8). */
const MUTE_RATE = 0.0875;
/**
 * After so many repeats in a row the sound fades out until a frame can be used. The standard alone would hold a sound for
 * as long as frames are bad but not bad enough for the error rate to reach its limit.
 */
const MOST_REPEATS = 3;

/** The frame being read: its content does not outlive a call. */
const frame = new ImbeFrame();

/** Decoder of the full-rate vocoder of P25 (TIA-102.BABA), 7200 bit/s of which 4400 are speech. */
class ImbeDecoder implements VoiceDecoder {
  /** The speech model heard last; survives mutes. */
  private readonly model = new MbeModel();
  private readonly predictor = new AmplitudePredictor();
  private readonly smoothing = new AdaptiveSmoothing();
  private readonly synthesis = new MbeSynthesis();
  private readonly errors: FrameErrors = { first: 0, voicing: 0, total: 0, rate: 0 };
  private repeats = 0;
  private readonly corrected = new Float64Array(7);

  reset(): void {
    this.model.reset();
    this.predictor.reset();
    this.smoothing.reset();
    this.synthesis.reset();
    this.errors.rate = 0;
    this.repeats = 0;
  }

  decodeFrame(bytes: Uint8Array, format: VoiceFormat, pcm: Float32Array): FrameReport {
    frame.read(bytes, format);
    this.countErrors();
    const { errors } = this;
    // Too many errors on the whole (7.8) or in this frame (7.7), or an invalid pitch: the model stays as it was.
    const deaf = errors.rate > MUTE_RATE;
    const spoilt = errors.first >= 2 && errors.total >= 10 + 40 * errors.rate;
    const usable = !deaf && !spoilt && decodeParameters(frame.bits, this.predictor, this.model);
    if (usable) this.smoothing.follow(enhance(this.model));
    this.repeats = usable ? 0 : this.repeats + 1;
    const muted = deaf || this.repeats > MOST_REPEATS;
    if (muted) {
      this.synthesis.fadeOut(pcm);
    } else {
      this.smoothing.smooth(this.model, errors);
      this.synthesis.render(this.model, pcm);
    }
    for (let n = 0; n < MBE_FRAME; n++) pcm[n] *= LEVEL;
    return { errors: frame.totalErrors, clean: errors.first === 0, repeated: !usable && !muted, muted };
  }

  fadeOut(pcm: Float32Array): void {
    this.synthesis.fadeOut(pcm);
    for (let n = 0; n < MBE_FRAME; n++) pcm[n] *= LEVEL;
  }

  counters(): Counters {
    const counters: Counters = {};
    this.corrected.forEach((bits, vector) => {
      counters[`corrected_u${vector}`] = bits;
    });
    return counters;
  }

  /**
   * Eq. 95 and 96. The standard's limits are for what hard decisions find: soft decisions find and correct more, and
   * counted in full would silence speech they made better.
   */
  private countErrors(): void {
    const { errors } = this;
    const counted = HARD_LIMITS.map((limit, vector) => Math.min(limit, frame.errors[vector]));
    errors.first = counted[0];
    errors.voicing = counted[4];
    errors.total = counted.reduce((sum, count) => sum + count);
    errors.rate = 0.95 * errors.rate + 0.000365 * errors.total;
    for (let vector = 0; vector < this.corrected.length; vector++) this.corrected[vector] += frame.errors[vector];
  }
}

export const IMBE: VoiceCodecInfo = {
  codec: 'imbe',
  rate: MBE_RATE,
  frameSamples: MBE_FRAME,
  frameBytes: FRAME_BYTES,
  create: () => new ImbeDecoder(),
};
