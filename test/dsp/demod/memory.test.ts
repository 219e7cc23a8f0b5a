import assert from 'node:assert/strict';
import type { Stage } from '../../../src/core/stage';
import { AnalogStage } from '../../../src/dsp/demod/analog-stage';
import { Fsk4Stage } from '../../../src/dsp/demod/fsk4-stage';
import { SlotStage } from '../../../src/dsp/demod/slot-stage';
import { kernelFloats } from '../../../src/dsp/kernels/wasm';
import { C4FM, SYNC_LEVELS } from '../../../src/protocols/p25/air-interface';
import { DUID } from '../../../src/protocols/p25/data-units';
import { H_DQPSK, SYNC_LEVELS as SLOT_SYNC } from '../../../src/protocols/p25-phase2/air-interface';
import { impair } from '../../support/channel-simulator';
import { discriminate, modulateFsk4, p25Frames } from '../../support/fsk4-modulator';
import { feedAudio, feedIq, transcript } from './support';

/** Leaves NaN in the memory that the next stages will get. */
function soil(): void {
  for (const length of [100, 1000, 5000, 10_000, 50_000, 100_000]) {
    const arrays = Array.from({ length: 6 }, () => kernelFloats(length));
    for (const array of arrays) array.view.fill(NaN);
    for (const array of arrays) array.free();
  }
}

describe('demodulators', () => {
  const levels = p25Frames(SYNC_LEVELS, [
    { duid: DUID.HDU, symbols: 396 },
    { duid: DUID.LDU1, symbols: 864 },
  ]);
  const iq = impair(modulateFsk4(C4FM, levels, 24000, { start: 500 }), 24000, 4800, { esn0: 15, ppm: 40 });
  const bytes = Buffer.from(iq.buffer, iq.byteOffset, iq.byteLength);
  const audio = discriminate(iq, 0.2);
  // Slots in noise that the equaliser has to look at too.
  const slots = Array.from({ length: 16 }, (_, slot) => [
    ...(slot % 4 > 1 ? SLOT_SYNC : [...SLOT_SYNC].reverse()),
    ...Array.from({ length: 160 }, (_, k) => [1, -3, 3, -1, -1, 3, 1][(k * k + slot) % 7]),
  ]).flat();
  const carrier = impair(modulateFsk4(H_DQPSK, slots, 24000), 24000, 6000, { esn0: 9, ppm: 40 });
  const slotBytes = Buffer.from(carrier.buffer, carrier.byteOffset, carrier.byteLength);
  const slotStage = () => new SlotStage(H_DQPSK, { protocol: 'p25-phase2', polarity: 'auto' });
  const fsk4 = () => new Fsk4Stage(C4FM, { protocol: 'p25', polarity: 'auto' });
  const analog = { audioRate: 8000, bandwidth: 12500, squelch: null, deemphasis: 0 };
  const runs: Record<string, () => { payload: Buffer; info: never }[]> = {
    'complex 4FSK': () => feedIq(fsk4(), bytes, 'cf32', 24000) as never,
    '4FSK audio': () => feedAudio(fsk4(), audio, 24000) as never,
    'time slots': () => feedIq(slotStage() as never, slotBytes, 'cf32', 24000) as never,
    FM: () => feedIq(new AnalogStage({ ...analog, mode: 'nfm' }) as Stage, bytes, 'cf32', 24000) as never,
    AM: () => feedIq(new AnalogStage({ ...analog, mode: 'am' }) as Stage, bytes, 'cf32', 24000) as never,
  };
  for (const [name, run] of Object.entries(runs))
    it(`for ${name} do not see what their memory held before`, () => {
      const first = transcript(run());
      soil();
      assert.equal(transcript(run()), first);
    });
});
