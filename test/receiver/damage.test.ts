import assert from 'node:assert/strict';
import type { StreamMessage } from '../../src/core/messages';
import { uniform } from '../support/random';
import { CENTER, CONTROL, type Cutting, generate, type Heard, hear, iqMessages, START } from './support';

const RATE = 240_000;
const WIDE: Cutting = { rate: RATE, sizes: [6600] };
const SECONDS = 10;
const FOLLOW = { channels: [{ frequency: CONTROL }], follow: { conventional: false } };

/** When there is speech in the generated call: of two talkers, seconds. */
const SPEECH = [
  [1.2425, 4.6625],
  [5.3, 8.72],
];

/** Seconds of speech from one time to another. */
function speech(from: number, to: number): number {
  return SPEECH.reduce((sum, [begin, end]) => sum + Math.max(0, Math.min(to, end) - Math.max(from, begin)), 0);
}

/** Nothing but what the generated site holds was heard, and every call that began has ended. */
function onlyTheTruth({ events, calls, counters }: Heard): void {
  for (const { talkgroup, source, nac } of events) {
    if (talkgroup !== undefined) assert.ok([1001, 1002].includes(talkgroup as number), `talkgroup ${talkgroup}`);
    if (source !== undefined) assert.ok(/^1001?00?[12]0?\d$|^100[12]0[1-8]$/.test(String(source)), `source ${source}`);
    if (nac !== undefined) assert.equal(nac, '3A1');
  }
  for (const { call } of calls) assert.ok([1001, 1002].includes(call.talkgroup), `call of ${call.talkgroup}`);
  const count = (wanted: string) => calls.filter(({ happened }) => happened === wanted).length;
  assert.equal(count('start'), count('end'));
  assert.equal(counters.follower?.active ?? 0, 0);
}

describe('receiver: damaged recordings', function () {
  this.timeout(60_000);
  let site: Buffer;
  let voice: Buffer;
  before(() => {
    site = generate({ rate: RATE, seconds: SECONDS });
    voice = generate({ signal: 'p25-voice', rate: 48_000, seconds: 9 });
  });
  const random = uniform(11);
  const below = (limit: number) => Math.floor(limit * random());

  it('whole: the call is there (so that the tests below mean something)', () => {
    const heard = hear(FOLLOW, iqMessages(site, WIDE));
    onlyTheTruth(heard);
    assert.deepEqual(
      heard.calls.map(({ happened, call }) => [happened, call.talkgroup]),
      [
        ['start', 1001],
        ['update', 1001],
        ['end', 1001],
      ],
    );
    assert.ok([...heard.audio.values()][0].seconds > 6.8);
  });

  it('cut off anywhere: what was there is decoded, the call ends with the stream', () => {
    for (let i = 0; i < 40; i++) {
      const bytes = below(voice.length);
      const heard = hear({ follow: {} }, iqMessages(voice.subarray(0, bytes)));
      onlyTheTruth(heard);
      const seconds = heard.audio.get('air/call-1')?.seconds ?? 0;
      for (const { happened, call } of heard.calls)
        if (happened === 'end') assert.ok(['stream_end', 'terminator', 'silence'].includes(call.reason!), call.reason);
      // What is lost is the last link data unit, if it does not reach its voice, and what was not named yet.
      const there = speech(0, bytes / 96_000);
      if (seconds > 0) assert.ok(seconds > there - 0.1 && seconds < there + 0.05, `${seconds} s of ${there} s`);
      else assert.ok(there < 0.5, `none of ${there} s`);
    }
  });

  it('cut off at the front: a call is taken up in its middle, named as soon as it names itself', () => {
    for (let i = 0; i < 12; i++) {
      const skip = 2 * below(48_000 * 8);
      const heard = hear({ follow: {} }, iqMessages(voice.subarray(skip)));
      onlyTheTruth(heard);
      assert.ok(heard.calls.some(({ happened }) => happened === 'end'));
      const { seconds } = heard.audio.get('air/call-1')!;
      const there = speech(skip / 96_000, 9);
      assert.ok(seconds > there - 0.7 && seconds < there + 0.05, `${seconds} s of ${there} s`);
    }
    // The same with a control channel, whose grant was before the beginning: its updates tell.
    const heard = hear(FOLLOW, iqMessages(site.subarray(2 * RATE * 2), WIDE));
    onlyTheTruth(heard);
    const start = heard.calls.find(({ happened }) => happened === 'start')!;
    assert.equal(start.call.talkgroup, 1001);
    assert.ok(start.call.start_time_ms - START < 400, `${start.call.start_time_ms - START} ms`);
  });

  it('told the wrong rate: nothing is heard, nothing invented', () => {
    const control = generate({ signal: 'p25-control', rate: 48_000, seconds: 4 });
    for (const rate of [25_000, 24_000, 64_000, 96_000, 240_000]) {
      const channels = rate > 75_000 ? [{ frequency: CENTER }] : undefined;
      const heard = hear({ channels, follow: {} }, iqMessages(control, { rate }));
      assert.deepEqual(heard.events, [], `${rate}`);
      assert.deepEqual(heard.calls, [], `${rate}`);
    }
    for (const rate of [24_000, 200_000, 2_400_000]) {
      const channels = rate > 75_000 ? [CONTROL, CENTER].map((frequency) => ({ frequency })) : undefined;
      const heard = hear({ channels, follow: {} }, iqMessages(site, { rate, sizes: [60_000] }));
      assert.deepEqual(heard.calls, [], `${rate}`);
      assert.deepEqual(heard.events, [], `${rate}`);
    }
  });

  it('told the wrong format: no false call', () => {
    for (const format of ['cs8', 'cs16', 'cf32'] as const) {
      const heard = hear(FOLLOW, iqMessages(site.subarray(0, 2 * RATE * 4), { ...WIDE, format }));
      // The two 8-bit formats differ in one bit of each value, through which the signal still shows.
      if (format === 'cs8') onlyTheTruth(heard);
      else assert.deepEqual([heard.events, heard.calls], [[], []]);
    }
  });

  it('flipped bits, bytes overwritten, stretches of zeros and of noise', () => {
    for (const share of [0.0005, 0.01, 0.1]) {
      const hurt = Buffer.from(site);
      for (let n = 0; n < share * hurt.length; n++) hurt[below(hurt.length)] ^= 1 << below(8);
      for (let n = 0; n < 10; n++) {
        const from = below(hurt.length);
        const part = hurt.subarray(from, from + below(60_000));
        if (n % 2) part.fill(n % 4 ? 127 : 0);
        else for (let i = 0; i < part.length; i++) part[i] = below(256);
      }
      onlyTheTruth(hear(FOLLOW, iqMessages(hurt, WIDE)));
    }
  });

  it('stretches of a bare carrier within a call: no other talkgroup, no encryption', () => {
    for (let i = 0; i < 20; i++) {
      const hurt = Buffer.from(voice);
      for (let n = 0; n < 12; n++) {
        const from = below(hurt.length);
        hurt.subarray(from, from + below(20_000)).fill(127 + 60 * below(2));
      }
      const heard = hear({ follow: {} }, iqMessages(hurt));
      onlyTheTruth(heard);
      assert.ok(heard.events.every(({ encrypted }) => !encrypted));
    }
  });

  it('bytes missing or too many: the rest is read all the same', () => {
    const parts: Buffer[] = [];
    for (let at = 0; at < site.length; ) {
      const count = 100_000 + below(400_000);
      parts.push(site.subarray(at, at + count));
      at += count + [0, 2 * below(500), -2 * below(500)][below(3)];
      if (below(3) === 0) parts.push(Buffer.from(Uint8Array.from({ length: 2 * below(2000) }, () => below(256))));
    }
    const heard = hear(FOLLOW, iqMessages(Buffer.concat(parts), WIDE));
    onlyTheTruth(heard);
    assert.ok(heard.counters.decoder.tsbk > 250, `${heard.counters.decoder.tsbk}`);
    assert.ok(heard.calls.some(({ happened, call }) => happened === 'end' && call.length > 4));
  });

  it('blocks lost: the gaps are counted, the call goes on', () => {
    const messages = [...iqMessages(site, WIDE)].filter((_, n, { length }) => n === length - 1 || n % 50 !== 20);
    let seen = 0;
    const told = messages.map((message) => {
      const info = { ...message.info } as Extract<StreamMessage, { port: 'iq' }>['info'];
      info.dropped = info.sample - seen;
      seen = info.sample + message.payload.length / 2;
      return { ...message, info } as StreamMessage;
    });
    const heard = hear(FOLLOW, told);
    onlyTheTruth(heard);
    assert.equal(heard.counters.channelizer.gaps, 7);
    assert.equal(heard.counters.channelizer.lost_samples, 7 * 6600);
    const ended = heard.calls.filter(({ happened }) => happened === 'end');
    assert.equal(ended.length, 1);
    assert.ok([...heard.audio.values()][0].seconds > 5.5);
  });

  it('blocks twice, in the wrong order, or from the past: no harm, and what is in order is read', () => {
    const messages = [...iqMessages(site, WIDE)];
    const last = messages.pop()!;
    const mixed: StreamMessage[] = [];
    messages.forEach((message, n) => {
      mixed.push(message);
      if (n % 40 === 5) mixed.push(message);
      if (n % 40 === 15) mixed.splice(-1, 0, mixed.pop()!, mixed.pop()!);
      if (n % 100 === 60) mixed.push(messages[n - 50]);
    });
    const heard = hear(FOLLOW, [...mixed, last]);
    onlyTheTruth(heard);
    assert.ok(heard.counters.decoder.tsbk > 100, `${heard.counters.decoder.tsbk}`);
  });

  it('a block that cannot be used is refused, and the next ones are taken', () => {
    const good = [...iqMessages(site.subarray(0, 2 * RATE * 2), WIDE)];
    const wrongs = [
      { ...good[3], info: { ...good[3].info, rate: 0 } },
      { ...good[3], info: { ...good[3].info, time: Number.NaN } },
      { ...good[3], info: { ...good[3].info, format: 'cu9' } },
      { ...good[3], payload: good[3].payload.subarray(1) },
      { port: 'audio', payload: Buffer.alloc(7), info: { stream: 'air', rate: 8000, seq: 0, time: START } },
    ] as StreamMessage[];
    let refused = 0;
    function* careful(receive: (message: StreamMessage) => void) {
      for (const [n, message] of good.entries()) {
        for (const wrong of n % 20 === 10 ? wrongs : []) {
          assert.throws(() => receive(wrong), { name: 'TrunkflowError' });
          refused++;
        }
        yield message;
      }
    }
    const heard = hear(FOLLOW, careful);
    const clean = hear(FOLLOW, good);
    assert.ok(refused >= 15);
    assert.deepEqual(heard.events, clean.events);
  });
});
