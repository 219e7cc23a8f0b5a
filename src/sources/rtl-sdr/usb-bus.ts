import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Device, InEndpoint, WebUSBDevice } from 'usb';
import { isRtl2832u } from './known-devices';
import { loadUsb } from './optional-packages';
import { type UsbBus, UsbError, type UsbFault, type UsbIdentity, type UsbTransport } from './transport';

type Usb = Pick<typeof import('usb'), 'getDeviceList' | 'WebUSBDevice'>;

const BULK_ENDPOINT = 1;
/** A bulk read that takes longer has stalled; it also bounds how long closing can take, ms. */
const BULK_TIMEOUT = 2000;
/** Where Linux shows its USB devices. */
const SYSFS = '/sys/bus/usb/devices';

/** The USB of this computer. Throws 'missing-program' where it is not supported. */
export async function openUsbBus(): Promise<UsbBus> {
  return new LibusbBus(await loadUsb());
}

/** Devices this process has open; looking at them would close them. */
const open = new Map<Device, UsbIdentity>();

let turn: Promise<unknown> = Promise.resolve();

/** Looking and opening, one after the other: both open and close the same devices. */
function exclusively<T>(action: () => Promise<T>): Promise<T> {
  const done = turn.then(action);
  turn = done.catch(() => {});
  return done;
}

/** The bus as libusb gives it, through the WebUSB layer of the package usb. */
export class LibusbBus implements UsbBus {
  constructor(
    private readonly usb: Usb,
    private readonly sysfs = SYSFS,
  ) {}

  list(): Promise<UsbTransport[]> {
    return exclusively(async () => {
      const found: UsbTransport[] = [];
      for (const device of this.usb.getDeviceList()) {
        const { idVendor, idProduct } = device.deviceDescriptor;
        if (isRtl2832u(idVendor, idProduct)) found.push(await this.look(device));
      }
      return found;
    });
  }

  private async look(device: Device): Promise<UsbTransport> {
    const known = open.get(device);
    if (known) return new LibusbTransport(device, known, undefined, 'busy');
    try {
      const web = await this.usb.WebUSBDevice.createInstance(device);
      const identity = {
        vendorId: web.vendorId,
        productId: web.productId,
        manufacturer: web.manufacturerName ?? '',
        product: web.productName ?? '',
        serial: web.serialNumber ?? '',
      };
      return new LibusbTransport(device, identity, web, await this.holder(device));
    } catch (error) {
      return new LibusbTransport(device, await this.identity(device), undefined, toUsbError(error).fault);
    }
  }

  /** Who holds the device's interface, as Linux tells; elsewhere that shows only when it is opened. */
  private async holder(device: Device): Promise<UsbFault | undefined> {
    const driver = await readlink(join(this.sysfs, `${sysfsName(device)}:1.0`, 'driver')).catch(() => '');
    // The kernel driver steps aside when the device is opened, but another program does not.
    return driver.endsWith('/usbfs') ? 'busy' : undefined;
  }

  /** What Linux tells of a device that may not be opened. */
  private async identity(device: Device): Promise<UsbIdentity> {
    const read = (name: string) =>
      readFile(join(this.sysfs, sysfsName(device), name), 'utf8').then(
        (text) => text.trim(),
        () => '',
      );
    const { idVendor: vendorId, idProduct: productId } = device.deviceDescriptor;
    const [manufacturer, product, serial] = await Promise.all([read('manufacturer'), read('product'), read('serial')]);
    return { vendorId, productId, manufacturer, product, serial };
  }
}

/** e.g. 1-1.4: bus number and the ports on the way. */
function sysfsName({ busNumber, portNumbers }: Device): string {
  return `${busNumber}-${(portNumbers ?? []).join('.')}`;
}

class LibusbTransport implements UsbTransport {
  constructor(
    private readonly device: Device,
    readonly identity: UsbIdentity,
    private readonly web: WebUSBDevice | undefined,
    readonly hindrance: UsbFault | undefined,
  ) {}

  open(): Promise<void> {
    return exclusively(() => this.claim());
  }

  private async claim(): Promise<void> {
    const { web } = this;
    if (open.has(this.device)) throw new UsbError('busy', 'another source of this process uses it');
    if (!web) throw new UsbError(this.hindrance ?? 'other', 'the device cannot be opened');
    await safely(() => web.open());
    open.set(this.device, this.identity);
    try {
      await safely(() => web.claimInterface(0));
      const endpoint = this.device.interface(0).endpoint(0x80 | BULK_ENDPOINT) as InEndpoint | undefined;
      if (endpoint) endpoint.timeout = BULK_TIMEOUT;
    } catch (error) {
      const held = this.kernelDriverActive();
      await this.close();
      if (error instanceof UsbError && error.fault === 'busy' && held)
        throw new UsbError('kernel-driver', error.message, error);
      throw error;
    }
  }

  async controlIn(value: number, index: number, length: number): Promise<Uint8Array> {
    return bytesOf(await safely(() => this.web!.controlTransferIn(setup(value, index), length)));
  }

  async controlOut(value: number, index: number, bytes: Uint8Array): Promise<void> {
    const data = Uint8Array.from(bytes).buffer;
    const { status } = await safely(() => this.web!.controlTransferOut(setup(value, index), data));
    if (status !== 'ok') throw new UsbError(status === 'stall' ? 'stall' : 'other', `control transfer: ${status}`);
  }

  async bulkIn(length: number): Promise<Uint8Array> {
    return bytesOf(await safely(() => this.web!.transferIn(BULK_ENDPOINT, length)));
  }

  async clearHalt(): Promise<void> {
    await safely(() => this.web!.clearHalt('in', BULK_ENDPOINT));
  }

  async close(): Promise<void> {
    open.delete(this.device);
    await this.web?.close().catch(() => {});
  }

  private kernelDriverActive(): boolean {
    try {
      return this.device.interface(0).isKernelDriverActive();
    } catch {
      return false;
    }
  }
}

function setup(value: number, index: number) {
  return { requestType: 'vendor', recipient: 'device', request: 0, value, index } as const;
}

function bytesOf({ status, data }: { status?: string; data?: DataView }): Uint8Array {
  if (status === 'ok' && data) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  throw new UsbError(status === 'stall' ? 'stall' : 'other', `transfer: ${status}`);
}

async function safely<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw toUsbError(error);
  }
}

/** libusb's error and transfer status names, which the WebUSB layer puts into its messages. */
const FAULTS: readonly [RegExp, UsbFault][] = [
  [/NO_DEVICE|ERROR_IO|must be opened first|invalid state/, 'gone'],
  [/ERROR_ACCESS/, 'permission'],
  [/ERROR_BUSY/, 'busy'],
  [/NOT_SUPPORTED|NOT_FOUND/, 'no-driver'],
  [/STALL|ERROR_PIPE/, 'stall'],
  [/TIMED_OUT|TIMEOUT/, 'timeout'],
];

export function toUsbError(error: unknown): UsbError {
  const message = error instanceof Error ? error.message : String(error);
  const fault = FAULTS.find(([pattern]) => pattern.test(message))?.[1] ?? 'other';
  return new UsbError(fault, message, error);
}
