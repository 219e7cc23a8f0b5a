/** Why a transfer or an opening failed. */
export type UsbFault =
  | 'gone' // unplugged
  | 'busy' // another program holds it
  | 'kernel-driver' // the operating system's television driver holds it
  | 'permission'
  | 'no-driver' // Windows without WinUSB
  | 'stall' // the device refused the request
  | 'timeout'
  | 'other';

export class UsbError extends Error {
  constructor(
    readonly fault: UsbFault,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'UsbError';
  }
}

export interface UsbIdentity {
  vendorId: number;
  productId: number;
  manufacturer: string;
  product: string;
  serial: string;
}

/**
 * A USB device as the RTL2832U needs it: vendor control transfers and one bulk input. Everything that can fail rejects
 * with a UsbError. It is the border to the USB library; tests put a simulated dongle here.
 */
export interface UsbTransport {
  readonly identity: UsbIdentity;
  /** What keeps it from being opened now, as far as can be seen without opening it. */
  readonly hindrance?: UsbFault;
  /** Opens the device and claims its first interface. */
  open(): Promise<void>;
  controlIn(value: number, index: number, length: number): Promise<Uint8Array>;
  controlOut(value: number, index: number, bytes: Uint8Array): Promise<void>;
  /** Reads the bulk endpoint; several reads may be under way and complete in their order. */
  bulkIn(length: number): Promise<Uint8Array>;
  /** Makes the bulk endpoint usable again after a stall. */
  clearHalt(): Promise<void>;
  /** Gives the device back; never rejects. All bulk reads have ended before. */
  close(): Promise<void>;
}

export interface UsbBus {
  /** The RTL2832U devices connected now, in a stable order. */
  list(): Promise<UsbTransport[]>;
}
