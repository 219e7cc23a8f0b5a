import { IQ_BYTES } from '../../core/messages';
import { sharedBuffer } from '../../core/shared-buffer';
import { AnalogCarrier } from './analog-carrier';
import { C4fmCarrier, SYMBOL_RATE } from './c4fm-carrier';
import { Noise } from './noise';
import { type SignalOptions, type SignalSettings, signalSettings } from './options';
import type { Carrier } from './oscillator';
import { DibitStream, type Unit } from './p25/dibit-stream';
import { P25Site } from './p25/site';
import { encodeIq } from './sample-format';

/**
 * A test signal as a stream of samples: the same options give the same samples, whatever the sizes of the portions they
 * are read in. Nothing is computed ahead, so an endless signal takes no more memory than a short one.
 */
export class Signal {
  readonly settings: SignalSettings;
  private readonly carriers: Carrier[];
  private readonly noise: Noise;
  private iq = new Float32Array(0);
  /** Samples left; Infinity when endless. */
  private left: number;

  /** Throws TrunkflowError 'bad-setting'. */
  constructor(options: SignalOptions) {
    this.settings = signalSettings(options);
    const { rate, seconds, noise, seed } = this.settings;
    this.left = Math.round(seconds * rate);
    this.carriers = makeCarriers(this.settings);
    const density = amplitudeOf(this.settings) ** 2 / SYMBOL_RATE / 10 ** (noise / 10);
    this.noise = new Noise(Math.sqrt((density * rate) / 2), seed);
  }

  /** The next `samples` samples, fewer at the end, none after it; bytes in the signal's format. */
  read(samples: number): Buffer {
    const { format } = this.settings;
    const count = Math.min(samples, this.left);
    this.left -= count;
    if (this.iq.length < 2 * count) this.iq = new Float32Array(2 * count);
    const iq = this.iq.subarray(0, 2 * count).fill(0);
    for (const carrier of this.carriers) carrier.add(iq, count);
    this.noise.add(iq, count);
    const payload = sharedBuffer(count * IQ_BYTES[format]);
    encodeIq(iq, format, payload);
    return payload;
  }
}

function amplitudeOf({ level }: SignalSettings): number {
  return 10 ** (level / 20);
}

function makeCarriers(settings: SignalSettings): Carrier[] {
  const { signal, rate, center, frequency, offset, tone, ctcss } = settings;
  const amplitude = amplitudeOf(settings);
  const c4fm = (at: number, units: Iterator<Unit>) => {
    const stream = new DibitStream(units);
    return new C4fmCarrier({ rate, offset: at - center + offset, amplitude, next: () => stream.next() });
  };
  const analog = (tones: { tone: number; ctcss: number }) =>
    new AnalogCarrier({ rate, offset: frequency - center + offset, amplitude, ...tones });
  switch (signal) {
    case 'p25-site': {
      const site = new P25Site(settings);
      const voice = site.voiceFrequencies.map((at, channel) => c4fm(at, site.voiceUnits(channel)));
      return [c4fm(site.controlFrequency, site.controlUnits()), ...voice];
    }
    case 'p25-control':
      return [c4fm(frequency, new P25Site(settings).controlUnits())];
    case 'p25-voice':
      return [c4fm(frequency, new P25Site(settings).voiceUnits(null))];
    case 'nfm':
      return [analog({ tone, ctcss })];
    case 'carrier':
      return [analog({ tone: 0, ctcss: 0 })];
    case 'noise':
      return [];
  }
}
