import type { AudioInfo, IqInfo } from '../../core/messages';
import type { SampleFormat } from '../clipping';
import { audioReader, iqReader } from '../demod/samples';
import { strongestCarrier } from './carrier';
import { canShowEye, EYE_RATE, Eye } from './eye';
import { noiseFloor } from './noise-floor';
import type { ScopeOptions } from './options';
import { SAMPLE_BYTES } from './sample-source';
import { Schedule } from './schedule';
import { decibel, decibels, encodeFrame, type ScopeFigures, type ScopeHead } from './scope-frame';
import { Spectrum, type SpectrumFrame } from './spectrum';

/** Fastest stream that counts as one channel, whose carrier has an offset; samples/s. */
const CHANNEL_RATE = 100_000;

/** Modulation error ratio from which four levels are clearly seen, dB; noise alone has about 12. */
const CLEAR = 14;

/** Figures the channelizer measured, of the messages in a frame. */
const GIVEN = ['level', 'noise', 'snr', 'offset'] as const;

/** What the scope keeps for a stream of samples of one kind, rate and format. */
export class SampleChain {
  private readonly spectrum: Spectrum;
  private readonly eye: Eye | null;
  private given = noFigures();
  /** Number of the next sample expected. */
  private next = Number.NaN;

  constructor(
    private readonly kind: 'iq' | 'audio',
    private readonly format: SampleFormat,
    private readonly rate: number,
    private readonly discriminator: boolean,
    private readonly options: ScopeOptions,
  ) {
    const { air, frameRate, bins } = options;
    // Audio shows half of its transform.
    this.spectrum = new Spectrum(format, new Schedule(rate, frameRate, Math.min(4096, audioFactor(kind) * bins)));
    const eyed = air && (kind === 'iq' || discriminator) && canShowEye(air, rate);
    this.eye = eyed ? new Eye(air, rate, kind === 'iq' ? 2 : 1) : null;
  }

  get bad(): number {
    return this.spectrum.bad;
  }

  get gaps(): number {
    return this.spectrum.gaps;
  }

  /** True when a message is of the kind, rate and format this chain is for. */
  fits(kind: string, format: string, rate: number, discriminator: boolean): boolean {
    return kind === this.kind && format === this.format && rate === this.rate && discriminator === this.discriminator;
  }

  /** Takes a block whose first sample has this number, and calls `give` with each frame it completes. */
  feed(
    info: IqInfo | AudioInfo,
    sample: number,
    payload: Uint8Array,
    give: (frame: Buffer, end: number) => void,
  ): void {
    const count = Math.floor(payload.length / SAMPLE_BYTES[this.format]);
    const start = info.time - (1000 * sample) / this.rate;
    for (const name of GIVEN) {
      const value = (info as Partial<Record<(typeof GIVEN)[number], number>>)[name];
      if (value === undefined) continue;
      this.given[name].sum += value;
      this.given[name].count++;
    }
    if (sample !== this.next) this.eye?.reset();
    this.next = sample + count;
    const reader = this.kind === 'iq' ? iqReader(payload, (info as IqInfo).format) : audioReader(payload);
    let fed = 0;
    // A frame shows the symbols up to its end, wherever the block ends.
    const feedEye = (to: number) => {
      this.eye?.feed(reader, fed, to);
      fed = to;
    };
    this.spectrum.feed(payload, sample, count, (frame) => {
      feedEye(frame.end - sample);
      const end = start + (1000 * frame.end) / this.rate;
      give(this.encode(info, frame, end), end);
    });
    feedEye(count);
  }

  reset(): void {
    this.spectrum.reset();
    this.eye?.reset();
    this.given = noFigures();
  }

  close(): void {
    this.spectrum.close();
    this.eye?.close();
  }

  private encode(info: IqInfo | AudioInfo, frame: SpectrumFrame, time: number): Buffer {
    const { rate, spectrum, kind } = this;
    const step = (kind === 'iq' ? rate : rate / 2) / spectrum.bins;
    const first = kind === 'iq' ? -rate / 2 : 0;
    const center = kind === 'iq' ? (info as IqInfo).center : ((info as AudioInfo).frequency ?? 0);
    const view = this.eye?.view() ?? null;
    const head: ScopeHead = {
      stream: info.stream,
      kind,
      time: Math.round(time),
      rate,
      center,
      first,
      step,
      resolution: spectrum.window.noiseBandwidth * step,
      figures: this.figures(frame, center, first, step),
      ...(view ? { perSymbol: EYE_RATE } : {}),
    };
    if (view) {
      head.figures.mer = view.mer;
      if (view.deviation > 0) head.figures.deviation = view.deviation;
      // The middle of the four levels is where the carrier is; the mean frequency moves with what is sent.
      if (view.deviation > 0 && view.mer > CLEAR) head.figures.offset = view.offset;
    }
    this.given = noFigures();
    return encodeFrame(head, {
      mean: decibels(frame.mean),
      peak: decibels(frame.peak),
      ...(view ? { trace: view.trace, values: view.values, points: view.points } : {}),
    });
  }

  private figures(frame: SpectrumFrame, center: number, first: number, step: number): ScopeFigures {
    const { mean } = frame;
    const { noiseBandwidth } = this.spectrum.window;
    let total = 0;
    for (let i = 0; i < mean.length; i++) total += mean[i];
    const figures: ScopeFigures = { clipped: frame.clipped, level: decibel(total / noiseBandwidth) };
    // A channel was cut out by a filter: the bins around it tell nothing of the noise within.
    if (this.given.noise.count > 0) return { ...figures, ...means(this.given) };
    const floor = noiseFloor(mean, this.spectrum.averaged);
    const width = this.options.channelWidth / step;
    figures.floor = decibel(floor);
    if (this.kind === 'audio') return { ...figures, ...means(this.given) };
    const carrier = strongestCarrier(mean, floor, noiseBandwidth, width);
    const frequency = first + carrier.place * step;
    figures.noise = decibel((floor * width) / noiseBandwidth);
    figures.snr = decibel(carrier.snr);
    figures.carrier = { frequency: center + frequency, level: decibel(carrier.power) };
    if (this.rate <= CHANNEL_RATE) figures.offset = frequency;
    return figures;
  }
}

function audioFactor(kind: 'iq' | 'audio'): number {
  return kind === 'audio' ? 2 : 1;
}

type Sums = Record<(typeof GIVEN)[number], { sum: number; count: number }>;

function noFigures(): Sums {
  const none = () => ({ sum: 0, count: 0 });
  return { level: none(), noise: none(), snr: none(), offset: none() };
}

function means(sums: Sums): ScopeFigures {
  const figures: ScopeFigures = {};
  for (const name of GIVEN) if (sums[name].count > 0) figures[name] = sums[name].sum / sums[name].count;
  return figures;
}
