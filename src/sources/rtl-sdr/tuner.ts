import { TrunkflowError } from '../../core/errors';
import { dongleName } from './faults';
import { DEMOD_CTL, DEMOD_CTL_1, Registers, USB_SYSCTL } from './registers';
import { UsbError, type UsbTransport } from './transport';

interface Tuner {
  name: string;
  /** I2C address, identity register and the value it holds. */
  address: number;
  register: number;
  id: number;
  mask: number;
}

const TUNERS: readonly Tuner[] = [
  { name: 'R820T', address: 0x34, register: 0, id: 0x69, mask: 0xff },
  { name: 'R828D', address: 0x74, register: 0, id: 0x69, mask: 0xff },
  { name: 'E4000', address: 0xc8, register: 2, id: 0x40, mask: 0xff },
  { name: 'FC0013', address: 0xc6, register: 0, id: 0xa3, mask: 0xff },
];

/** These answer only after a reset through this pin. */
const RESET_PIN = 4;
const TUNERS_TO_RESET: readonly Tuner[] = [
  { name: 'FC2580', address: 0xac, register: 1, id: 0x56, mask: 0x7f },
  { name: 'FC0012', address: 0xc6, register: 0, id: 0xa1, mask: 0xff },
];

/** Those the library can drive. */
const SUPPORTED = ['R820T', 'R828D'];

/**
 * Makes sure, before the library looks, that the tuner is one it knows: it takes any chip it does not know for an R828D and fails
 * later with a message about USB. Throws 'device' for a tuner that cannot be used, UsbError when the USB fails.
 */
export async function checkTuner(usb: UsbTransport): Promise<void> {
  const registers = new Registers(usb);
  await registers.writeUsb(USB_SYSCTL, 0x09);
  await registers.writeSystem(DEMOD_CTL_1, 0x22);
  await registers.writeSystem(DEMOD_CTL, 0xe8);
  await registers.repeatI2c(true);
  let found = await probe(registers, TUNERS);
  if (!found) {
    await registers.pulsePin(RESET_PIN);
    found = await probe(registers, TUNERS_TO_RESET);
  }
  await registers.repeatI2c(false);
  if (found && SUPPORTED.includes(found)) return;
  throw new TrunkflowError('device', `The tuner of the RTL-SDR dongle ${dongleName(usb.identity)} cannot be used`, {
    expected: 'an R820T, R820T2, R860 or R828D',
    got: found ?? 'no answer from any known tuner',
    hint: found
      ? 'Run rtl_tcp, which knows it, and choose that driver'
      : 'The dongle may be defective; try rtl_test -t',
    status: found ? `${found} tuner` : 'no tuner',
  });
}

async function probe(registers: Registers, tuners: readonly Tuner[]): Promise<string | undefined> {
  for (const { name, address, register, id, mask } of tuners) {
    try {
      if (((await registers.readI2c(address, register)) & mask) === id) return name;
    } catch (error) {
      if (!(error instanceof UsbError && error.fault === 'stall')) throw error;
    }
  }
  return undefined;
}
