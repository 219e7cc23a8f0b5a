import { wavHeader } from '../wav-writer';
import type { Encode } from './encoder';

/** 16-bit PCM as it is; the tags stand in the sidecar. */
export const encodeWav: Encode = async ({ samples, rate }) => {
  const data = Buffer.alloc(2 * samples.length);
  for (let i = 0; i < samples.length; i++) data.writeInt16LE(samples[i], 2 * i);
  return Buffer.concat([wavHeader(rate, data.length), data]);
};
