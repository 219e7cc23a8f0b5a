import { TrunkflowError } from '../../core/errors';

/** The package that talks to USB devices. It is loaded when first used, because it may be missing on this platform. */
export function loadUsb(): Promise<typeof import('usb')> {
  return load('usb', () => import('usb'));
}

/** The package that knows the RTL2832U and its tuners; an ES module. */
export function loadRtlSdr() {
  return load('@jtarrio/webrtlsdr', () => import('@jtarrio/webrtlsdr/rtlsdr.js'));
}

async function load<T>(name: string, imported: () => Promise<T>): Promise<T> {
  try {
    return await imported();
  } catch (cause) {
    throw new TrunkflowError('missing-program', `The package ${name} for RTL-SDR dongles cannot be loaded`, {
      got: (cause as Error).message.split('\n')[0],
      hint: `Install it where Trunkflow is: npm install ${name}. Without it, use rtl_tcp or an external command`,
      status: 'no USB support',
      cause,
    });
  }
}
