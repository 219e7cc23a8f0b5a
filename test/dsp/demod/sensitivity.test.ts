import assert from 'node:assert/strict';
import { controlChannel, voiceChannel } from '../../../bench/sensitivity';
import { QUICK } from '../../../bench/sensitivity-conditions';
import { needsCaptures } from '../../support/captures';

/** Es/N0 in dB: TSBKs of 464 at least, symbol error rate at most. OP25 reads 79, 2, 0 and 0. */
const CONTROL: Record<number, [tsbk: number, ser: number]> = {
  14: [464, 0.002],
  12: [464, 0.008],
  10: [464, 0.032],
  8: [463, 0.1],
};

describe('weak signals', () => {
  it('control channel: TSBKs whose CRC fits', function () {
    needsCaptures(this, 'synth/p25_control_c4fm_48k.cu8', 'synth/p25_control_c4fm.symbols.bin');
    for (const { condition, outcome } of controlChannel(QUICK)) {
      const [tsbk, ser] = CONTROL[condition.how.esn0!];
      assert.ok(outcome.counters.tsbk >= tsbk, `${condition.name}: ${outcome.counters.tsbk} TSBK`);
      assert.ok(outcome.ser <= ser, `${condition.name}: symbol error rate ${outcome.ser}`);
    }
  });

  it('voice channel: link controls and voice frames at 8 dB', function () {
    needsCaptures(this, 'synth/p25_voice_c4fm_48k.cu8', 'synth/p25_voice_c4fm.symbols.bin');
    const weakest = QUICK.filter(({ how }) => how.esn0 === 8);
    for (const { outcome } of voiceChannel(weakest)) {
      assert.ok(outcome.linkControls >= 69);
      assert.equal(outcome.falseEvents, 0);
      assert.equal(outcome.counters.voice_frames, 1260);
      // Handed on is not understood: what was played must be what was sent.
      assert.ok(outcome.voice!.golayRight >= 1250, `${outcome.voice!.golayRight} frames right`);
      assert.ok(outcome.voice!.played >= 1245, `${outcome.voice!.played} frames played`);
      assert.ok(outcome.voice!.wrongPlayed <= 4, `${outcome.voice!.wrongPlayed} frames of garbage played`);
      assert.ok(outcome.ser <= 0.035);
    }
  });
});
