import type { Protocol } from '../protocol';
import { C4FM } from './air-interface';
import { P25Decoder } from './decoder';
import { readSymbolFile } from './symbol-file';

/** P25 phase 1 (TIA-102 FDMA common air interface). */
export const p25: Protocol = {
  id: 'p25',
  label: 'P25 phase 1',
  voiceCodec: 'imbe',
  airInterfaces: [C4FM],
  createDecoder: (sink, options) => new P25Decoder(sink, options),
  readSymbolFile,
};
