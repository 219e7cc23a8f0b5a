import { MBE_FRAME, MbeModel } from './model';
import { Noise } from './noise';
import { UnvoicedSynthesis } from './unvoiced';
import { VoicedSynthesis } from './voiced';

/** Turns a series of MBE models into sound: shared by all MBE codecs (TIA-102.BABA 11). */
export class MbeSynthesis {
  private last = new MbeModel();
  private current = new MbeModel();
  private readonly voiced = new VoicedSynthesis();
  private readonly unvoiced = new UnvoicedSynthesis();
  private readonly noise = new Noise();

  reset(): void {
    this.last.reset();
    this.current.reset();
    this.voiced.reset();
    this.unvoiced.reset();
    this.noise.reset();
  }

  /**
   * Writes 160 samples, from the centre of the last frame to the centre of this one, on the amplitudes' scale (an
   * amplitude of 1 is a sinusoid of peak 2).
   */
  render(model: MbeModel, pcm: Float32Array): void {
    this.current.copyFrom(model);
    this.renderCurrent(pcm);
  }

  /** Writes 160 samples in which the last frame's sound goes over into silence. */
  fadeOut(pcm: Float32Array): void {
    this.current.copyFrom(this.last);
    this.current.amplitude.fill(0);
    this.renderCurrent(pcm);
  }

  private renderCurrent(pcm: Float32Array): void {
    pcm.fill(0, 0, MBE_FRAME);
    this.voiced.add(this.last, this.current, this.noise, pcm);
    this.unvoiced.add(this.current, this.noise, pcm);
    const swap = this.last;
    this.last = this.current;
    this.current = swap;
  }
}
