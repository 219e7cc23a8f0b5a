/** Service access points that occur on air (TIA-102.BAAC-D 2.9). */
export const SERVICE_ACCESS_POINTS: Readonly<Record<number, string>> = {
  0: 'user_data',
  1: 'encrypted_user_data',
  2: 'circuit_data',
  3: 'circuit_data_control',
  4: 'packet_data',
  5: 'address_resolution',
  6: 'sndcp_control',
  15: 'scan_preamble',
  29: 'encryption_support',
  31: 'extended_address',
  32: 'registration',
  33: 'channel_reassignment',
  34: 'system_configuration',
  35: 'loopback',
  36: 'statistics',
  37: 'out_of_service',
  38: 'paging',
  39: 'radio_configuration',
  40: 'key_management',
  41: 'encrypted_key_management',
  48: 'location',
  61: 'trunking_control',
  63: 'encrypted_trunking_control',
};

/** Responses by class and type, the upper five bits of octet 1 (TIA-102.BAAA-B 5.5 and its table 10). */
const RESPONSES: ReadonlyMap<number, string> = new Map([
  [0b00_001, 'acknowledged'],
  [0b01_000, 'illegal format'],
  [0b01_001, 'packet CRC failed'],
  [0b01_010, 'memory full'],
  [0b01_011, 'fragment out of sequence'],
  [0b01_100, 'undeliverable'],
  [0b01_101, 'packet out of sequence'],
  [0b01_110, 'user not allowed'],
  [0b10_000, 'selective retry'],
]);

export const responseMeaning = (octet: number): string => RESPONSES.get(octet >> 3) ?? `response ${octet >> 3}`;
