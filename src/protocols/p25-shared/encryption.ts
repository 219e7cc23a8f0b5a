import { algorithmName, CLEAR_ALGORITHM } from './names';

/** Encryption state of a transmission, as headers, encryption syncs and MAC messages carry it. */
export interface Encryption {
  encrypted: boolean;
  algorithm: number;
  algorithm_name: string;
  key_id: number;
  /** Initialisation vector, 72 bits in hexadecimal. */
  message_indicator: string;
}

export function encryption(algorithm: number, keyId: number, messageIndicator: string): Encryption {
  return {
    encrypted: algorithm !== CLEAR_ALGORITHM,
    algorithm,
    algorithm_name: algorithmName(algorithm),
    key_id: keyId,
    message_indicator: messageIndicator,
  };
}
