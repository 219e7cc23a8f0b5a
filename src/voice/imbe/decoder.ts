import type { VoiceFormat } from '../../core/messages';
import type { Counters } from '../../core/stage';
import type { FrameReport, VoiceCodecInfo, VoiceDecoder } from '../decoder';
import { MBE_FRAME, MBE_RATE } from '../mbe/model';
import { AmplitudePredictor } from '../mbe/prediction';
import type { FrameErrors } from '../mbe/smoothing';
import { MbeSpeaker } from '../mbe/speaker';
import { FRAME_BYTES, HARD_LIMITS, ImbeFrame } from './frame';
import { decodeParameters } from './parameters';

/** Above this rate of bit errors frames are muted (TIA-102.BABA 7.8). */
const MUTE_RATE = 0.0875;
/**
 * Soft decisions can find more errors in a frame than the 15 of hard ones. Of frames with so many, more are wrong than
 * right in pitch, loudness and coarse spectrum (two of three at Es/N0 6 dB, all in the nulls of two rays).
 */
const MOST_ERRORS = 16;

/** The frame being read: its content does not outlive a call. */
const frame = new ImbeFrame();

/** Decoder of the full-rate vocoder of P25 (TIA-102.BABA), 7200 bit/s of which 4400 are speech. */
class ImbeDecoder implements VoiceDecoder {
  private readonly speaker = new MbeSpeaker();
  private readonly predictor = new AmplitudePredictor();
  private readonly errors: FrameErrors = { first: 0, voicing: 0, total: 0, rate: 0 };
  private readonly corrected = new Float64Array(7);

  reset(): void {
    this.speaker.reset();
    this.predictor.reset();
    this.errors.rate = 0;
  }

  decodeFrame(bytes: Uint8Array, format: VoiceFormat, pcm: Float32Array): FrameReport {
    frame.read(bytes, format);
    this.countErrors();
    const { errors, speaker } = this;
    // Too many errors on the whole (7.8) or in this frame (7.7), or an invalid pitch: the model stays as it was.
    const deaf = errors.rate > MUTE_RATE;
    const spoilt = frame.totalErrors > MOST_ERRORS || (errors.first >= 2 && errors.total >= 10 + 40 * errors.rate);
    const usable = !deaf && !spoilt && decodeParameters(frame.bits, this.predictor, speaker.model);
    const played = speaker.play(usable ? 'speech' : 'nothing', deaf, errors, pcm);
    return {
      errors: frame.totalErrors,
      clean: errors.first === 0,
      repeated: played === 'repeated',
      muted: played === 'muted',
    };
  }

  fadeOut(pcm: Float32Array): void {
    this.speaker.fadeOut(pcm);
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
