import assert from 'node:assert/strict';
import type { AirInterface } from '../../../src/dsp/air-interface';
import { Fsk4Stage } from '../../../src/dsp/demod/fsk4-stage';
import { impair } from '../../support/channel-simulator';
import { modulateFsk4 } from '../../support/fsk4-modulator';
import { uniform } from '../../support/random';
import { type Frame, feedIq, framesOf, levelsOf } from './support';

const random = uniform(1);
const data = (count: number) => Array.from({ length: count }, () => 2 * Math.floor(4 * random()) - 3);

/** DMR's numbers (ETSI TS 102 361-1): bursts of 132 symbols with the sync word in the middle, 12 symbols between. */
const BURST_SYNC = [1, 1, -1, -1, -1, -1, 1, -1, -1, 1, 1, -1, 1, 1, -1, 1, -1, -1, 1, 1, -1, 1, -1, 1].map(
  (l) => 3 * l,
);
const BURSTS: AirInterface = {
  modulation: '4FSK',
  family: '4fsk',
  symbolRate: 4800,
  deviation: 648,
  pulse: { kind: 'rrc', rolloff: 0.2 },
  bandwidth: 12500,
  syncs: [
    { name: 'data', levels: BURST_SYNC },
    { name: 'voice', levels: BURST_SYNC.map((level) => -level) },
  ],
  syncPosition: 54,
  maxFrameSymbols: 132,
  grid: 144,
  headerSymbols: 24,
};

/** NXDN48's rate and deviation, with a longer sync word, and frames that only the next sync ends. */
const SLOW: AirInterface = {
  ...BURSTS,
  symbolRate: 2400,
  deviation: 350,
  syncs: [{ name: 'only', levels: BURST_SYNC }],
  syncPosition: 0,
  maxFrameSymbols: 400,
  grid: 1,
};

function receive(air: AirInterface, levels: number[], esn0: number): Frame[] {
  const iq = impair(modulateFsk4(air, levels, 24000, { start: 500 }), 24000, air.symbolRate, { esn0, offset: 400 });
  const stage = new Fsk4Stage(air, { protocol: 'test', polarity: 'normal' });
  return framesOf(feedIq(stage, Buffer.from(iq.buffer, iq.byteOffset, iq.byteLength), 'cf32', 24000));
}

function differences(a: readonly number[], b: readonly number[]): number {
  return a.filter((level, i) => level !== b[i]).length;
}

describe('air interfaces as data', () => {
  it('with the sync word in the middle deliver the symbols before it too', () => {
    const bursts = Array.from({ length: 12 }, (_, i) => [...data(54), ...BURSTS.syncs[i % 2].levels, ...data(54)]);
    const frames = receive(
      BURSTS,
      bursts.flatMap((burst) => [...data(12), ...burst]),
      18,
    );
    assert.equal(frames.length, bursts.length);
    frames.forEach((frame, i) => {
      assert.equal(frame.sync, BURSTS.syncs[i % 2].name);
      assert.ok(differences(levelsOf(frame), bursts[i]) <= 2);
      if (i > 0) assert.ok(Math.abs(frame.time - frames[i - 1].time - 30) < 0.05);
    });
  });

  it('without a header let a frame run to the next sync, or to the longest', () => {
    const lengths = [192, 192, 384, 250];
    const sent = lengths.map((length) => [...BURST_SYNC, ...data(length - 24)]);
    const frames = receive(SLOW, [...sent.flat(), ...data(300)], 20);
    assert.deepEqual(
      frames.map(({ symbols }) => symbols),
      [192, 192, 384, 400],
    );
    frames.forEach((frame, i) => {
      assert.ok(differences(levelsOf(frame).slice(0, lengths[i]), sent[i]) <= 2);
    });
  });
});
