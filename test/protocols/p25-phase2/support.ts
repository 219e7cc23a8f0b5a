import { readFileSync } from 'node:fs';
import { DIBIT_LEVELS } from '../../../src/coding/dibits';
import type { ChannelSignal, EventObject } from '../../../src/core/messages';
import { P25Phase2Decoder } from '../../../src/protocols/p25-phase2/decoder';
import { SLOT_MS, SLOT_SYMBOLS } from '../../../src/protocols/p25-phase2/superframe';
import { capture } from '../../support/captures';

/** The recording that another project's encoder made: its symbols, and the identities it is scrambled with. */
export const TWO_CALLS = 'synth/p25p2_two_calls';
export const KEY: ChannelSignal = { wacn: '92F70', system: '3C5', nac: '3C1' };

export const truth = (): Uint8Array => readFileSync(capture(`${TWO_CALLS}.symbols.bin`));

/** Metrics of dibits that are certain. */
export function certain(dibits: Uint8Array): Float32Array {
  const metrics = new Float32Array(4 * dibits.length);
  dibits.forEach((dibit, i) => {
    for (let j = 0; j < 4; j++) metrics[4 * i + j] = -((DIBIT_LEVELS[dibit] - (2 * j - 3)) ** 2);
  });
  return metrics;
}

export interface Heard {
  decoder: P25Phase2Decoder;
  events: (EventObject & { output?: number })[];
  voice: { time: number; frames: number; bits: Int8Array; output?: number }[];
}

export function listen(signal: ChannelSignal = KEY): Heard {
  const events: Heard['events'] = [];
  const voice: Heard['voice'] = [];
  const decoder = new P25Phase2Decoder(
    {
      event: (event, output) => events.push({ ...event, output }),
      voice: (time, frames, bits, output) => voice.push({ time, frames, bits, output }),
    },
    { signal },
  );
  return { decoder, events, voice };
}

/** Gives a decoder whole slots of metrics, the first at `time` ms. */
export function feed(decoder: P25Phase2Decoder, metrics: Float32Array, time = 0): void {
  for (let slot = 0; 4 * SLOT_SYMBOLS * (slot + 1) <= metrics.length; slot++) {
    const frame = {
      start: 0,
      symbols: SLOT_SYMBOLS,
      time: time + slot * SLOT_MS,
      sync: '',
      quality: 1,
      offset: 0,
      snr: 20,
      polarity: 1 as const,
      frequency: 0,
    };
    decoder.frame(frame, metrics.subarray(4 * SLOT_SYMBOLS * slot, 4 * SLOT_SYMBOLS * (slot + 1)));
  }
}
