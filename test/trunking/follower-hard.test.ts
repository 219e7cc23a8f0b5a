import assert from 'node:assert/strict';
import type { PortMessage } from '../../src/core/messages';
import { Follower } from '../../src/trunking/follower';
import type { FollowerOutput } from '../../src/trunking/options';
import { uniform } from '../support/random';
import {
  asked,
  CONTROL,
  calls,
  grant,
  messages,
  play,
  story,
  T0,
  terminator,
  transmission,
  update,
  updates,
} from './support/script';

const F1 = 852_000_000;

describe('call follower: storms, stalls and garbage', () => {
  it('bounds 10,000 grants of as many talkgroups', () => {
    const control = Array.from({ length: 10_000 }, (_, i) => grant(1000 + i, i + 1, F1 + (i % 500) * 12_500));
    const { outputs, follower } = play({ control, seconds: 16, options: { maxCalls: 4 } });
    const { counters } = { counters: follower.counters() };
    assert.equal(counters.grants, 10_000);
    assert.equal(calls(outputs).filter(({ event }) => event === 'not_followed').length, 10_000 - counters.calls);
    assert.ok(counters.calls < 60, `${counters.calls} calls`);
    const opens = asked(outputs).filter((text) => text.startsWith('open')).length;
    assert.equal(opens, asked(outputs).length - opens, 'every channel opened was closed');
  });

  it('bounds 10,000 grants of one call', () => {
    const control = Array.from({ length: 10_000 }, (_, i) => grant(1000 + i * 2, 100, F1, { source: 1 + (i % 7) }));
    const { outputs, follower } = play({ control, air: { [F1]: transmission(1200, 21_000, 100, 3) }, seconds: 24 });
    assert.deepEqual(story(outputs), ['start 100', 'end 100 silence']);
    assert.equal(asked(outputs).length, 2);
    assert.ok(calls(outputs).length < 20, `${calls(outputs).length} messages`);
    assert.equal(follower.counters().joined, 9_999);
  });

  it('bounds two talkgroups granted on one channel in turn: its voice decides', () => {
    const control = Array.from({ length: 4000 }, (_, i) => update(1000 + i * 4, 100 + (i % 2), F1));
    const { outputs } = play({ control, air: { [F1]: transmission(1500, 15_000, 101, 3) }, seconds: 20 });
    assert.deepEqual(story(outputs), [
      'start 100',
      'not_followed 101 duplicate',
      'end 100 regranted',
      'start 101',
      'not_followed 100 duplicate',
      'end 101 silence',
    ]);
    assert.equal(asked(outputs).length, 2);
  });

  it('does without voice channels: a call is told not to be followed, and nothing waits for ever', () => {
    const follower = new Follower({ maxCalls: 2 });
    const outputs: FollowerOutput[] = [];
    const events = [...updates(1000, 30_000, 100, F1), ...updates(20_000, 30_000, 200, F1 + 1e6)];
    let waited = 0;
    for (const message of messages({ stream: CONTROL, from: 0, to: 40_000, events, end: false })) {
      const given = follower.handle(message);
      if (given.some(({ to }) => to === 'calls') && message.port === 'voice') {
        waited = Math.max(waited, message.info.time - T0);
      }
      outputs.push(...given);
    }
    assert.deepEqual(story(outputs), ['not_followed 100 no_channel', 'not_followed 200 no_channel']);
    assert.ok(waited < 27_000, `told at ${waited}`);
    assert.deepEqual(follower.active(), []);
  });

  it('goes on when a live voice channel stalls, and ends its call by the time of the others', () => {
    const follower = new Follower();
    const outputs: FollowerOutput[] = [];
    const control = messages({
      stream: CONTROL,
      from: 0,
      to: 20_000,
      events: updates(1000, 20_000, 100, F1),
      end: false,
    });
    const voice = messages({
      stream: 'site/voice-1',
      from: 1000,
      to: 4000,
      ...transmission(1500, 4000, 100, 1),
      end: false,
    });
    const time = (message: PortMessage) => (message.port === 'event' ? message.payload.time! : message.info.time);
    for (const message of [...control, ...voice].sort((a, b) => time(a) - time(b)))
      outputs.push(...follower.handle(message));
    assert.deepEqual(story(outputs), ['start 100', 'end 100 silence']);
    assert.equal(follower.active().length, 0);
    follower.close();
    assert.equal(follower.counters().stalled, 1);
  });

  it('begins anew when a source starts again without an end', () => {
    const follower = new Follower();
    const run = (): FollowerOutput[] => {
      const outputs: FollowerOutput[] = [];
      for (const message of messages({
        stream: 'loop',
        from: 0,
        to: 12_000,
        ...transmission(1500, 9000, 5, 1),
        end: false,
      }))
        outputs.push(...follower.handle(message));
      return outputs;
    };
    assert.deepEqual(story(run()), ['start 5', 'end 5 silence']);
    const [first, second] = [run(), run()];
    assert.deepEqual(story(first), story(second));
    assert.deepEqual(story(second), ['start 5', 'end 5 silence']);
  });

  it('ends the calls of a source that ends, and closes every channel when it stops', () => {
    const { outputs } = play({
      control: updates(1000, 3000, 100, F1),
      air: { [F1]: transmission(1200, 3000, 100, 1) },
      seconds: 3,
    });
    assert.deepEqual(story(outputs), ['start 100', 'end 100 stream_end']);
    const follower = new Follower();
    for (const message of messages({
      stream: CONTROL,
      from: 0,
      to: 3000,
      events: updates(500, 3000, 100, F1),
      end: false,
    }))
      follower.handle(message);
    assert.deepEqual(asked(follower.close()), ['close voice-1']);
  });

  it('survives random events and fields', () => {
    const next = uniform(99);
    const follower = new Follower({ unitCalls: true, maxCalls: 3 });
    const garbage: unknown[] = [
      undefined,
      null,
      Number.NaN,
      -1,
      1e99,
      'x',
      '',
      {},
      [],
      true,
      12,
      852e6,
      T0,
      Symbol.iterator,
      2 ** 31,
      0.5,
    ];
    const types = [
      'grant',
      'talker',
      'encryption',
      'terminator',
      'system',
      'stats',
      'channel',
      'constructor',
      '__proto__',
      '',
      'x',
    ];
    const keys = [
      'stream',
      'time',
      'talkgroup',
      'source',
      'target',
      'frequency',
      'encrypted',
      'update',
      'call',
      'slot',
      'nac',
      'protocol',
      'priority',
      'id',
      'state',
      'reason',
      'data',
      'emergency',
    ];
    const streams = ['site/851000000', 'site/voice-1', 'site/voice-2', 'other', 'site', 'x/y/z', '/', 'voice-1'];
    const any = <T>(list: T[]): T => list[Math.floor(next() * list.length)];
    const control = messages({ stream: CONTROL, from: 0, to: 60_000, end: false });
    let at = 0;
    let outputs = 0;
    for (let i = 0; i < 100_000; i++) {
      if (i % 100 === 0) outputs += follower.handle(control[at++ % control.length]).length;
      const payload: Record<string, unknown> = {
        type: any(types),
        stream: any(streams),
        time: T0 + i * 0.6 + next() * 300,
        talkgroup: Math.floor(next() * 50),
        frequency: F1 + Math.floor(next() * 9) * 12_500,
        encrypted: next() < 0.3,
        protocol: 'p25',
        nac: '3C1',
      };
      for (let n = Math.floor(next() * 4); n > 0; n--) payload[any(keys)] = any(garbage);
      outputs += follower.handle({ port: 'event', payload: payload as never }).length;
      if (next() < 0.2) {
        const frames = Math.floor(next() * 4);
        const info = {
          stream: any(streams),
          seq: i,
          time: T0 + i * 0.6,
          codec: 'imbe' as const,
          format: 'soft' as const,
          frames,
          duration: frames * 20,
          frequency: F1,
          errors: 0,
          end: next() < 0.02,
        };
        outputs += follower.handle({ port: 'voice', payload: Buffer.alloc(frames * 144), info }).length;
      }
    }
    outputs += follower.close().length;
    assert.ok(outputs > 0);
    assert.equal(follower.active().length, 0);
    assert.ok(follower.counters().bad_events > 1000);
  });

  it('takes no voice channel that was closed while its words still waited for a site', () => {
    const follower = new Follower({ systems: [{ shortName: 'county' }] });
    const told: string[] = [];
    const take = (list: PortMessage[]) => told.push(...story(list.flatMap((message) => follower.handle(message))));
    take(messages({ stream: CONTROL, from: 0, to: 2000, events: [grant(1000, 100, F1)], end: false }));
    // The voice channel is ahead of the control channel: what it repeats waits, and comes after its own release.
    const { events, voice } = transmission(1200, 2280, 100, 1);
    const said = [...events, terminator(2300, true), grant(2900, 200, F1 + 1e6), grant(2950, 300, F1 + 2e6)];
    take(messages({ stream: 'site/voice-1', from: 1000, to: 8000, events: said, voice, end: false }));
    take(messages({ stream: CONTROL, from: 2000, to: 8000, end: false }));
    take(messages({ stream: 'site/voice-2', from: 2900, to: 8000, end: false }));
    assert.deepEqual(told, ['start 100', 'end 100 terminator']);
    follower.close();
    assert.equal(follower.counters().grants, 1);
  });

  it('holds no more of 2,000 idle channels than a little each', () => {
    const follower = new Follower();
    global.gc?.();
    const before = process.memoryUsage().heapUsed;
    for (let n = 0; n < 2000; n++) {
      for (const message of messages({ stream: `s${n % 20}/${n}`, from: 0, to: 600, end: false }))
        follower.handle(message);
    }
    const grown = (process.memoryUsage().heapUsed - before) / 1e6;
    assert.ok(grown < 60, `${grown.toFixed(1)} MB`);
  });
});
