import assert from 'node:assert/strict';
import { CENTER, CONTROL, generate, type Heard, hear, iqMessages, START, VOICE } from './support';

const RATE = 240_000;
const WIDE = { rate: RATE, sizes: [6600] };
const FOLLOW = { channels: [{ frequency: CONTROL }], follow: { conventional: false } };

const told = ({ calls }: Heard) => calls.map(({ happened, call }) => [happened, call.talkgroup]);
const ends = ({ calls }: Heard) => calls.filter(({ happened }) => happened === 'end').map(({ call }) => call);
const seconds = ({ audio }: Heard) => [...audio.values()].map((sound) => sound.seconds);

/** The sum of signals in cf32, each from its beginning as far as it goes. */
function mix(...signals: Buffer[]): Buffer {
  const sum = new Float32Array(Math.max(...signals.map(({ length }) => length)) / 4);
  for (const signal of signals) {
    const samples = new Float32Array(signal.buffer, signal.byteOffset, signal.length / 4);
    for (let i = 0; i < samples.length; i++) sum[i] += samples[i];
  }
  return Buffer.from(sum.buffer);
}

/** A cf32 signal moved up by `hertz`. */
function shift(signal: Buffer, hertz: number, rate: number): Buffer {
  const samples = new Float32Array(signal.buffer, signal.byteOffset, signal.length / 4);
  const moved = new Float32Array(samples.length);
  for (let n = 0; n < samples.length / 2; n++) {
    // Whole turns are left out before the angle gets large.
    const angle = 2 * Math.PI * (((hertz * n) / rate) % 1);
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    moved[2 * n] = samples[2 * n] * cos - samples[2 * n + 1] * sin;
    moved[2 * n + 1] = samples[2 * n] * sin + samples[2 * n + 1] * cos;
  }
  return Buffer.from(moved.buffer);
}

describe('receiver: calls', function () {
  this.timeout(60_000);

  it('a signal that vanishes within a call: the call ends by silence, with what was heard', () => {
    const site = generate({ rate: RATE, seconds: 3 });
    const noise = generate({ signal: 'noise', rate: RATE, seconds: 5 });
    const heard = hear(FOLLOW, iqMessages(Buffer.concat([site, noise]), WIDE));
    assert.deepEqual(told(heard), [
      ['start', 1001],
      ['end', 1001],
    ]);
    const [call] = ends(heard);
    assert.equal(call.reason, 'silence');
    // Speech from 1.24 s on.
    assert.ok(Math.abs(call.length - 1.75) < 0.1 && Math.abs(seconds(heard)[0] - 1.75) < 0.1, `${call.length}`);
    assert.ok(Math.abs(call.stop_time_ms - START - 3000) < 50, `${call.stop_time_ms - START}`);
  });

  it('a control channel that is lost within a call: the call goes on to its end', () => {
    const common = { rate: RATE, format: 'cf32', level: -20 } as const;
    const control = generate({ ...common, signal: 'p25-control', frequency: CONTROL, seconds: 2 });
    const voice = generate({ ...common, signal: 'p25-voice', frequency: VOICE[0], seconds: 12 });
    const heard = hear(FOLLOW, iqMessages(mix(control, voice), { ...WIDE, format: 'cf32' }));
    assert.deepEqual(told(heard), [
      ['start', 1001],
      ['update', 1001],
      ['end', 1001],
    ]);
    const [call] = ends(heard);
    assert.equal(call.reason, 'terminator');
    assert.ok(Math.abs(seconds(heard)[0] - 6.84) < 0.1, `${seconds(heard)}`);
    assert.deepEqual(
      call.sources.map(({ src }) => src),
      [100_101, 100_102],
    );
  });

  it('two calls at once: both with room for two; with room for one, the other is told why not', () => {
    const rate = 480_000;
    const common = { rate, format: 'cf32', level: -20, seconds: 5 } as const;
    const other = { nac: 0x293, system: 0x111, talkgroups: [2001], center: CENTER + 150_000 };
    const both = mix(generate({ ...common }), shift(generate({ ...common, ...other }), 150_000, rate));
    const channels = [CONTROL, CONTROL + 150_000].map((frequency) => ({ frequency }));
    const listen = (maxCalls: number) =>
      hear({ channels, follow: { maxCalls } }, iqMessages(both, { rate, format: 'cf32', sizes: [13_200] }));

    const two = listen(2);
    assert.deepEqual(new Set(ends(two).map(({ talkgroup }) => talkgroup)), new Set([1001, 2001]));
    assert.deepEqual(new Set(ends(two).map(({ nac }) => nac)), new Set(['3A1', '293']));
    assert.ok(seconds(two).length === 2 && seconds(two).every((length) => length > 3.3), `${seconds(two)}`);

    const one = listen(1);
    assert.equal(ends(one).length, 1);
    const skipped = one.calls.filter(({ happened }) => happened === 'not_followed').map(({ call }) => call);
    assert.deepEqual(
      skipped.map(({ reason }) => reason),
      ['no_channel'],
    );
    assert.notEqual(skipped[0].talkgroup, ends(one)[0].talkgroup);
    assert.equal(one.audio.size, 1);
    assert.equal(one.counters.channelizer.opened, 3, 'two control channels and one voice channel');
  });

  it('an encrypted call is reported once and never heard', () => {
    const secret = { talkgroups: [], encryptedTalkgroup: 1003, seconds: 10 };
    const heard = hear(FOLLOW, iqMessages(generate({ rate: RATE, ...secret }), WIDE));
    assert.deepEqual(told(heard), [['not_followed', 1003]]);
    assert.equal(heard.calls[0].call.reason, 'encrypted');
    assert.equal(heard.audio.size, 0);
    assert.equal(heard.counters.channelizer.opened, 1, 'no voice channel was opened');

    // On a channel that nobody granted, its own header says so.
    const alone = generate({ signal: 'p25-voice', rate: 48_000, ...secret });
    const conventional = hear({ follow: {} }, iqMessages(alone));
    assert.ok(conventional.events.some(({ type, encrypted }) => type === 'encryption' && encrypted));
    assert.ok(
      conventional.calls.every(({ happened, call }) => happened === 'not_followed' && call.reason === 'encrypted'),
    );
    assert.equal(conventional.audio.size, 0);
  });

  it('a control channel that stands alone: its calls are out of reach, and that is said', () => {
    const control = generate({ signal: 'p25-control', rate: 48_000, seconds: 5 });
    const heard = hear({ follow: {} }, iqMessages(control));
    assert.deepEqual(told(heard), [['not_followed', 1001]]);
    assert.equal(heard.calls[0].call.reason, 'out_of_band');
  });

  it('a recording played again under the same name gives the same again', () => {
    const site = generate({ rate: RATE, seconds: 5 });
    const once = hear(FOLLOW, iqMessages(site, WIDE));
    const twice = hear(FOLLOW, [...iqMessages(site, WIDE), ...iqMessages(site, WIDE)]);
    assert.equal(twice.events.length, 2 * once.events.length);
    assert.deepEqual(told(twice), [...told(once), ...told(once)]);
    const [first, second] = ends(twice);
    assert.equal(first.length, second.length);
    assert.notEqual(first.id, second.id);
  });

  it('several sources at once do not disturb each other', () => {
    const inputs = [1, 2].map((seed) =>
      generate({ signal: 'p25-voice', rate: 48_000, seconds: 6, seed, talkgroups: [100 * seed] }),
    );
    const streams = inputs.map((data, n) =>
      [...iqMessages(data)].map(
        (message) => ({ ...message, info: { ...message.info, stream: `air-${n}` } }) as typeof message,
      ),
    );
    const woven = streams[0].flatMap((message, i) => [message, streams[1][i]]);
    const heard = hear({ follow: {} }, woven);
    for (const [n, talkgroup] of [100, 200].entries()) {
      const alone = hear({ follow: {} }, streams[n]);
      assert.deepEqual(
        heard.events.filter(({ stream }) => stream === `air-${n}`),
        alone.events,
      );
      assert.equal(ends(heard).filter((call) => call.talkgroup === talkgroup).length, ends(alone).length);
    }
    assert.deepEqual(
      new Set([...heard.audio.values()].map(({ hash }) => hash)),
      new Set(
        streams.flatMap((messages) => [...hear({ follow: {} }, messages).audio.values()].map(({ hash }) => hash)),
      ),
    );
  });
});
