import { readBits, writeBits } from '../../../coding/bits';
import { encodeCyclic16 } from '../../../coding/cyclic';
import { encodeGolay18, encodeGolay24 } from '../../../coding/golay';
import { encodeHamming10 } from '../../../coding/hamming';
import { type ReedSolomon, RS_24_12_13, RS_24_16_9, RS_36_20_17 } from '../../../coding/reed-solomon';
import { type Field, fields } from './fields';
import { composeFrame, DUID } from './frame';

/** The data units of a voice channel (TIA-102.BAAA-B 7 and annex A). Each function gives the dibits to send. */

/** What a receiver needs to decrypt; `algorithm` 0x80 means clear speech. */
export interface Encryption {
  algorithm: number;
  key: number;
  /** Message indicator, 9 bytes. */
  indicator: Uint8Array;
}

export const CLEAR: Encryption = { algorithm: 0x80, key: 0, indicator: new Uint8Array(9) };

/** Voice frames in each half of a superframe. */
export const FRAMES_PER_LDU = 9;

const indicator = ({ indicator }: Encryption) => Array.from(indicator, (byte): Field => [byte, 8]);

/** Link control of a group voice channel user, LCO 0 (TIA-102.AABF-D 7.3.1): 72 bits. */
export function groupVoiceUser(options: number, talkgroup: number, source: number): Uint8Array {
  return fields([0x00, 8], [0, 8], [options, 8], [0, 8], [talkgroup, 16], [source, 24]);
}

/** Link control of a call's release, LCO 15 (TIA-102.AABF-D 7.3.8), by the system: 72 bits. */
export function callTermination(): Uint8Array {
  return fields([0x4f, 8], [0, 16], [0, 24], [0xffffff, 24]);
}

/** Groups of 6 bits, with the parity symbols of the code. */
function hexbits(bits: Uint8Array, code: ReedSolomon): Uint8Array {
  return code.encode(Uint8Array.from({ length: code.k }, (_, i) => readBits(bits, 6 * i, 6)));
}

/** Header data unit: 36 hexbits, each in a Golay (18,6) codeword. */
export function composeHdu(nac: number, encryption: Encryption, talkgroup: number, status: number): Uint8Array {
  const header = fields(
    ...indicator(encryption),
    [0, 8],
    [encryption.algorithm, 8],
    [encryption.key, 16],
    [talkgroup, 16],
  );
  const payload = new Uint8Array(36 * 18);
  hexbits(header, RS_36_20_17).forEach((symbol, i) => {
    writeBits(payload, 18 * i, 18, encodeGolay18(symbol));
  });
  return composeFrame(nac, DUID.HDU, payload, status);
}

/** First half of a superframe: nine voice frames of 144 bits and 72 bits of link control. */
export function composeLdu1(
  nac: number,
  linkControl: Uint8Array,
  voice: readonly Uint8Array[],
  status: number,
): Uint8Array {
  return composeFrame(nac, DUID.LDU1, lduPayload(hexbits(linkControl, RS_24_12_13), voice), status);
}

/** Second half of a superframe: nine voice frames of 144 bits and the encryption sync. */
export function composeLdu2(
  nac: number,
  encryption: Encryption,
  voice: readonly Uint8Array[],
  status: number,
): Uint8Array {
  const sync = fields(...indicator(encryption), [encryption.algorithm, 8], [encryption.key, 16]);
  return composeFrame(nac, DUID.LDU2, lduPayload(hexbits(sync, RS_24_16_9), voice), status);
}

/** Terminator without link control. */
export function composeTdu(nac: number, status: number): Uint8Array {
  return composeFrame(nac, DUID.TDU, new Uint8Array(28), status);
}

/** Terminator with 72 bits of link control: pairs of hexbits in Golay (24,12) codewords. */
export function composeTdulc(nac: number, linkControl: Uint8Array, status: number): Uint8Array {
  const symbols = hexbits(linkControl, RS_24_12_13);
  const payload = new Uint8Array(12 * 24);
  for (let i = 0; i < 12; i++) {
    writeBits(payload, 24 * i, 24, encodeGolay24((symbols[2 * i] << 6) | symbols[2 * i + 1]));
  }
  return composeFrame(nac, DUID.TDULC, payload, status);
}

/**
 * Two voice frames, then six times four hexbits (in Hamming (10,6) codewords) and a voice frame, then 32 bits of low
 * speed data (zeros here) and the ninth.
 */
function lduPayload(symbols: Uint8Array, voice: readonly Uint8Array[]): Uint8Array {
  const payload = new Uint8Array(FRAMES_PER_LDU * 144 + 24 * 10 + 32);
  let at = 0;
  voice.forEach((frame, n) => {
    if (n >= 2 && n < 8) {
      for (let i = 0; i < 4; i++, at += 10) writeBits(payload, at, 10, encodeHamming10(symbols[4 * (n - 2) + i]));
    } else if (n === 8) {
      for (let i = 0; i < 2; i++, at += 16) writeBits(payload, at, 16, encodeCyclic16(0));
    }
    payload.set(frame, at);
    at += 144;
  });
  return payload;
}
