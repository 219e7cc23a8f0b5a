import type { VoiceFormat } from '../../core/messages';
import type { Counters } from '../../core/stage';
import type { FrameReport, VoiceCodecInfo, VoiceDecoder } from '../decoder';
import { MBE_FRAME, MBE_RATE } from '../mbe/model';
import type { FrameErrors } from '../mbe/smoothing';
import { type FrameContent, MbeSpeaker } from '../mbe/speaker';
import { Ambe2Frame, FRAME_BYTES } from './frame';
import { Ambe2Parameters } from './parameters';
import { decodeTone, toneOf } from './tone';

/** Above this rate of bit errors frames are muted. */
const MUTE_RATE = 0.096;
/** Most errors in a codeword that hard decisions correct. */
const CORRECTABLE = 3;

/** The frame being read: its content does not outlive a call. */
const frame = new Ambe2Frame();

/** Decoder of the half-rate vocoder (TIA-102.BABA-A) of P25 phase 2, DMR, NXDN, dPMR: 3600 bit/s of which 2450 are speech. */
class Ambe2Decoder implements VoiceDecoder {
  private readonly speaker = new MbeSpeaker();
  private readonly parameters = new Ambe2Parameters();
  private readonly errors: FrameErrors = { first: 0, voicing: 0, total: 0, rate: 0 };
  private readonly count = { corrected_u0: 0, corrected_u1: 0, voice_tones: 0 };

  reset(): void {
    this.speaker.reset();
    this.parameters.reset();
    this.errors.rate = 0;
  }

  decodeFrame(bytes: Uint8Array, format: VoiceFormat, pcm: Float32Array): FrameReport {
    frame.read(bytes, format);
    this.countErrors(format);
    const { errors } = this;
    const deaf = errors.rate > MUTE_RATE;
    const spoilt = errors.first > CORRECTABLE || (errors.first >= 2 && errors.total >= 6);
    const played = this.speaker.play(deaf || spoilt ? 'nothing' : this.content(), deaf, errors, pcm);
    return {
      errors: frame.errors[0] + frame.errors[1],
      clean: frame.errors[0] === 0,
      repeated: played === 'repeated',
      muted: played === 'muted',
    };
  }

  fadeOut(pcm: Float32Array): void {
    this.speaker.fadeOut(pcm);
  }

  counters(): Counters {
    return { ...this.count };
  }

  /** Puts the frame into the speaker's model. */
  private content(): FrameContent {
    const { model } = this.speaker;
    const tone = toneOf(frame.bits);
    if (tone === undefined) return this.parameters.decode(frame.bits, model) ? 'speech' : 'nothing';
    if (!decodeTone(frame.bits, tone, model)) return 'nothing';
    this.count.voice_tones++;
    return 'tone';
  }

  /**
   * The standard's limits are for what hard decisions find. Soft decisions correct words with more errors than those can,
   * which counted in full would silence speech they made better; from hard bits a fourth error in c0 means a lost word.
   */
  private countErrors(format: VoiceFormat): void {
    const { errors } = this;
    errors.first = Math.min(format === 'soft' ? CORRECTABLE : CORRECTABLE + 1, frame.errors[0]);
    errors.total = errors.first + Math.min(CORRECTABLE, frame.errors[1]);
    errors.rate = 0.95 * errors.rate + 0.001064 * errors.total;
    this.count.corrected_u0 += frame.errors[0];
    this.count.corrected_u1 += frame.errors[1];
  }
}

export const AMBE2: VoiceCodecInfo = {
  codec: 'ambe2',
  rate: MBE_RATE,
  frameSamples: MBE_FRAME,
  frameBytes: FRAME_BYTES,
  create: () => new Ambe2Decoder(),
};
