import { rotor } from '../kernels/rotate';
import { type KernelArray, kernelFloats } from '../kernels/wasm';

const TURN = 2 ** 32;

/**
 * A frequency as a whole number of 2^-32 turns per sample, so that the phase at any sample of a stream is exact, however
 * long the stream and wherever one starts.
 */
export class Oscillator {
  private readonly increment: number;
  private readonly rotor: KernelArray<Float32Array> = kernelFloats(10);

  /** Frequency in cycles per sample; rounded to the nearest 2^-32. */
  constructor(frequency: number) {
    this.increment = Math.round(frequency * TURN) | 0;
  }

  /** The frequency as rounded, cycles per sample, -0.5 .. 0.5. */
  get frequency(): number {
    return this.increment / TURN;
  }

  /** Phase at an absolute sample number, in turns. */
  turns(sample: number): number {
    return Math.imul(this.increment, sample >>> 0) / TURN;
  }

  /**
   * Address of the rotation that takes this frequency to zero for samples `first`, `first + step`, ... of the stream.
   * extraFirst, extraStep: turns added to the first sample and to every step.
   */
  downFrom(first: number, step: number, extraFirst = 0, extraStep = 0): number {
    const start = 2 * Math.PI * (extraFirst - this.turns(first));
    const turn = 2 * Math.PI * (extraStep - this.turns(step));
    rotor(start, turn, this.rotor.view);
    return this.rotor.pointer;
  }

  close(): void {
    this.rotor.free();
  }
}
