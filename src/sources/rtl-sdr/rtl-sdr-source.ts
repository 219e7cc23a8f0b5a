import { TrunkflowError } from '../../core/errors';
import type { Control } from '../../core/messages';
import { type Link, LiveSource, type LiveTiming } from '../live-source';
import { cannot, checkFrequency, checkGain, checkPpm, rateText } from '../settings';
import type { SourceSink } from '../source';
import { chooseDongle, type DongleChoice } from './devices';
import { Dongle, type DongleSettings } from './dongle';
import { dongleError } from './faults';
import type { UsbBus } from './transport';
import { openUsbBus } from './usb-bus';

export interface RtlSdrOptions extends DongleChoice, Partial<DongleSettings> {
  driver: 'rtl-sdr';
  stream: string;
  /** Centre frequency, Hz. */
  center: number;
  /** Samples per second: 225 001 to 300 000 or 900 001 to 3 200 000; above 2.56 MS/s most dongles lose samples. */
  rate: number;
}

/** A dongle that was unplugged is looked for this often. */
const TIMING: Partial<LiveTiming> = { retryFirst: 1000, retryMost: 3000 };

/** An RTL-SDR dongle on this computer's USB. */
export class RtlSdrSource extends LiveSource {
  private readonly choice: DongleChoice;
  private settings: DongleSettings;
  private dongle?: Dongle;
  /** Ends the link to the dongle. */
  private giveUp: (reason: unknown) => void = () => {};

  /** @param openBus how to reach the USB */
  constructor(
    options: RtlSdrOptions,
    sink: SourceSink,
    timing?: Partial<LiveTiming>,
    private readonly openBus: () => Promise<UsbBus> = openUsbBus,
  ) {
    const { stream, serial, index, center, rate, gain = 'auto', ppm = 0 } = options;
    const { biasTee = false, directSampling = 'off', agc = false } = options;
    super({ stream, format: 'cu8', rate: checkDongleRate(rate), center }, sink, { ...TIMING, ...timing });
    this.choice = { serial, index };
    this.settings = { center, rate, gain, ppm, biasTee, directSampling, agc };
    checkChange(this.settings);
  }

  protected async connect(stop: AbortSignal): Promise<Link> {
    const usb = await chooseDongle(await this.openBus(), this.choice);
    if (stop.aborted) throw new Error('Stopped');
    try {
      const dongle = await Dongle.open(usb, this.settings);
      const { lost } = await this.receive(dongle).catch(async (error) => {
        await dongle.close();
        throw error;
      });
      this.dongle = dongle;
      const close = () => {
        this.dongle = undefined;
        return dongle.close();
      };
      return { lost: lost.then((error) => dongleError(usb.identity, error)), close };
    } catch (error) {
      throw dongleError(usb.identity, error);
    }
  }

  protected async apply(command: Control): Promise<void> {
    const change = changeOf(command);
    checkChange(change);
    try {
      await this.dongle?.change(change);
    } catch (error) {
      if (error instanceof TrunkflowError && error.code === 'bad-setting') throw error;
      // What it is set to now nobody knows, though it may go on sending: it is opened anew, with the new settings.
      this.giveUp(error);
    }
    this.settings = { ...this.settings, ...change };
    if (change.center !== undefined) this.retuned(change.center);
  }

  /** Begins to receive; gives what will tell that it ended, in a promise of its own so that it is not awaited here. */
  private async receive(dongle: Dongle): Promise<{ lost: Promise<unknown> }> {
    const lost = new Promise<unknown>((resolve) => {
      this.giveUp = resolve;
    });
    await dongle.receive(this.settings.rate, (bytes) => this.received(bytes), this.giveUp);
    return { lost };
  }
}

function changeOf(command: Control): Partial<DongleSettings> {
  const { tune: center, gain, ppm, biasTee, directSampling, agc } = command as Control & Partial<DongleSettings>;
  const all = { center, gain, ppm, biasTee, directSampling, agc };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function checkChange({ center, gain, ppm, biasTee, directSampling, agc }: Partial<DongleSettings>): void {
  if (center !== undefined) checkFrequency(center);
  if (gain !== undefined) checkGain(gain);
  if (ppm !== undefined) checkPpm(ppm);
  if (directSampling !== undefined && !['off', 'I', 'Q'].includes(directSampling))
    throw cannot(`directSampling must be "off", "I" or "Q", got ${JSON.stringify(directSampling)}`);
  for (const [name, value] of Object.entries({ biasTee, agc }))
    if (value !== undefined && typeof value !== 'boolean')
      throw cannot(`${name} must be true or false, got ${JSON.stringify(value)}`);
}

/** The resampler's two ranges (librtlsdr). */
function checkDongleRate(rate: number): number {
  if ((rate > 225_000 && rate <= 300_000) || (rate > 900_000 && rate <= 3_200_000)) return rate;
  throw new TrunkflowError('bad-setting', 'An RTL-SDR dongle cannot sample at this rate', {
    expected: 'more than 0.225 up to 0.3, or more than 0.9 up to 3.2 MS/s',
    got: rateText(rate),
    hint: '2.4 MS/s is the most that works everywhere',
    status: 'bad sample rate',
  });
}
