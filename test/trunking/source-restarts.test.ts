import assert from 'node:assert/strict';
import type { PortMessage } from '../../src/core/messages';
import { Follower } from '../../src/trunking/follower';
import type { FollowerOutput } from '../../src/trunking/options';
import { grant, messages, story, T0, talker, transmission, updates } from './support/script';
import { controls, F1, F2, HIGH, LOW, opened, SYSTEM } from './support/sites';

describe('sources that begin again', () => {
  const take = (follower: Follower, list: PortMessage[]): FollowerOutput[] =>
    list.flatMap((message) => follower.handle(message));

  for (const first of ['an event', 'voice'])
    it(`end no calls of others but those in their band, whose ${first} comes first`, () => {
      const follower = new Follower({ systems: [SYSTEM] });
      for (const { stream, low, high } of [LOW, HIGH])
        follower.handle({ port: 'event', payload: { type: 'band', state: 'covered', stream, low, high } });
      const events = [grant(1000, 100, F1), grant(1000, 200, F2), ...updates(1400, 30_000, 100, F1)];
      const control = messages({ stream: 'low/851', from: 0, to: 30_000, events, end: false });
      const own = transmission(1200, 29_000, 100, 1);
      const lent = transmission(1200, 12_000, 200, 2);
      const voices = [
        ...messages({ stream: 'low/voice-1', from: 1000, to: 30_000, ...own, frequency: F1, end: false }),
        ...messages({ stream: 'high/voice-2', from: 500, to: 9000, ...lent, frequency: F2, end: false }),
        ...messages({ stream: 'low/x', from: 0, to: 30_000, end: false }),
      ];
      const time = (message: PortMessage) => (message.port === 'event' ? message.payload.time! : message.info.time);
      const outputs: FollowerOutput[] = [];
      const play = (from: number, to: number) => {
        const part = [...control, ...voices].filter((m) => time(m) >= T0 + from && time(m) < T0 + to);
        outputs.push(
          ...take(
            follower,
            part.sort((a, b) => time(a) - time(b)),
          ),
        );
      };
      play(0, 9000);
      assert.equal(follower.active().length, 2);
      outputs.push(
        ...take(
          follower,
          messages({
            stream: 'high/voice-2',
            from: 0,
            to: 60,
            events: first === 'voice' ? [] : [talker(10, 200, 2)],
            end: false,
          }),
        ),
      );
      assert.deepEqual(
        follower.active().map(({ talkgroup }) => talkgroup),
        [100],
      );
      assert.deepEqual(story(outputs).sort(), ['end 200 stream_end', 'start 100', 'start 200']);
      follower.close();
    });

  it('are followed from their first grant on, also after their last channel elsewhere', () => {
    const follower = new Follower({ systems: [SYSTEM] });
    for (const { stream, low, high } of [LOW, HIGH])
      follower.handle({ port: 'event', payload: { type: 'band', state: 'covered', stream, low, high } });
    const run = () => {
      const events = [grant(7000, 200, F2)];
      const first = follower.counters().calls ?? 0;
      const outputs = take(follower, messages({ stream: 'low/851', from: 6000, to: 9000, events, end: false }));
      const [{ id }] = opened(outputs);
      const air = transmission(7200, 9000, 200, 2);
      outputs.push(...take(follower, messages({ stream: `high/${id}`, from: 6500, to: 9000, ...air, end: false })));
      outputs.push(...take(follower, messages({ stream: 'low/851', from: 9000, to: 9060 })));
      outputs.push(...take(follower, messages({ stream: `high/${id}`, from: 9000, to: 13_000, end: false })));
      assert.equal(follower.counters().calls - first, 1);
      return outputs;
    };
    assert.deepEqual(story(run()), ['start 200', 'end 200 silence']);
    assert.deepEqual(story(run()), ['start 200', 'end 200 silence']);
    assert.equal(follower.counters().late ?? 0, 0);
  });

  it('close their channels, which a channelizer would open again', () => {
    const follower = new Follower({ systems: [SYSTEM] });
    const outputs = take(
      follower,
      messages({ stream: 'low/851', from: 0, to: 3000, events: [grant(500, 100, F1)], end: false }),
    );
    outputs.push(...take(follower, messages({ stream: 'low/voice-1', from: 500, to: 3000 })));
    outputs.push(...take(follower, messages({ stream: 'low/851', from: 3000, to: 3060 })));
    const closed = controls(outputs).flatMap(({ close }) => close ?? []);
    assert.deepEqual(closed, [{ id: 'voice-1' }]);
  });
});

describe('channels of another call follower', () => {
  it('are no conventional channels, though both hear the same decoder', () => {
    const heardBy = (channelPrefix: string) => {
      const follower = new Follower({ systems: [SYSTEM], channelPrefix });
      const air = transmission(500, 2300, 100, 1);
      const stream = 'low/voice-0a1b2c-3';
      const list = messages({ stream, from: 0, to: 5000, ...air, frequency: F1 });
      return story(list.flatMap((message) => follower.handle(message)));
    };
    assert.deepEqual(heardBy('voice-ffffff'), []);
    assert.deepEqual(heardBy('voice-0a1b2c'), []);
  });
});
