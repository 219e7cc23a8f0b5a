export interface ServiceOptions {
  emergency: boolean;
  encrypted: boolean;
  /** Full duplex. */
  duplex: boolean;
  mode: 'packet' | 'circuit';
  /** 0..7, 7 highest. */
  priority: number;
}

/** The service options octet of voice services: E, P, D, M, reserved, priority (TIA-102.AABC-E 2.3). */
export function serviceOptions(octet: number): ServiceOptions {
  return { ...flags(octet), priority: octet & 0x07 };
}

/** The same of packet data services, with the network service access point in place of the priority. */
export function dataServiceOptions(octet: number): Omit<ServiceOptions, 'priority'> & { nsapi: number } {
  return { ...flags(octet), nsapi: octet & 0x0f };
}

function flags(octet: number): Omit<ServiceOptions, 'priority'> {
  return {
    emergency: (octet & 0x80) !== 0,
    encrypted: (octet & 0x40) !== 0,
    duplex: (octet & 0x20) !== 0,
    mode: octet & 0x10 ? 'packet' : 'circuit',
  };
}
