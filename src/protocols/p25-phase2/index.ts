import type { Protocol } from '../protocol';
import { H_DQPSK } from './air-interface';
import { P25Phase2Decoder } from './decoder';
import { readSymbolFile } from './symbol-file';

/** P25 phase 2 (TIA-102 TDMA), what the site sends. */
export const p25Phase2: Protocol = {
  id: 'p25-phase2',
  label: 'P25 phase 2',
  voiceCodec: 'ambe2',
  airInterfaces: [H_DQPSK],
  createDecoder: (sink, options) => new P25Phase2Decoder(sink, options),
  readSymbolFile,
};
