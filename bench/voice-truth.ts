/**
 * What of received voice and link control is what was sent. A frame handed on proves nothing: of noise a decoder can make
 * frames too, so all of them are compared with those the transmitter was given.
 */
import { readFileSync } from 'node:fs';
import { VOICE_CODECS } from '../src/voice/codecs';
import { CODED_BITS, FRAME_BYTES, ImbeFrame, VECTOR_BITS } from '../src/voice/imbe/frame';
import { MBE_FRAME } from '../src/voice/mbe/model';

const FRAMES_PER_LDU = 9;
/** Bits of u0 .. u3, which Golay codes protect, and of u0 .. u6, which any code does. */
const GOLAY_BITS = VECTOR_BITS.slice(0, 4).reduce((sum, bits) => sum + bits);
const CODED_INFORMATION = VECTOR_BITS.slice(0, 7).reduce((sum, bits) => sum + bits);

export interface VoiceOutcome {
  /** Frames the decoder handed on. */
  delivered: number;
  /** Of those, frames the vocoder played as they came (neither repeated nor muted). */
  played: number;
  /** Delivered frames whose u0 .. u6 all are what was sent. */
  right: number;
  /** Delivered frames whose u0 .. u3, that is pitch, loudness and the coarse spectrum, are what was sent. */
  golayRight: number;
  /** Frames played although u0 .. u3 are not what was sent: garbage that is heard. */
  wrongPlayed: number;
}

/** Frames sent, in order. */
export class VoiceTruth {
  private readonly sent: Uint8Array[];
  private readonly frame = new ImbeFrame();

  /** @param file lines of 18 octets in hexadecimal */
  constructor(file: string) {
    this.sent = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => this.read(Buffer.from(line.trim(), 'hex'), 'packed'));
  }

  private read(bytes: Uint8Array, format: 'packed' | 'soft'): Uint8Array {
    this.frame.read(bytes, format);
    return this.frame.bits.slice();
  }

  /**
   * @param units voice of each LDU received, soft bits; null for those that were not
   * @param heard octets of the frames of each
   */
  compare(units: readonly (Int8Array | null)[]): VoiceOutcome {
    const outcome = { delivered: 0, played: 0, right: 0, golayRight: 0, wrongPlayed: 0 };
    const decoder = VOICE_CODECS.imbe.create();
    const pcm = new Float32Array(MBE_FRAME);
    units.forEach((unit, index) => {
      for (let i = 0; unit && i < unit.length / CODED_BITS; i++) {
        const bytes = new Uint8Array(unit.buffer, unit.byteOffset + i * FRAME_BYTES.soft, FRAME_BYTES.soft);
        const sent = this.sent[index * FRAMES_PER_LDU + i];
        const got = this.read(bytes, 'soft');
        const { repeated, muted } = decoder.decodeFrame(bytes, 'soft', pcm);
        const same = got.findIndex((bit, at) => bit !== sent?.[at]);
        const right = same < 0 ? got.length : same;
        outcome.delivered++;
        if (right >= CODED_INFORMATION) outcome.right++;
        if (right >= GOLAY_BITS) outcome.golayRight++;
        if (repeated || muted) continue;
        outcome.played++;
        if (right < GOLAY_BITS) outcome.wrongPlayed++;
      }
    });
    return outcome;
  }
}
