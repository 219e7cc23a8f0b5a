import assert from 'node:assert/strict';
import { controlChannel, voiceChannel } from '../../bench/sensitivity';
import { ALL, type Modulation } from '../../bench/sensitivity-conditions';
import { needsCaptures } from '../support/captures';

/** What must be read at least, CQPSK and C4FM. No open decoder reads more than 342 TSBKs or 50 link controls of these. */
const TSBKS: Record<string, [cqpsk: number, c4fm: number]> = {
  'Es/N0 6 dB': [450, 450],
  'Es/N0 4 dB': [360, 255],
  '+1730 Hz, +50 ppm, 8 dB': [458, 460],
  'two rays 20 us, 1.3 Hz': [456, 456],
  'two rays 60 us, 1.3 Hz': [460, 460],
  'two rays 50 us, 20 Hz': [458, 458],
  'two rays 50 us, 180 deg': [460, 460],
};
const LINK_CONTROLS: Record<string, [cqpsk: number, c4fm: number]> = {
  'Es/N0 6 dB': [67, 68],
  'two rays 60 us, 1.3 Hz': [69, 69],
  'two rays 50 us, 180 deg': [69, 69],
};
const MODULATIONS: readonly Modulation[] = ['cqpsk', 'c4fm'];

const conditions = (names: object) => ALL.filter(({ name }) => name in names);
const recordings = (kind: string, modulation: Modulation) =>
  ['_48k.cu8', '.symbols.bin'].map((end) => `synth/p25_${kind}_${modulation}${end}`);

describe('P25 through noise and simulcast', function () {
  this.timeout(240_000);
  MODULATIONS.forEach((modulation, column) => {
    it(`${modulation.toUpperCase()}: trunking blocks, and none that was not sent`, function () {
      needsCaptures(this, ...recordings('control', modulation));
      assert.equal(conditions(TSBKS).length, Object.keys(TSBKS).length);
      for (const { condition, outcome } of controlChannel(conditions(TSBKS), modulation)) {
        const least = TSBKS[condition.name][column];
        assert.ok(outcome.counters.tsbk >= least, `${condition.name}: ${outcome.counters.tsbk} of ${least}`);
        assert.equal(outcome.falseEvents, 0, condition.name);
      }
    });

    it(`${modulation.toUpperCase()}: link controls of voice channels`, function () {
      needsCaptures(this, ...recordings('voice', modulation));
      assert.equal(conditions(LINK_CONTROLS).length, Object.keys(LINK_CONTROLS).length);
      for (const { condition, outcome } of voiceChannel(conditions(LINK_CONTROLS), modulation)) {
        const least = LINK_CONTROLS[condition.name][column];
        assert.ok(outcome.linkControls >= least, `${condition.name}: ${outcome.linkControls} of ${least}`);
        assert.equal(outcome.falseEvents, 0, condition.name);
      }
    });
  });
});
