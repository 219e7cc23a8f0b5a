import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { DIBIT_LEVELS } from '../../../src/coding/dibits';
import { Fsk4Stage } from '../../../src/dsp/demod/fsk4-stage';
import { C4FM, SYNC_LEVELS } from '../../../src/protocols/p25/air-interface';
import { DUID } from '../../../src/protocols/p25/data-units';
import { P25Decoder } from '../../../src/protocols/p25/decoder';
import { capture, needsCaptures } from '../../support/captures';
import { type Impairments, impair } from '../../support/channel-simulator';
import { modulateFsk4, p25Frames } from '../../support/fsk4-modulator';
import { errors, feedIq, framesOf, iqMessage, START, transcript } from './support';

const RATE = 24000;
const CONTROL = 'synth/p25_control_c4fm.symbols.bin';
const stage = () => new Fsk4Stage(C4FM, { protocol: 'p25', polarity: 'auto' });

/** Levels of a control channel from another project's encoder. */
function sent(file: string, seconds: number): number[] {
  return Array.from(readFileSync(capture(file)).subarray(0, seconds * C4FM.symbolRate), (dibit) => DIBIT_LEVELS[dibit]);
}

/** What a transmitter sends whose deviation strays, as it arrives. */
function received(levels: number[], deviation: number, how: Impairments, mirrored = false): Buffer {
  const clean = modulateFsk4(C4FM, levels, RATE, { deviation: deviation * C4FM.deviation });
  if (mirrored) for (let i = 1; i < clean.length; i += 2) clean[i] = -clean[i];
  return Buffer.from(impair(clean, RATE, C4FM.symbolRate, { seed: 5, ...how }).buffer);
}

function read(signal: Buffer, block?: number) {
  const demodulator = stage();
  const messages = feedIq(demodulator, signal, 'cf32', RATE, block);
  const counters = demodulator.counters();
  demodulator.close();
  const decoder = new P25Decoder({ event: () => {}, voice: () => {} }, {});
  const frames = framesOf(messages);
  for (const frame of frames) decoder.frame({ ...frame, frequency: 0 }, frame.metrics);
  return { tsbk: decoder.counters().tsbk, sequenced: counters.sequenced, frames, messages };
}

/** A voice transmission with random contents. */
const VOICE = p25Frames(SYNC_LEVELS, [
  { duid: DUID.HDU, symbols: 396 },
  ...Array.from({ length: 8 }, (_, i) => ({ duid: i % 2 ? DUID.LDU2 : DUID.LDU1, symbols: 864 })),
]);

describe('sequence detector', function () {
  this.timeout(120_000);

  // Of some 150 blocks; discriminator and an equaliser that takes the deviation for granted read 80 % at 90 % of it.
  for (const deviation of [0.9, 1, 1.1])
    it(`reads a weak control channel with ${Math.round(100 * deviation)} % of the deviation`, function () {
      needsCaptures(this, CONTROL);
      const found = read(received(sent(CONTROL, 4), deviation, { esn0: 7 }));
      assert.ok(found.tsbk >= 138, `${found.tsbk} blocks`);
      assert.ok(found.sequenced >= 0.25 * found.frames.length, `${found.sequenced} of ${found.frames.length} frames`);
    });

  it('halves the errors of weak voice, either way up', () => {
    for (const mirrored of [false, true]) {
      const found = read(received(VOICE, 1.06, { esn0: 8, offset: 700, ppm: -30 }, mirrored));
      const wrong = errors(found.frames, VOICE);
      // A discriminator makes 9 % errors at this level.
      assert.ok(wrong <= 0.04 * VOICE.length, `${wrong} of ${VOICE.length} symbols`);
      assert.ok(found.sequenced >= 7, `${found.sequenced} frames`);
      for (const { polarity } of found.frames) assert.equal(polarity, mirrored ? -1 : 1);
    }
  });

  it('gives the same in any block size', () => {
    const signal = received(VOICE, 0.95, { esn0: 8 });
    const [first, ...others] = [241, 2400, 19200].map((block) => read(signal, block));
    assert.ok(first.sequenced > 0);
    for (const other of others) {
      assert.equal(transcript(other.frames.map(frameAsMessage)), transcript(first.frames.map(frameAsMessage)));
    }
  });

  it('begins anew after a gap: another signal is received as if nothing was before', () => {
    // Without what learns of networks and waveforms, which goes on.
    const air = { ...C4FM, createReader: undefined, waveforms: undefined };
    const silence = new Float32Array(2 * 0.35 * RATE);
    const sent = (deviation: number, offset: number, before = new Float32Array(0)) => {
      const clean = modulateFsk4(C4FM, VOICE.slice(0, 3000), RATE, { deviation: deviation * C4FM.deviation });
      const whole = Float32Array.from([...before, ...clean]);
      return Buffer.from(impair(whole, RATE, C4FM.symbolRate, { seed: 7, esn0: 8, offset }).buffer);
    };
    const short = sent(1.08, 700).subarray(0, 8 * 0.45 * RATE);
    const next = sent(0.94, 620, silence);
    const [alone, after] = [[], [short]].map((before) => {
      const demodulator = new Fsk4Stage(air, { protocol: 'p25', polarity: 'normal' });
      // A second is lost between the two.
      const parts = [
        ...before.map((part) => iqMessage(part, 'cf32', RATE, 0, 0)),
        iqMessage(next, 'cf32', RATE, 1, 2 * RATE),
      ];
      const messages = [...parts.flatMap((part) => demodulator.process(part)), ...demodulator.flush()];
      demodulator.close();
      return framesOf(messages as never).filter(({ time }) => time >= START + 2000);
    });
    assert.ok(alone.some(({ detector }) => detector === 'sequence'));
    assert.deepEqual(after, alone);
  });
});

/** Only what frames say: how they are spread over messages is another matter. */
function frameAsMessage({ metrics, ...frame }: ReturnType<typeof framesOf>[number]) {
  const payload = Buffer.from(metrics.buffer, metrics.byteOffset, metrics.byteLength);
  return { payload, info: { ...frame, stream: '', seq: 0 } as never };
}
