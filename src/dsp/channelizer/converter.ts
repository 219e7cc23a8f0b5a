import { IQ_BYTES, type IqFormat } from '../../core/messages';
import { IQ_SCALING } from '../kernels/convert';
import { type KernelArray, kernelBytes, kernelFloats, kernels } from '../kernels/wasm';
import type { ChunkRecord } from './history';
import type { SampleWindow } from './window';

/** Puts raw chunks into the window as floats of full scale 1, less the DC noted in their record. */
export class Converter {
  private readonly staging: KernelArray<Uint8Array>;
  private readonly sums: KernelArray<Float32Array> = kernelFloats(2);
  /** Samples of the last chunk that were not numbers and count as zero. */
  bad = 0;

  /** chunk: most samples at once. */
  constructor(
    private readonly format: IqFormat,
    chunk: number,
  ) {
    this.staging = kernelBytes(chunk * IQ_BYTES[format]);
  }

  load(record: ChunkRecord, window: SampleWindow): void {
    const count = record.to - record.from;
    this.staging.view.set(record.raw.subarray(0, count * IQ_BYTES[this.format]));
    const at = 4 * window.extend(count);
    const { scale, bias } = IQ_SCALING[this.format];
    const source = this.staging.pointer;
    const re = window.samples.re.pointer + at;
    const im = window.samples.im.pointer + at;
    const sums = this.sums.pointer;
    const biasRe = bias - record.dcRe;
    const biasIm = bias - record.dcIm;
    const k = kernels();
    if (this.format === 'cf32') this.bad = k.convertFloat(source, count, re, im, scale, biasRe, biasIm, sums);
    else if (this.format === 'cs16') this.bad = k.convert16(source, count, re, im, scale, biasRe, biasIm, sums);
    else {
      const signed = this.format === 'cs8' ? 1 : 0;
      this.bad = k.convert8(source, count, signed, re, im, scale, biasRe, biasIm, sums);
    }
  }

  /** Mean of the last chunk before the DC was taken out. */
  mean(record: ChunkRecord): [number, number] {
    const [re, im] = this.sums.view;
    const count = record.to - record.from;
    return [re / count + record.dcRe, im / count + record.dcIm];
  }

  close(): void {
    this.staging.free();
    this.sums.free();
  }
}
