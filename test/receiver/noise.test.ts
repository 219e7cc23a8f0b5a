import assert from 'node:assert/strict';
import { IQ_BYTES, type IqFormat } from '../../src/core/messages';
import { Receiver } from '../../src/receiver/receiver';
import { uniform } from '../support/random';
import { assertFlat, audioMessages, CENTER, generate, type Heard, hear, iqMessages, memory } from './support';

/** Makes the sample values of one kind of noise, full scale 1. */
type Maker = (random: () => number) => (n: number) => number;

const KINDS: Record<string, Maker> = {
  silence: () => () => 0,
  'a constant': () => () => 0.7,
  hiss: (random) => () => (random() + random() + random() - 1.5) / 4,
  'clipped hiss': (random) => () => Math.sign(random() - 0.5),
  clicks: (random) => () => (random() < 0.001 ? 1 : 0),
  'a whistle that sweeps': () => (n) => 0.5 * Math.cos(1e-9 * n ** 3 - (Math.PI / 2) * (n % 2)),
  'a square wave': () => (n) => (n % 40 < 20 ? 0.9 : -0.9),
};
const FORMATS = Object.keys(IQ_BYTES) as IqFormat[];

function encode(values: Float64Array, format: IqFormat): Buffer {
  switch (format) {
    case 'cu8':
      return Buffer.from(Uint8Array.from(values, (value) => Math.round(127.5 + 127.5 * value)));
    case 'cs8':
      return Buffer.from(Int8Array.from(values, (value) => Math.round(127 * value)).buffer);
    case 'cs16':
      return Buffer.from(Int16Array.from(values, (value) => Math.round(32_767 * value)).buffer);
    case 'cf32':
      return Buffer.from(Float32Array.from(values).buffer);
  }
}

function nothing({ events, calls, audio, counters }: Heard): void {
  assert.deepEqual(events, []);
  assert.deepEqual(calls, []);
  assert.equal(audio.size, 0);
  assert.equal(counters.decoder.messages, 0);
  assert.equal(counters.decoder.nid_ok, 0);
  assert.equal(counters.voice.voice_frames ?? 0, 0);
}

describe('receiver: noise', function () {
  this.timeout(60_000);
  const follow = { conventional: true };
  const channels = [-75_000, 1000, 62_500].map((offset) => ({ frequency: CENTER + offset }));
  const random = uniform(7);
  const bytes = (count: number) => Buffer.from(Uint8Array.from({ length: count }, () => 256 * random()));

  for (const [kind, make] of Object.entries(KINDS)) {
    it(`${kind}: no frame, no call, no sound, whatever the format and the rate`, () => {
      FORMATS.forEach((format, i) => {
        const value = make(random);
        const rate = [24_000, 48_000, 50_001, 38_400][i];
        const data = encode(
          Float64Array.from({ length: 2 * rate }, (_, n) => value(n)),
          format,
        );
        nothing(hear({ follow }, iqMessages(data, { format, rate })));
      });
      const value = make(random);
      const wide = encode(
        Float64Array.from({ length: 2 * 240_000 }, (_, n) => value(n)),
        'cu8',
      );
      nothing(hear({ follow, channels }, iqMessages(wide, { rate: 240_000, sizes: [6600] })));
      const audio = encode(
        Float64Array.from({ length: 48_000 }, (_, n) => value(n)),
        'cs16',
      );
      nothing(hear({ follow }, audioMessages(audio)));
    });
  }

  for (const format of FORMATS) {
    it(`random bytes as ${format}`, () => {
      nothing(hear({ follow }, iqMessages(bytes(300_000), { format })));
      nothing(
        hear({ follow, channels }, iqMessages(bytes(1_500_000), { format, rate: 240_000, sizes: [1, 6600, 77] })),
      );
    });
  }

  it('not-a-number and infinity among good samples cost no more than what they touch', () => {
    const data = generate({ signal: 'p25-control', rate: 48_000, seconds: 3, format: 'cf32' });
    const clean = hear({}, iqMessages(data, { format: 'cf32' }));
    const samples = new Float32Array(data.buffer, data.byteOffset, data.length / 4);
    for (const [at, value] of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3e38].entries())
      samples[30_001 + 50_000 * at] = value;
    const hurt = hear({}, iqMessages(data, { format: 'cf32' }));
    const lost = clean.counters.decoder.tsbk - hurt.counters.decoder.tsbk;
    assert.ok(lost <= 12, `${lost} of ${clean.counters.decoder.tsbk} TSBKs lost`);
  });

  it('a stream without end holds no more after five minutes than after a few seconds', () => {
    const receiver = new Receiver({ protocol: 'p25', channels, follow }, {});
    const wide = encode(
      Float64Array.from({ length: 480_000 }, () => (random() + random() - 1) / 3),
      'cu8',
    );
    const rate = 240_000;
    const feed = (from: number, to: number) => {
      for (let second = from; second < to; second++)
        for (const { payload, info } of iqMessages(wide, { rate, sizes: [6600] })) {
          const at = second * rate;
          const sample = at + (info as { sample: number }).sample;
          const seq = second * 37 + info.seq;
          const time = info.time + 1000 * second;
          receiver.receive({ port: 'iq', payload, info: { ...info, sample, seq, time, end: false } as never });
        }
    };
    feed(0, 8);
    const before = memory();
    feed(8, 300);
    assertFlat(before);
    assert.equal(receiver.counters().decoder.messages, 0);
  });
});
