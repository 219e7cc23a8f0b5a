import type { UsbTransport } from './transport';

/**
 * The RTL2832U's registers behind vendor control transfers (Realtek RTL2832U datasheet; addressing as in librtlsdr).
 * Only what is needed beside the library: powering up, finding the tuner, the digital AGC.
 */
const WRITE = 0x10;
const BLOCK = { usb: 0x100, system: 0x200, i2c: 0x600 };

export const USB_SYSCTL = 0x2000;
export const DEMOD_CTL = 0x3000;
export const DEMOD_CTL_1 = 0x300b;
const GPIO_VALUE = 0x3001;
const GPIO_OUTPUT_ENABLE = 0x3003;
const GPIO_DIRECTION = 0x3004;

export class Registers {
  constructor(private readonly usb: UsbTransport) {}

  async writeUsb(address: number, value: number): Promise<void> {
    await this.usb.controlOut(address, BLOCK.usb | WRITE, Uint8Array.of(value));
  }

  async writeSystem(address: number, value: number): Promise<void> {
    await this.usb.controlOut(address, BLOCK.system | WRITE, Uint8Array.of(value));
  }

  /** A demodulator write takes effect with the read that follows it. */
  async writeDemod(page: number, register: number, value: number): Promise<void> {
    await this.usb.controlOut((register << 8) | 0x20, page | WRITE, Uint8Array.of(value));
    await this.usb.controlIn(0x0120, 0x0a, 1);
  }

  /** Rejects with a 'stall' when no chip answers at this address. */
  async readI2c(address: number, register: number): Promise<number> {
    await this.usb.controlOut(address, BLOCK.i2c | WRITE, Uint8Array.of(register));
    return (await this.usb.controlIn(address, BLOCK.i2c, 1))[0];
  }

  /** Connects the tuner to the I2C bus; it is left disconnected otherwise, to keep noise away from it. */
  async repeatI2c(on: boolean): Promise<void> {
    await this.writeDemod(1, 0x01, on ? 0x18 : 0x10);
  }

  /** Makes this pin an output and pulses it. */
  async pulsePin(pin: number): Promise<void> {
    const bit = 1 << pin;
    await this.writeSystem(GPIO_DIRECTION, (await this.readSystem(GPIO_DIRECTION)) & ~bit);
    await this.writeSystem(GPIO_OUTPUT_ENABLE, (await this.readSystem(GPIO_OUTPUT_ENABLE)) | bit);
    const value = await this.readSystem(GPIO_VALUE);
    await this.writeSystem(GPIO_VALUE, value | bit);
    await this.writeSystem(GPIO_VALUE, value & ~bit);
  }

  private async readSystem(address: number): Promise<number> {
    return (await this.usb.controlIn(address, BLOCK.system, 1))[0];
  }
}
