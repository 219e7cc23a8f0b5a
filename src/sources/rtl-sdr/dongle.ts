import { TrunkflowError } from '../../core/errors';
import { loadRtlSdr } from './optional-packages';
import { Registers } from './registers';
import type { UsbTransport } from './transport';
import { checkTuner } from './tuner';
import { WebUsbDevice } from './web-usb-device';

/** What can be set on a dongle. */
export interface DongleSettings {
  /** Centre frequency, Hz. */
  center: number;
  /** Samples per second. */
  rate: number;
  /** dB, or 'auto'. */
  gain: number | 'auto';
  ppm: number;
  /** Power for an amplifier through the antenna connector. */
  biasTee: boolean;
  /** Below the tuner's range, sample the antenna without it, at one of the converter's inputs. */
  directSampling: 'off' | 'I' | 'Q';
  /** The RTL2832U's own digital AGC. */
  agc: boolean;
}

/** The part of the library's RTL2832U that is used here. */
type Rtl2832u = Awaited<ReturnType<Awaited<ReturnType<typeof loadRtlSdr>>['RTL2832U']['open']>>;

/** Reads of the bulk endpoint under way at once, and how much signal each brings, s. */
const READS = 8;
const READ_SECONDS = 0.0137;
const READ_UNIT = 16_384;

/** What the R820T and R828D can be tuned to, Hz. */
const LEAST_FREQUENCY = 24e6;
const MOST_FREQUENCY = 1766e6;

/** An open dongle. Its methods reject with UsbError or TrunkflowError. */
export class Dongle {
  private reading = false;
  private directSampling = false;
  private reads: Promise<void>[] = [];
  private queue: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly usb: UsbTransport,
    private readonly device: WebUsbDevice,
    private readonly rtl: Rtl2832u,
  ) {}

  /** Opens the dongle and sets it up; nothing stays open when that fails. */
  static async open(usb: UsbTransport, settings: DongleSettings): Promise<Dongle> {
    const { RTL2832U } = await loadRtlSdr();
    await usb.open();
    try {
      await checkTuner(usb);
      const device = new WebUsbDevice(usb);
      const rtl = await call(device, () => RTL2832U.open(device as never));
      const dongle = new Dongle(usb, device, rtl);
      // The rate first: the library would count a later one from the corrected crystal, which corrects it twice.
      await dongle.use(() => rtl.setSampleRate(settings.rate));
      await dongle.change(settings);
      return dongle;
    } catch (error) {
      await usb.close();
      throw error;
    }
  }

  /** Sets what is named; anything else stays. */
  async change({ ppm, directSampling, center, gain, agc, biasTee }: Partial<DongleSettings>): Promise<void> {
    const { rtl } = this;
    if (ppm !== undefined) await this.use(() => rtl.setFrequencyCorrection(ppm));
    if (directSampling !== undefined) {
      this.directSampling = directSampling !== 'off';
      await this.use(() => rtl.setDirectSamplingMethod(['off', 'I', 'Q'].indexOf(directSampling)));
    }
    if (center !== undefined) await this.tune(center);
    if (gain !== undefined) await this.use(() => rtl.setGain(gain === 'auto' ? null : gain));
    if (agc !== undefined) await this.use(() => new Registers(this.usb).writeDemod(0, 0x19, agc ? 0x25 : 0x05));
    if (biasTee !== undefined) await this.use(() => rtl.enableBiasTee(biasTee));
  }

  /**
   * Begins to receive. `take` gets the signal in order, `lost` is called once when it ends by itself.
   */
  async receive(rate: number, take: (bytes: Uint8Array) => void, lost: (error: unknown) => void): Promise<void> {
    await this.usb.clearHalt();
    await this.use(() => this.rtl.resetBuffer());
    const bytes = READ_UNIT * Math.max(1, Math.round((rate * 2 * READ_SECONDS) / READ_UNIT));
    this.reading = true;
    const end = (error: unknown) => {
      if (!this.reading) return;
      this.reading = false;
      lost(error);
    };
    this.reads = Array.from({ length: READS }, () => this.read(bytes, take).catch(end));
  }

  /** Stops receiving, puts the dongle to sleep and gives it back; never rejects. */
  async close(): Promise<void> {
    this.reading = false;
    await Promise.all(this.reads);
    // An unplugged dongle cannot be put to sleep.
    await this.use(() => this.rtl.close()).catch(() => {});
    await this.usb.close();
  }

  private async read(length: number, take: (bytes: Uint8Array) => void): Promise<void> {
    while (this.reading) {
      const bytes = await this.usb.bulkIn(length);
      if (this.reading) take(bytes);
    }
  }

  /** The library tunes to anything and believes in it, so the range is checked here. */
  private async tune(center: number): Promise<void> {
    const least = this.directSampling || this.hasUpconverter ? 0 : LEAST_FREQUENCY;
    if (center >= least && center <= MOST_FREQUENCY)
      return void (await this.use(() => this.rtl.setCenterFrequency(center)));
    throw new TrunkflowError('bad-setting', `The dongle cannot be tuned to ${center / 1e6} MHz`, {
      expected: `${least / 1e6} to ${MOST_FREQUENCY / 1e6} MHz`,
      hint: center < least ? 'Below that use direct sampling, where the dongle has it' : undefined,
      status: 'cannot tune there',
    });
  }

  /** The RTL-SDR Blog V4 receives short wave through a converter of its own. */
  private get hasUpconverter(): boolean {
    const { manufacturer, product } = this.usb.identity;
    return manufacturer === 'RTLSDRBlog' && product === 'Blog V4';
  }

  /** One call of the library after the other: each is many transfers that must not mix. */
  private use<T>(action: () => Promise<T>): Promise<T> {
    const done = this.queue.then(() => call(this.device, action));
    this.queue = done.catch(() => {});
    return done;
  }
}

/** Calls the library; what failed underneath tells more than what the library makes of it. */
async function call<T>(device: WebUsbDevice, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } finally {
    device.check();
  }
}
