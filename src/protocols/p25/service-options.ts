export interface ServiceOptions {
  emergency: boolean;
  encrypted: boolean;
  /** Full duplex. */
  duplex: boolean;
  mode: 'packet' | 'circuit';
  /** 0..7, 7 highest. */
  priority: number;
}

/** The service options octet of voice and data services (TIA-102.AABC 2.3.11). */
export function serviceOptions(octet: number): ServiceOptions {
  return {
    emergency: (octet & 0x80) !== 0,
    encrypted: (octet & 0x40) !== 0,
    duplex: (octet & 0x20) !== 0,
    mode: octet & 0x10 ? 'packet' : 'circuit',
    priority: octet & 0x07,
  };
}
