import assert from 'node:assert/strict';
import type { PortMessage } from '../../src/core/messages';
import { Follower } from '../../src/trunking/follower';
import type { FollowerOptions, FollowerOutput } from '../../src/trunking/options';
import { asked, grant, heard, messages, type Said, story, transmission } from './support/script';
import { playSites } from './support/sites';

const F1 = 852_000_000;
const SYSTEM = { shortName: 'county' };

describe('a follower that takes the place of another', () => {
  const take = (follower: Follower, list: PortMessage[]): FollowerOutput[] =>
    list.flatMap((message) => follower.handle(message));
  const control = (from: number, to: number, events: Said[]) =>
    messages({ stream: 'site/851', from, to, events, end: false });

  it('takes late voice and the end of the old channels not for its own', () => {
    const options: Partial<FollowerOptions> = { systems: [SYSTEM], channelPrefix: 'voice-0a1b2c' };
    const first = new Follower(options);
    take(first, control(0, 2000, [grant(1000, 100, F1)]));
    const old = messages({
      stream: 'site/voice-0a1b2c-1',
      from: 1000,
      to: 4000,
      ...transmission(1200, 3900, 100, 1, 1),
    });
    const half = old.length / 2;
    take(first, old.slice(0, half));
    assert.ok(asked(first.close()).includes('close voice-0a1b2c-1'));
    assert.equal(first.channelsAsked, 1);

    const second = new Follower({ ...options, channelsBefore: first.channelsAsked });
    const outputs = take(second, control(2000, 4000, [grant(2500, 200, F1 + 100_000)]));
    const air = transmission(2700, 5400, 200, 2, 2);
    outputs.push(
      ...take(second, messages({ stream: 'site/voice-0a1b2c-2', from: 2500, to: 4000, ...air, end: false })),
      ...take(second, old.slice(half)),
      ...take(second, control(4000, 6000, [])),
      ...take(second, messages({ stream: 'site/voice-0a1b2c-2', from: 4000, to: 6000, ...air, end: false })),
    );
    assert.deepEqual(story(outputs), ['start 200']);
    assert.deepEqual(Object.keys(heard(outputs)), ['200']);
    assert.deepEqual(new Set(heard(outputs)[200]), new Set([2]));
    assert.equal(second.active().length, 1);
    second.close();
  });
});

describe('two sites that come in by turns on a control channel', () => {
  it('are both remembered: a word of the other does not make the own one unknown', () => {
    const { outputs } = playSites({
      sources: [{ stream: 'low', low: 850e6, high: 853e6 }],
      controls: {
        'low/851': [
          { at: 100, type: 'system', nac: '3C1', wacn: 'BEE00', system: '3C5' },
          { at: 700, type: 'system', nac: '999', wacn: '12345', system: '001' },
          grant(1000, 100, F1, { slot: 1 }),
        ],
      },
      air: { [F1]: transmission(1500, 3120, 100, 7001) },
      options: { systems: [SYSTEM] },
    });
    const opened = outputs.flatMap((output) =>
      output.to === 'control' && output.control.open ? [output.control.open as { signal: object }] : [],
    );
    assert.deepEqual(
      opened.map(({ signal }) => signal),
      [{ protocol: 'p25-phase2', slot: 1, wacn: 'BEE00', system: '3C5', nac: '3C1' }],
    );
    assert.deepEqual(story(outputs), ['start 100', 'end 100 silence']);
  });
});
