import { deepEqual, equal, rejects } from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Device, WebUSBDevice } from 'usb';
import type { UsbFault, UsbTransport } from '../../src/sources/rtl-sdr/transport';
import { LibusbBus, openUsbBus, toUsbError } from '../../src/sources/rtl-sdr/usb-bus';

type Callback = (error: Error | undefined, result?: unknown) => void;

/** A device as libusb's binding gives it, below the WebUSB layer, with libusb's own error names. */
class FakeDevice {
  deviceDescriptor = {
    idVendor: 0x0bda,
    idProduct: 0x2838,
    bcdUSB: 0x200,
    bcdDevice: 0x100,
    iManufacturer: 1,
    iProduct: 2,
    iSerialNumber: 3,
  };
  configDescriptor = {
    bConfigurationValue: 1,
    iConfiguration: 0,
    interfaces: [[{ bInterfaceNumber: 0, bAlternateSetting: 0, iInterface: 0, endpoints: [] }]],
  };
  allConfigDescriptors = [this.configDescriptor];
  busNumber = 1;
  portNumbers = [1, 4];
  interfaces?: object[];
  log: string[] = [];
  errors: Record<string, string> = {};
  kernelDriver = false;
  endpoint = {
    timeout: 0,
    transferAsync: async (length: number) => {
      this.fail('bulk');
      return Buffer.alloc(length, 7);
    },
  };

  open() {
    this.fail('open');
    this.log.push('open');
    this.interfaces = [this.interface()];
  }
  close() {
    this.log.push('close');
    this.interfaces = undefined;
  }
  setAutoDetachKernelDriver(on: boolean) {
    this.log.push(`auto-detach ${on}`);
  }
  interface() {
    return {
      altSetting: 0,
      claim: () => this.fail('claim'),
      releaseAsync: async () => this.log.push('release'),
      endpoint: (address: number) => (address === 0x81 ? this.endpoint : undefined),
      isKernelDriverActive: () => this.kernelDriver,
    };
  }
  controlTransfer(type: number, _request: number, value: number, index: number, data: number | Buffer, done: Callback) {
    this.log.push(`control ${type.toString(16)} ${value.toString(16)} ${index.toString(16)}`);
    const { control } = this.errors;
    if (control) done(Object.assign(new Error(control), { errno: control.endsWith('STALL') ? 4 : 5 }));
    else done(undefined, typeof data === 'number' ? Buffer.alloc(data, 9) : data.length);
  }
  getStringDescriptor(index: number, done: Callback) {
    done(undefined, ['', 'Realtek', 'RTL2838UHIDIR', '00000042'][index]);
  }
  setConfiguration(_value: number, done: Callback) {
    done(undefined);
  }
  reset(done: Callback) {
    done(undefined);
  }
  private fail(name: string) {
    if (this.errors[name]) throw new Error(this.errors[name]);
  }
}

describe('USB bus', () => {
  let sysfs: string;
  let device: FakeDevice;
  let devices: FakeDevice[];
  let bus: LibusbBus;

  beforeEach(() => {
    sysfs = mkdtempSync(join(tmpdir(), 'trunkflow-sysfs-'));
    device = new FakeDevice();
    devices = [device];
    bus = new LibusbBus({ getDeviceList: () => devices as unknown as Device[], WebUSBDevice }, sysfs);
  });
  afterEach(() => rmSync(sysfs, { recursive: true, force: true }));

  /** What Linux shows of the device; `driver` holds its interface. */
  function show(driver?: string): void {
    mkdirSync(join(sysfs, '1-1.4'));
    writeFileSync(join(sysfs, '1-1.4', 'serial'), '00000042\n');
    writeFileSync(join(sysfs, '1-1.4', 'product'), 'RTL2838UHIDIR\n');
    mkdirSync(join(sysfs, '1-1.4:1.0'));
    if (driver) symlinkSync(`../../../../bus/usb/drivers/${driver}`, join(sysfs, '1-1.4:1.0', 'driver'));
  }

  async function only(): Promise<UsbTransport> {
    const found = await bus.list();
    equal(found.length, 1);
    return found[0];
  }

  it('lists RTL2832U receivers and nothing else, and leaves them closed', async () => {
    const mouse = new FakeDevice();
    mouse.deviceDescriptor = { ...mouse.deviceDescriptor, idVendor: 0x046d };
    devices.unshift(mouse);
    const found = await only();
    deepEqual(
      [found.identity.serial, found.identity.product, found.hindrance],
      ['00000042', 'RTL2838UHIDIR', undefined],
    );
    deepEqual(mouse.log, []);
    deepEqual(device.log, ['open', 'close']);
  });

  it('opens, moves data and closes', async () => {
    const usb = await only();
    device.log = [];
    await usb.open();
    equal(device.endpoint.timeout, 2000);
    deepEqual([...(await usb.controlIn(0x3000, 0x200, 1))], [9]);
    await usb.controlOut(0x3000, 0x210, Uint8Array.of(1, 2));
    equal((await usb.bulkIn(16_384)).length, 16_384);
    await usb.clearHalt();
    await usb.close();
    await usb.close();
    deepEqual(device.log, [
      'open',
      'auto-detach true',
      'control c0 3000 200',
      'control 40 3000 210',
      'control 2 0 81',
      'release',
      'close',
    ]);
  });

  it('does not touch a dongle that this process has open, and shows it as busy', async () => {
    const usb = await only();
    await usb.open();
    device.log = [];
    const again = await only();
    deepEqual([again.identity.serial, again.hindrance, device.log], ['00000042', 'busy', []]);
    await rejects(again.open(), { fault: 'busy' });
    await usb.close();
    equal((await only()).hindrance, undefined);
  });

  it('does not mix looking at a dongle with opening it', async () => {
    const [usb, other] = [await only(), await only()];
    const results = await Promise.allSettled([bus.list(), usb.open(), bus.list(), other.open(), bus.list()]);
    deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
    );
    equal((await usb.bulkIn(512)).length, 512);
    await usb.close();
  });

  it('sees that another program holds it, where Linux tells', async () => {
    show('usbfs');
    equal((await only()).hindrance, 'busy');
  });

  it("does not mind the kernel's driver, which steps aside", async () => {
    show('dvb_usb_rtl28xxu');
    equal((await only()).hindrance, undefined);
  });

  it('knows the serial number of a dongle that it may not open', async () => {
    show();
    device.errors.open = 'LIBUSB_ERROR_ACCESS';
    const usb = await only();
    deepEqual([usb.identity.serial, usb.hindrance], ['00000042', 'permission']);
    await rejects(usb.open(), { fault: 'permission' });
  });

  it('tells a kernel driver that does not step aside from another program', async () => {
    device.errors.claim = 'LIBUSB_ERROR_BUSY';
    await rejects((await only()).open(), { fault: 'busy' });
    device.kernelDriver = true;
    await rejects((await only()).open(), { fault: 'kernel-driver' });
    equal(device.interfaces, undefined);
  });

  const failures: [string, string, UsbFault][] = [
    ['bulk', 'LIBUSB_TRANSFER_NO_DEVICE', 'gone'],
    ['bulk', 'LIBUSB_TRANSFER_TIMED_OUT', 'timeout'],
    ['bulk', 'LIBUSB_TRANSFER_ERROR', 'other'],
    ['control', 'LIBUSB_TRANSFER_STALL', 'stall'],
    ['control', 'LIBUSB_TRANSFER_NO_DEVICE', 'gone'],
  ];
  for (const [where, name, fault] of failures)
    it(`takes ${name} in a ${where} transfer for '${fault}'`, async () => {
      const usb = await only();
      await usb.open();
      device.errors[where] = name;
      if (where === 'bulk') await rejects(usb.bulkIn(512), { fault });
      else {
        await rejects(usb.controlIn(0, 0, 1), { fault });
        await rejects(usb.controlOut(0, 0, Uint8Array.of(1)), { fault });
      }
      await usb.close();
    });

  it('names the faults of opening', () => {
    equal(toUsbError(new Error('open error: Error: LIBUSB_ERROR_NOT_SUPPORTED')).fault, 'no-driver');
    equal(toUsbError(new Error('transferIn error: Error: The device must be opened first')).fault, 'gone');
    equal(toUsbError('what').fault, 'other');
  });

  it('reaches the real USB of this computer, with or without dongles', async () => {
    const found = await (await openUsbBus()).list();
    for (const { identity } of found) equal(typeof identity.serial, 'string');
  });
});
