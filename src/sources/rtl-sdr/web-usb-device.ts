import { UsbError, type UsbTransport } from './transport';

interface Setup {
  value: number;
  index: number;
}

const I2C_BLOCK = 0x600;

/**
 * What the RTL-SDR library sees of a transport: the part of WebUSB's USBDevice that it uses. The library does not await
 * all it starts, so a failure would become an unhandled rejection and end the process. Failures are therefore kept in
 * `fault` and answered with zeros; whoever calls the library looks there afterwards. Only a stall on the I2C bus, "no
 * such chip", is passed on, because the library awaits and uses it.
 */
export class WebUsbDevice {
  /** The first failure since it was last looked at. */
  private failure?: unknown;

  constructor(private readonly usb: UsbTransport) {}

  get manufacturerName(): string {
    return this.usb.identity.manufacturer;
  }

  get productName(): string {
    return this.usb.identity.product;
  }

  /** Throws what failed since the last call. */
  check(): void {
    const { failure } = this;
    this.failure = undefined;
    if (failure) throw failure;
  }

  // The transport is opened, claimed and closed by its owner.
  async claimInterface(): Promise<void> {}
  async releaseInterface(): Promise<void> {}
  async close(): Promise<void> {}

  async controlTransferIn({ value, index }: Setup, length: number): Promise<object> {
    try {
      const bytes = await this.usb.controlIn(value, index, length);
      return { status: 'ok', data: new DataView(Uint8Array.from(bytes).buffer) };
    } catch (error) {
      if (isNoChip(error, index)) return { status: 'stall' };
      this.failure ??= error;
      return { status: 'ok', data: new DataView(new ArrayBuffer(length)) };
    }
  }

  async controlTransferOut({ value, index }: Setup, data: ArrayBuffer): Promise<object> {
    try {
      await this.usb.controlOut(value, index, new Uint8Array(data));
    } catch (error) {
      if (isNoChip(error, index)) return { status: 'stall', bytesWritten: 0 };
      this.failure ??= error;
    }
    return { status: 'ok', bytesWritten: data.byteLength };
  }
}

function isNoChip(error: unknown, index: number): boolean {
  return (index & 0xf00) === I2C_BLOCK && error instanceof UsbError && error.fault === 'stall';
}
