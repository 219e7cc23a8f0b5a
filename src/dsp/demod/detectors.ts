import { lowpass } from '../filter-design';
import { kernels } from '../kernels/wasm';
import { AmMeter, FmMeter, type Reading } from './analog-meter';
import { HopFilter } from './hop-filter';
import { scratch } from './scratch';
import type { SignalHistory } from './signal-history';

/** Edges of the voice band, Hz; the tones of CTCSS and DCS lie below 255 Hz. */
const VOICE = { stopBelow: 250, from: 300, to: 3400, attenuation: 50 };

/** Rates an analog detector works at. */
export interface AnalogRates {
  /** Audio samples/s, detector samples per audio sample, audio samples per hop (10 ms). */
  audio: number;
  step: number;
  hop: number;
}

/** From a hop of complex samples to hops of audio, full scale 1. */
export interface Detector {
  /** Level and SNR of the newest hop, whose samples are the history's last; takes it in. */
  take(history: SignalHistory): Reading;
  /** The next hop of audio if there is enough input, a view that does not last. */
  next(): Float32Array | null;
  clear(): void;
  free(): void;
}

/** FM: discriminator, voice-band filter without sub-audible tones, de-emphasis. Full deviation at 1 kHz gives 0.5. */
export class FmDetector implements Detector {
  private readonly meter = new FmMeter();
  private readonly low: HopFilter;
  private readonly high: HopFilter;
  private readonly scale: number;
  private readonly share: number;
  private smoothed = 0;

  /** `deviation` in Hz; `deemphasis` is a time constant in microseconds, 0 = none. */
  constructor(
    private readonly rates: AnalogRates,
    deviation: number,
    deemphasis: number,
  ) {
    const { audio, step, hop } = rates;
    this.low = new HopFilter(voiceLowPass(rates), step, hop);
    this.high = new HopFilter(voiceHighPass(audio), 1, hop);
    const tau = deemphasis * 1e-6;
    this.share = tau > 0 ? 1 - Math.exp(-1 / (tau * audio)) : 1;
    this.scale = (0.5 / deviation) * ((audio * step) / (2 * Math.PI)) * Math.hypot(1, 2 * Math.PI * 1000 * tau);
  }

  take(history: SignalHistory): Reading {
    const count = this.rates.hop * this.rates.step;
    const from = history.end - count;
    const angle = scratch('analog-angle', count + 4);
    const power = scratch('analog-power', count + 4);
    const first = from - 1;
    kernels().fmDiscriminate(history.pointer(0, first), history.pointer(1, first), angle.pointer, power.pointer, count);
    this.low.push(angle.view.subarray(0, count));
    for (let audio = this.low.next(); audio; audio = this.low.next()) this.high.push(audio);
    return this.meter.read(history, from, count);
  }

  next(): Float32Array | null {
    const audio = this.high.next();
    if (!audio) return null;
    for (let i = 0; i < audio.length; i++) {
      this.smoothed += this.share * (audio[i] * this.scale - this.smoothed);
      audio[i] = this.smoothed;
    }
    return audio;
  }

  clear(): void {
    this.meter.reset();
    this.low.clear();
    this.high.clear();
    this.smoothed = 0;
  }

  free(): void {
    this.low.free();
    this.high.free();
  }
}

/** Largest envelope, relative to the carrier, that can be modulation. */
const MOST_MODULATION = 2.5;
/** Hops to either side that tell the carrier's strength in the middle one. */
const CARRIER_REACH = 4;

/**
 * AM: envelope relative to the carrier, so that loudness does not depend on the signal's strength. The carrier of a hop
 * is the median envelope of the hops around it, which follows fading but not the step at a transmission's start or end.
 * Full modulation gives 0.5.
 */
export class AmDetector implements Detector {
  private readonly meter: AmMeter;
  private readonly low: HopFilter;
  private readonly waiting: Float32Array[] = [];
  private means: number[] = [];
  private carrier = 0;

  /** `lag`: samples after which the channel filter's noise is no longer alike. */
  constructor(
    private readonly rates: AnalogRates,
    lag: number,
  ) {
    this.meter = new AmMeter(lag);
    this.low = new HopFilter(voiceLowPass(rates), rates.step, rates.hop);
    this.clear();
  }

  take(history: SignalHistory): Reading {
    const count = this.rates.hop * this.rates.step;
    const from = history.end - count;
    const re = history.view(0, from);
    const im = history.view(1, from);
    const envelope = scratch('analog-angle', count).view;
    for (let i = 0; i < count; i++) envelope[i] = Math.sqrt(re[i] * re[i] + im[i] * im[i]);
    this.low.push(envelope.subarray(0, count));
    for (let audio = this.low.next(); audio; audio = this.low.next()) {
      this.waiting.push(audio.slice());
      this.means.push(audio.reduce((sum, value) => sum + value, 0) / audio.length);
    }
    return this.meter.read(history, from, count);
  }

  next(): Float32Array | null {
    if (this.waiting.length <= CARRIER_REACH) return null;
    const audio = this.waiting.shift()!;
    const around = [...this.means].sort((a, b) => a - b);
    this.means.shift();
    const before = this.carrier;
    this.carrier = Math.max(around[CARRIER_REACH], 1e-9);
    // Fading is followed gradually, a transmission's first hop at once.
    const from = before > 0.5 * this.carrier && before < 2 * this.carrier ? before : this.carrier;
    for (let i = 0; i < audio.length; i++) {
      const carrier = from + ((this.carrier - from) * (i + 1)) / audio.length;
      audio[i] = 0.5 * (Math.min(audio[i] / carrier, MOST_MODULATION) - 1);
    }
    return audio;
  }

  clear(): void {
    this.meter.reset();
    this.low.clear();
    this.waiting.length = 0;
    this.means = new Array(CARRIER_REACH).fill(0);
    this.carrier = 0;
  }

  free(): void {
    this.low.free();
  }
}

function voiceLowPass({ audio, step }: AnalogRates): Float64Array {
  const pass = Math.min(VOICE.to, 0.42 * audio) / (audio * step);
  const stop = Math.min(1.35 * VOICE.to, 0.54 * audio) / (audio * step);
  return lowpass({ pass, stop, attenuation: VOICE.attenuation });
}

/** All-pass less a lowpass: takes out sub-audible signalling and the DC of a carrier offset. */
function voiceHighPass(rate: number): Float64Array {
  const { from, stopBelow, attenuation } = VOICE;
  const taps = lowpass({ pass: stopBelow / rate, stop: from / rate, attenuation }).map((tap) => -tap);
  taps[(taps.length - 1) / 2] += 1;
  return taps;
}
