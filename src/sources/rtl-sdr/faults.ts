import { TrunkflowError } from '../../core/errors';
import { UsbError, type UsbFault, type UsbIdentity } from './transport';

interface Advice {
  what: string;
  hint: string;
  status: string;
}

const ADVICE: Record<UsbFault, Advice> = {
  gone: { what: 'was unplugged', hint: 'Plug it in; reception goes on by itself', status: 'unplugged' },
  busy: {
    what: 'is used by another program',
    hint: 'Close rtl_tcp, SDR++, gqrx, another flow ... or choose another dongle by its serial number',
    status: 'dongle busy',
  },
  'kernel-driver': {
    what: "is held by the kernel's television driver",
    hint:
      'Once: echo "blacklist dvb_usb_rtl28xxu" | sudo tee /etc/modprobe.d/blacklist-rtl-sdr.conf, ' +
      'then sudo modprobe -r dvb_usb_rtl28xxu or unplug the dongle',
    status: 'kernel driver',
  },
  permission: {
    what: 'may not be opened',
    hint:
      'On Linux install the udev rules (sudo apt install rtl-sdr, or the rule in the README), unplug and plug in again; ' +
      'in a container pass the device through',
    status: 'no permission',
  },
  'no-driver': {
    what: 'has no driver that lets programs use it',
    hint: 'On Windows install WinUSB for "Bulk-In, Interface (Interface 0)" with Zadig',
    status: 'no WinUSB driver',
  },
  stall: {
    what: 'refused a command',
    hint: 'It is opened again; if that repeats, use another USB port or a shorter cable',
    status: 'stalled',
  },
  timeout: {
    what: 'does not answer any more',
    hint: 'It is opened again; if that repeats, use another USB port, a shorter cable or a powered hub',
    status: 'stalled',
  },
  other: {
    what: 'failed',
    hint: 'It is opened again; if that repeats, unplug it and plug it in',
    status: 'USB failed',
  },
};

/** Says what happened to a dongle and what to do. Anything thrown in its use may be given. */
export function dongleError(identity: UsbIdentity, error: unknown): TrunkflowError {
  if (error instanceof TrunkflowError) return error;
  const usb = usbError(error);
  const { what, hint, status } = ADVICE[usb?.fault ?? 'other'];
  const got = error instanceof Error ? error.message : String(error);
  return new TrunkflowError('device', `The RTL-SDR dongle ${dongleName(identity)} ${what}`, {
    got,
    hint,
    status,
    cause: error,
  });
}

/** What a person should do about a dongle that cannot be opened now. */
export function hindranceText(fault: UsbFault): string {
  const { what, hint } = ADVICE[fault];
  return `${what}. ${hint}`;
}

export function hindranceStatus(fault: UsbFault): string {
  return ADVICE[fault].status;
}

export function dongleName({ product, serial }: UsbIdentity): string {
  const name = product || 'RTL2832U';
  return serial ? `"${name}" with serial ${serial}` : `"${name}"`;
}

/** The UsbError inside what a library made of it. */
function usbError(error: unknown): UsbError | undefined {
  for (let inner = error; inner instanceof Error; inner = inner.cause) if (inner instanceof UsbError) return inner;
  return undefined;
}
