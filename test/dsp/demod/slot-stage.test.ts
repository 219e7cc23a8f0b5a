import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { IqInfo, PortMessage, StreamMessage } from '../../../src/core/messages';
import { asFloat32 } from '../../../src/core/shared-buffer';
import { SlotStage } from '../../../src/dsp/demod/slot-stage';
import { H_DQPSK } from '../../../src/protocols/p25-phase2/air-interface';
import { capture, needsCaptures } from '../../support/captures';
import { fromCu8, type Impairments, impair, noise, toCs16 } from '../../support/channel-simulator';

const NAME = 'synth/p25p2_two_calls';
const RATE = 48_000;
/** Superframes last 360 ms; the tests use some of the recording's 42. */
const SECONDS = 3;

type Symbols = Extract<PortMessage, { port: 'symbols' }>;
type Options = ConstructorParameters<typeof SlotStage>[1];

function recording(how: Impairments = {}): Buffer {
  const clean = fromCu8(readFileSync(capture(`${NAME}_48k.cu8`)).subarray(0, 2 * RATE * SECONDS));
  return toCs16(impair(clean, RATE, 6000, { seed: 5, ...how }));
}

function* blocks(signal: Buffer, sizes: readonly number[], skip?: [number, number]): Generator<StreamMessage> {
  const samples = signal.length / 4;
  for (let sample = 0, seq = 0; sample < samples; seq++) {
    const count = Math.min(sizes[seq % sizes.length], samples - sample);
    const lost = skip && sample >= skip[0] && sample < skip[1];
    const info: IqInfo = {
      stream: 's',
      seq,
      time: 1000 + (1000 * sample) / RATE,
      format: 'cs16',
      rate: RATE,
      center: 0,
      sample,
      dropped: 0,
    };
    if (!lost) yield { port: 'iq', payload: signal.subarray(4 * sample, 4 * (sample + count)), info };
    sample += count;
  }
}

function demodulate(messages: Iterable<StreamMessage>, options: Partial<Options> = {}): Symbols[] {
  const stage = new SlotStage(H_DQPSK, { protocol: 'p25-phase2', polarity: 'auto', ...options });
  const out: PortMessage[] = [];
  for (const message of messages) out.push(...stage.process(message));
  out.push(...stage.flush());
  stage.close();
  return out as Symbols[];
}

const framesOf = (messages: Symbols[]) =>
  messages.flatMap(({ payload, info }) =>
    info.frames.map((frame) => ({
      ...frame,
      metrics: asFloat32(payload).slice(4 * frame.start, 4 * (frame.start + frame.symbols)),
    })),
  );

/** Symbols of frames that differ from those sent, by where the frames stand in time. */
function errors(messages: Symbols[]): { frames: number; wrong: number } {
  const sent = readFileSync(capture(`${NAME}.symbols.bin`));
  const dibits = [3, 2, 0, 1];
  let wrong = 0;
  const frames = framesOf(messages);
  for (const { time, metrics } of frames) {
    const first = 180 * Math.round((time - 1000) / 30);
    for (let k = 0; k < 180; k++) {
      const four = metrics.subarray(4 * k, 4 * k + 4);
      if (dibits[four.indexOf(Math.max(...four))] !== sent[first + k]) wrong++;
    }
  }
  return { frames: frames.length, wrong };
}

describe('demodulator of time slots', function () {
  this.timeout(60_000);
  beforeEach(function () {
    needsCaptures(this, `${NAME}_48k.cu8`, `${NAME}.symbols.bin`);
  });

  it('gives every slot of another modulator with the symbols that were sent', () => {
    const messages = demodulate(blocks(recording(), [4800]));
    const { frames, wrong } = errors(messages);
    assert.equal(frames, SECONDS / 0.03);
    assert.ok(wrong <= 1, `${wrong} symbols wrong`);
    const names = framesOf(messages).map(({ sync }) => sync);
    assert.deepEqual(names.slice(0, 8), ['', '', 'S-ISCH', 'S-ISCH', '', '', 'S-ISCH', 'S-ISCH']);
  });

  it('gives the same for any block size', () => {
    const signal = recording({ esn0: 9, offset: 700 });
    const text = (messages: Symbols[]) =>
      JSON.stringify(framesOf(messages).map(({ start, metrics, ...frame }) => [frame, [...metrics]]));
    const reference = text(demodulate(blocks(signal, [4800])));
    for (const sizes of [[1], [7, 1301, 239], [100_000]])
      assert.ok(text(demodulate(blocks(signal, sizes))) === reference, `blocks of ${sizes}`);
  });

  it('covers stream time without holes', () => {
    let until = 1000;
    for (const { info } of demodulate(blocks(recording({ esn0: 12 }), [1000]))) {
      assert.ok(Math.abs(info.time - until) < 1e-6);
      for (const { time } of info.frames) assert.ok(time >= info.time - 0.2 && time < info.time + info.duration + 0.2);
      until = info.time + info.duration;
    }
    assert.ok(Math.abs(until - 1000 - 1000 * SECONDS) < 1);
  });

  for (const how of [
    { offset: 2500, esn0: 20 },
    { offset: -2000, esn0: 20 },
    { ppm: 50, esn0: 20 },
    { ppm: -50, esn0: 20 },
  ])
    it(`reads all at ${JSON.stringify(how)}`, () => {
      const messages = demodulate(blocks(recording(how), [4800]));
      const { frames, wrong } = errors(messages);
      assert.ok(frames >= SECONDS / 0.03 - 1, `${frames} frames`);
      assert.ok(wrong <= 2, `${wrong} symbols wrong`);
      if (how.offset) {
        const { offset } = framesOf(messages)[40];
        assert.ok(Math.abs(offset - how.offset) < 15, `measured ${offset} Hz`);
      }
    });

  for (const [delay, phase] of [
    [30, 180],
    [50, 180],
    [80, 180],
    [80, 150],
  ])
    it(`reads two equal rays, ${delay} us and ${phase} degrees apart`, () => {
      const messages = demodulate(blocks(recording({ esn0: 25, ray: { delay, phase } }), [4800]));
      const { frames, wrong } = errors(messages);
      assert.ok(frames >= SECONDS / 0.03 - 2, `${frames} frames`);
      // The first four slots show where the symbols and the carrier are.
      assert.ok(wrong < 500, `${wrong} symbols wrong`);
    });

  it('follows two rays that beat twenty times a second', () => {
    const { frames, wrong } = errors(demodulate(blocks(recording({ esn0: 25, ray: { delay: 50, beat: 20 } }), [4800])));
    assert.ok(frames >= SECONDS / 0.03 - 2, `${frames} frames`);
    assert.ok(wrong / (180 * frames) < 0.03, `${wrong} symbols wrong`);
  });

  it('finds the sync words where echoes make one of them look like two', () => {
    const signal = recording({ esn0: 25, ray: { delay: 50, phase: 180 } });
    const named = framesOf(demodulate(blocks(signal, [4800]))).filter(({ sync }) => sync !== '');
    assert.ok(named.length > 40);
    for (const { time } of named) assert.ok(Math.round((time - 1000) / 30) % 4 >= 2, `${time} ms`);
  });

  it('locks at Es/N0 8 dB on the first sync words', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const messages = demodulate(blocks(recording({ esn0: 8, seed }), [4800]));
      assert.equal(framesOf(messages).length, SECONDS / 0.03);
      assert.equal(messages.at(-1)!.info.stats!.missed, 0);
    }
  });

  for (const name of ['p25_voice_cqpsk', 'p25_voice_c4fm', 'p25_control_cqpsk'])
    for (const esn0 of [undefined, 15])
      it(`takes nothing of ${name} for slots${esn0 ? ', weak as it may be' : ''}`, function () {
        const file = `synth/${name}_48k.cu8`;
        needsCaptures(this, file);
        const signal = toCs16(impair(fromCu8(readFileSync(capture(file))), RATE, 4800, { esn0 }));
        const frames = framesOf(demodulate(blocks(signal, [4800])));
        assert.equal(frames.length, 0);
      });

  it('is coherent: at Es/N0 10 dB one symbol in two hundred is wrong', () => {
    const { frames, wrong } = errors(demodulate(blocks(recording({ esn0: 10 }), [4800])));
    assert.ok(wrong / (180 * frames) < 0.006, `${wrong} of ${180 * frames}`);
  });

  it('reads a mirrored spectrum, unless told not to', () => {
    const iq = fromCu8(readFileSync(capture(`${NAME}_48k.cu8`)).subarray(0, 2 * RATE * SECONDS));
    for (let i = 1; i < iq.length; i += 2) iq[i] = -iq[i];
    const signal = toCs16(impair(iq, RATE, 6000, { offset: 300 }));
    const messages = demodulate(blocks(signal, [4800]));
    assert.ok(errors(messages).wrong <= 2);
    assert.ok(framesOf(messages).every(({ polarity }) => polarity === -1));
    assert.equal(framesOf(demodulate(blocks(signal, [4800]), { polarity: 'normal' })).length, 0);
  });

  it('goes on after a gap', () => {
    const signal = recording();
    const messages = demodulate(blocks(signal, [2400], [48_000, 64_800]));
    const { frames, wrong } = errors(messages);
    assert.ok(frames > 80 && frames < 90, `${frames} frames`);
    assert.ok(wrong < 10, `${wrong} symbols wrong`);
    assert.equal(messages.at(-1)!.info.stats!.gaps, 1);
  });

  it('finds nothing in ten seconds of noise, and says that it is empty', () => {
    const messages = demodulate(blocks(toCs16(noise(10 * RATE, 9)), [4800]));
    assert.equal(framesOf(messages).length, 0);
    assert.ok(messages.at(-1)!.info.stats!.no_carrier_ms > 8000);
  });

  it('wants complex samples', () => {
    const stage = new SlotStage(H_DQPSK, { protocol: 'p25-phase2', polarity: 'auto' });
    const audio = { stream: 's', seq: 0, time: 0, rate: RATE, kind: 'discriminator' } as const;
    assert.throws(() => stage.process({ port: 'audio', payload: Buffer.alloc(4), info: audio }), /expected iq/);
  });
});
