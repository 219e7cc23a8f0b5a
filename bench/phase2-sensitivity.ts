import { readFileSync } from 'node:fs';
import type { IqInfo, PortMessage } from '../src/core/messages';
import { SlotStage } from '../src/dsp/demod/slot-stage';
import { p25Phase2 } from '../src/protocols/p25-phase2';
import { DecoderStage } from '../src/protocols/stage';
import { Ambe2Frame, FRAME_BYTES } from '../src/voice/ambe2/frame';
import { capture } from '../test/support/captures';
import { fromCu8, type Impairments, impair, toCs16 } from '../test/support/channel-simulator';

/** How weak a phase 2 signal may be: slot 0 of a recording of another project's encoder, as OP25 was measured. */

const RATE = 48_000;
const SYMBOL_RATE = 6000;
const NAME = 'synth/p25p2_two_calls';
const SIGNAL = { wacn: '92F70', system: '3C5', nac: '3C1', slot: 0 };

export interface Phase2Condition {
  name: string;
  how: Impairments;
  /** Voice frames without a corrected bit, MAC PDUs (it prints 74 of them at most). */
  op25?: { clean: number; mac: number };
}

const rays = (delay: number, clean: number, mac: number): Phase2Condition => ({
  name: `two rays ${delay} us, 1.3 Hz`,
  how: { esn0: 25, ray: { delay, beat: 1.3 } },
  op25: { clean, mac },
});

export const PHASE2: Phase2Condition[] = [
  { name: 'clean', how: {}, op25: { clean: 630, mac: 74 } },
  { name: 'Es/N0 20 dB', how: { esn0: 20 }, op25: { clean: 630, mac: 74 } },
  { name: 'Es/N0 14 dB', how: { esn0: 14 }, op25: { clean: 516, mac: 71 } },
  { name: 'Es/N0 12 dB', how: { esn0: 12 }, op25: { clean: 219, mac: 39 } },
  { name: 'Es/N0 10 dB', how: { esn0: 10 }, op25: { clean: 36, mac: 4 } },
  { name: 'Es/N0 8 dB', how: { esn0: 8 }, op25: { clean: 1, mac: 0 } },
  { name: 'Es/N0 6 dB', how: { esn0: 6 } },
  { name: 'offset +2000 Hz', how: { esn0: 20, offset: 2000 }, op25: { clean: 630, mac: 74 } },
  { name: 'offset -2000 Hz', how: { esn0: 20, offset: -2000 } },
  { name: 'clock +50 ppm', how: { esn0: 20, ppm: 50 }, op25: { clean: 630, mac: 74 } },
  { name: 'clock -50 ppm', how: { esn0: 20, ppm: -50 }, op25: { clean: 630, mac: 74 } },
  rays(20, 496, 54),
  rays(40, 376, 39),
  rays(60, 306, 35),
  rays(80, 204, 24),
  ...[30, 50, 80].map((delay) => ({
    name: `static rays ${delay} us, 90 deg`,
    how: { esn0: 25, ray: { delay, phase: 90 } },
  })),
  ...[30, 50, 80].map((delay) => ({
    name: `static rays ${delay} us, 180 deg`,
    how: { esn0: 25, ray: { delay, phase: 180 } },
  })),
  { name: 'static rays 80 us, 150 deg', how: { esn0: 25, ray: { delay: 80, phase: 150 } } },
  { name: 'static rays 50 us, 180 deg, 15 dB', how: { esn0: 15, ray: { delay: 50, phase: 180 } } },
  { name: 'two rays 50 us, 5 Hz', how: { esn0: 25, ray: { delay: 50, beat: 5 } } },
  { name: 'two rays 50 us, 20 Hz', how: { esn0: 25, ray: { delay: 50, beat: 20 } } },
  { name: 'two rays 80 us, 20 Hz', how: { esn0: 25, ray: { delay: 80, beat: 20 } } },
  { name: 'two rays 50 us, 40 Hz', how: { esn0: 25, ray: { delay: 50, beat: 40 } } },
];

export const PHASE2_QUICK = PHASE2.filter(({ how }) => how.esn0 === 12 || how.esn0 === 8);

export interface Phase2Outcome {
  /** Voice frames delivered, those without a corrected bit, and those whose 49 information bits are what was sent. */
  frames: number;
  clean: number;
  right: number;
  mac: number;
  ess: number;
  /** Processor seconds per second of signal. */
  cpu: number;
}

interface Heard {
  voice: { time: number; bits: Int8Array }[];
  counters: Record<string, number>;
}

function listen(signal: Buffer): Heard {
  const demod = new SlotStage(p25Phase2.airInterfaces[0], { protocol: p25Phase2.id, polarity: 'auto' });
  const decoder = new DecoderStage(p25Phase2, { signal: SIGNAL });
  const voice: Heard['voice'] = [];
  const decode = (messages: PortMessage[]) => {
    for (const message of messages) {
      if (message.port !== 'symbols') continue;
      for (const out of decoder.process(message)) {
        if (out.port !== 'voice') continue;
        const { payload, info } = out;
        for (let i = 0; i < info.frames; i++) {
          const coded = payload.subarray(i * FRAME_BYTES.soft, (i + 1) * FRAME_BYTES.soft);
          voice.push({ time: info.time + 20 * i, bits: Int8Array.from(coded, (byte) => (byte << 24) >> 24) });
        }
      }
    }
  };
  const block = 4 * 4800;
  for (let at = 0, seq = 0; at < signal.length; at += block, seq++) {
    const info: IqInfo = {
      stream: 'sensitivity',
      seq,
      time: (1000 * at) / 4 / RATE,
      format: 'cs16',
      rate: RATE,
      center: 0,
      sample: at / 4,
      dropped: 0,
    };
    decode(demod.process({ port: 'iq', payload: signal.subarray(at, at + block), info }));
  }
  decode(demod.flush());
  const counters = decoder.counters();
  demod.close();
  decoder.close();
  return { voice, counters };
}

const frame = new Ambe2Frame();
const content = (bits: Int8Array): { text: string; errors: number } => {
  frame.read(new Uint8Array(bits.buffer, bits.byteOffset, bits.length), 'soft');
  return { text: frame.bits.join(''), errors: frame.errors[0] + frame.errors[1] };
};

/** Every condition in turn; `told` gets each as it is done. */
export function phase2Sensitivity(
  conditions: readonly Phase2Condition[],
  told: (condition: Phase2Condition, outcome: Phase2Outcome) => void,
): void {
  const clean = fromCu8(readFileSync(capture(`${NAME}_48k.cu8`)));
  // Without impairment every symbol is as it was sent (see the tests): these are the frames sent.
  const sent = listen(toCs16(clean)).voice.map(({ time, bits }) => ({ time, ...content(bits) }));
  for (const condition of conditions) {
    const signal = toCs16(impair(clean, RATE, SYMBOL_RATE, { seed: 11, ...condition.how }));
    const began = process.cpuUsage();
    const { voice, counters } = listen(signal);
    const used = process.cpuUsage(began);
    const found = voice.map(({ time, bits }) => ({ time, ...content(bits) }));
    told(condition, {
      frames: found.length,
      clean: found.filter(({ errors }) => errors === 0).length,
      right: found.filter((one) => sent.some((other) => isSame(one, other))).length,
      mac: counters.mac,
      ess: counters.ess_ok,
      cpu: (used.user + used.system) / 1e6 / (signal.length / 4 / RATE),
    });
  }
}

/** True for frames of the same content at the same time; where bursts were lost, voice is told up to a burst earlier or later. */
function isSame(a: { time: number; text: string }, b: { time: number; text: string }): boolean {
  return Math.abs(a.time - b.time) < 85 && a.text === b.text;
}
