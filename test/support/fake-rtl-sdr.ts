import {
  type UsbBus,
  UsbError,
  type UsbFault,
  type UsbIdentity,
  type UsbTransport,
} from '../../src/sources/rtl-sdr/transport';

/** Tuner chips: I2C address, identity register, its value, and whether it answers only after a reset. */
const TUNERS = {
  R820T: { address: 0x34, register: 0, id: 0x69, reset: false },
  R828D: { address: 0x74, register: 0, id: 0x69, reset: false },
  E4000: { address: 0xc8, register: 2, id: 0x40, reset: false },
  FC0013: { address: 0xc6, register: 0, id: 0xa3, reset: false },
  FC2580: { address: 0xac, register: 1, id: 0x56, reset: true },
  FC0012: { address: 0xc6, register: 0, id: 0xa1, reset: true },
} as const;

interface Read {
  into: Uint8Array;
  filled: number;
  resolve(bytes: Uint8Array): void;
  reject(error: UsbError): void;
}

export interface FakeDongleOptions extends Partial<UsbIdentity> {
  tuner?: keyof typeof TUNERS | 'none';
  /** The crystal is this much too fast, ppm. */
  crystal?: number;
}

/**
 * A dongle at the level of its registers: RTL2832U behind vendor control transfers, and a tuner on its I2C bus that
 * answers only while the repeater is on. It reports what its registers amount to (frequency, rate, gain), computed
 * from the chips' formulas and not from what anybody asked for, and it misbehaves when told to.
 */
export class FakeDongle implements UsbTransport {
  readonly identity: UsbIdentity;
  hindrance?: UsbFault;
  /** Opening fails like this. */
  refusal?: UsbFault;
  /** Commands to it fail like this, while it goes on sending. */
  deafness?: UsbFault;
  opened = 0;
  closed = 0;
  /** Rules of the USB library that were broken. */
  readonly mistakes: string[] = [];
  private isOpen = false;
  private readonly tuner: (typeof TUNERS)[keyof typeof TUNERS] | undefined;
  private readonly crystalHz: number;
  private readonly usb = new Map<number, number>();
  private readonly system = new Map<number, number>();
  private readonly demod = new Map<number, number>();
  private readonly chip = new Uint8Array(0x20);
  private pointer = 0;
  private wasReset = false;
  private halted = false;
  private fault?: UsbFault;
  private reads: Read[] = [];

  constructor({ tuner = 'R820T', crystal = 0, ...identity }: FakeDongleOptions = {}) {
    this.tuner = tuner === 'none' ? undefined : TUNERS[tuner];
    this.crystalHz = 28.8e6 * (1 + crystal / 1e6);
    this.identity = {
      vendorId: 0x0bda,
      productId: 0x2838,
      manufacturer: 'Realtek',
      product: 'RTL2838UHIDIR',
      serial: '00000001',
      ...identity,
    };
  }

  // What the registers amount to.

  /** The frequency that arrives at 0 Hz of the samples. */
  get frequency(): number {
    if (this.directSampling !== 'off') return this.intermediate;
    const divider = 2 << (this.chip[0x10] >> 5);
    const n = 4 * (this.chip[0x14] & 0x3f) + (this.chip[0x14] >> 6) + 13;
    const fraction = ((this.chip[0x16] << 8) | this.chip[0x15]) / 65_536;
    return (2 * this.crystalHz * (n + fraction)) / divider - this.intermediate;
  }

  private get intermediate(): number {
    const word = (this.demodRegister(1, 0x19) << 16) | (this.demodRegister(1, 0x1a) << 8) | this.demodRegister(1, 0x1b);
    const signed = (word << 10) >> 10;
    return (-signed * this.crystalHz) / 2 ** 22;
  }

  /** Samples per second, the crystal's error and its correction included. */
  get rate(): number {
    const word = [0x9f, 0xa0, 0xa1, 0xa2].reduce((sum, register) => sum * 256 + this.demodRegister(1, register), 0);
    const ratio = word + ((word & 0x0800_0000) !== 0 ? 0x1000_0000 : 0);
    const correction = ((((this.demodRegister(1, 0x3e) & 0x3f) << 8) | this.demodRegister(1, 0x3f)) << 18) >> 18;
    return ((this.crystalHz * 2 ** 22) / ratio) * (1 + correction / 2 ** 24);
  }

  get automaticGain(): boolean {
    return (this.chip[0x05] & 0x10) === 0 && (this.chip[0x07] & 0x10) !== 0;
  }

  /** Steps of the low-noise amplifier and the mixer. */
  get gainSteps(): [number, number] {
    return [this.chip[0x05] & 0x0f, this.chip[0x07] & 0x0f];
  }

  get biasTee(): boolean {
    return ((this.system.get(0x3003) ?? 0) & (this.system.get(0x3001) ?? 0) & 1) === 1;
  }

  get directSampling(): 'off' | 'I' | 'Q' {
    if ((this.chip[0x0a] & 0x80) !== 0) return 'off';
    return this.demodRegister(0, 0x06) === 0x90 ? 'Q' : 'I';
  }

  get agc(): boolean {
    return (this.demodRegister(0, 0x19) & 0x20) !== 0;
  }

  get asleep(): boolean {
    return (this.chip[0x0c] & 0x40) === 0;
  }

  get pendingReads(): number {
    return this.reads.length;
  }

  // What a test makes it do.

  /** Samples arrive; each read completes when it is full. */
  feed(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && this.reads.length > 0; ) {
      const [read] = this.reads;
      const part = bytes.subarray(at, at + read.into.length - read.filled);
      read.into.set(part, read.filled);
      read.filled += part.length;
      at += part.length;
      if (read.filled === read.into.length) this.reads.shift()!.resolve(read.into);
    }
  }

  /** A short packet completes the first read with what it has. */
  cutRead(): void {
    const read = this.reads.shift()!;
    read.resolve(read.into.subarray(0, read.filled));
  }

  /** Every transfer fails like this from now on. */
  fail(fault: UsbFault): void {
    this.fault = fault;
    this.failReads(fault);
  }

  unplug(): void {
    this.fail('gone');
  }

  heal(): void {
    this.fault = undefined;
  }

  stallReads(): void {
    this.halted = true;
    this.failReads('stall');
  }

  // The transport.

  async open(): Promise<void> {
    await turn();
    const fault = this.refusal ?? this.fault ?? this.hindrance;
    if (fault) throw new UsbError(fault, `LIBUSB_ERROR_${fault.toUpperCase()}`);
    if (this.isOpen) this.mistakes.push('opened twice');
    this.isOpen = true;
    this.opened++;
  }

  async controlOut(value: number, index: number, bytes: Uint8Array): Promise<void> {
    await this.transfer(this.deafness);
    if ((index & 0x10) === 0) throw new UsbError('stall', 'write without the write flag');
    const block = index & 0xf00;
    if (block === 0x000) this.writeDemod(index & 0x0f, value, bytes);
    else if (block === 0x100)
      this.usb.set(
        value,
        bytes.reduceRight((sum, byte) => sum * 256 + byte, 0),
      );
    else if (block === 0x200) this.writeSystem(value, bytes[0]);
    else if (block === 0x600) this.writeI2c(value, bytes);
    else throw new UsbError('stall', `no block ${block}`);
  }

  async controlIn(value: number, index: number, length: number): Promise<Uint8Array> {
    await this.transfer(this.deafness);
    const block = index & 0xf00;
    if (block === 0x200) return Uint8Array.of(this.system.get(value) ?? 0);
    if (block === 0x600) return this.readI2c(value, length);
    return new Uint8Array(length);
  }

  async bulkIn(length: number): Promise<Uint8Array> {
    await this.transfer();
    if (this.halted) throw new UsbError('stall', 'LIBUSB_TRANSFER_STALL');
    if (this.usb.get(0x2148) !== 0) this.mistakes.push('read before the buffer was reset');
    return new Promise((resolve, reject) => {
      this.reads.push({ into: new Uint8Array(length), filled: 0, resolve, reject });
    });
  }

  async clearHalt(): Promise<void> {
    await this.transfer();
    this.halted = false;
  }

  async close(): Promise<void> {
    await turn();
    if (this.reads.length > 0) this.mistakes.push("can't close device with a pending request");
    if (!this.isOpen) this.mistakes.push('closed twice');
    this.isOpen = false;
    this.closed++;
  }

  private async transfer(deafness?: UsbFault): Promise<void> {
    await turn();
    const fault = this.fault ?? deafness;
    if (fault) throw new UsbError(fault, `LIBUSB_TRANSFER_${fault.toUpperCase()}`);
    if (!this.isOpen) throw new UsbError('gone', 'The device must be opened first');
  }

  private failReads(fault: UsbFault): void {
    for (const read of this.reads.splice(0)) read.reject(new UsbError(fault, `LIBUSB_TRANSFER_${fault.toUpperCase()}`));
  }

  private demodRegister(page: number, register: number): number {
    return this.demod.get((page << 8) | register) ?? 0;
  }

  private writeDemod(page: number, value: number, bytes: Uint8Array): void {
    if ((value & 0xff) !== 0x20) throw new UsbError('stall', 'not a demodulator address');
    // Values of several bytes come with the highest byte first, into registers that follow each other.
    for (const [i, byte] of bytes.entries()) this.demod.set((page << 8) | ((value >> 8) + i), byte);
  }

  private writeSystem(address: number, byte: number): void {
    const before = this.system.get(0x3001) ?? 0;
    this.system.set(address, byte);
    const pin4 = 1 << 4;
    if (address === 0x3001 && (before & pin4) !== 0 && (byte & pin4) === 0) this.wasReset = true;
  }

  private selected(address: number): void {
    const repeating = this.demodRegister(1, 0x01) === 0x18;
    const powered = this.system.get(0x3000) === 0xe8;
    const { tuner } = this;
    if (repeating && powered && tuner?.address === address && (!tuner.reset || this.wasReset)) return;
    throw new UsbError('stall', 'LIBUSB_TRANSFER_STALL');
  }

  private writeI2c(address: number, bytes: Uint8Array): void {
    this.selected(address);
    this.pointer = bytes[0];
    this.chip.set(bytes.subarray(1), this.pointer);
  }

  private readI2c(address: number, length: number): Uint8Array {
    this.selected(address);
    const { register, id } = this.tuner!;
    const bytes = Uint8Array.from({ length }, (_, i) => {
      const at = this.pointer + i;
      return at === register ? id : reversed(this.status(at));
    });
    return bytes;
  }

  /** The R820T's read-only registers. */
  private status(register: number): number {
    if (register === 2) return 0x40; // PLL locked
    if (register === 4) return (this.tuner === TUNERS.R820T ? 0x20 : 0x10) | 0x06; // VCO in its middle, filter code 6
    return 0;
  }
}

/** The R8xx sends its bits in the other order. */
function reversed(byte: number): number {
  let result = 0;
  for (let bit = 0; bit < 8; bit++) if (byte & (1 << bit)) result |= 0x80 >> bit;
  return result;
}

/** A USB on which dongles are plugged in and out. */
export class FakeBus implements UsbBus {
  looked = 0;
  dongles: FakeDongle[];

  constructor(...dongles: FakeDongle[]) {
    this.dongles = dongles;
  }

  async list(): Promise<UsbTransport[]> {
    this.looked++;
    return [...this.dongles];
  }
}

const turn = () => new Promise<void>(setImmediate);
