import assert from 'node:assert/strict';
import { Follower } from '../../src/trunking/follower';
import type { FollowerOutput } from '../../src/trunking/options';
import { grant, messages, released, type Said, story, updates } from './support/script';
import { C1, C2, controls, F2, HIGH, huntStory, LOW, playSites, SYSTEM, stats } from './support/sites';

describe('control channels', () => {
  const hunted = { ...SYSTEM, controlChannels: [[C1, C2, 858e6]], nac: ['3C1'] };

  it('are looked for one after the other, and the calls of the one that is read are followed', () => {
    const { outputs } = playSites({
      sources: [LOW, HIGH],
      air: {
        [C1]: { events: stats(1000, 20000, false), voice: [] },
        [C2]: {
          events: [...stats(6000, 20000, true), grant(8000, 100, F2), ...updates(8400, 9500, 100, F2)],
          voice: [],
        },
        [F2]: released(8500, 9580, 100, 7001, 5),
      },
      seconds: 14,
      options: { systems: [hunted] },
    });
    assert.deepEqual(huntStory(outputs), ['trying 851', 'failed 851 no carrier', 'trying 855', 'locked 855']);
    assert.deepEqual(story(outputs), ['start 100', 'end 100 terminator']);
  });

  it('that are lost are looked for at the alternates the site named, then where it was', () => {
    const alternate: Said = { at: 2500, type: 'secondary_control_channel', frequency: 850.5e6 };
    const { outputs } = playSites({
      sources: [LOW],
      air: {
        [C1]: {
          events: [...stats(1000, 3000, true), alternate, ...stats(3000, 9000, false), ...stats(13000, 20000, true)],
          voice: [],
        },
        850500000: { events: stats(9000, 13000, false), voice: [] },
      },
      seconds: 18,
      options: { systems: [hunted] },
    });
    assert.deepEqual(huntStory(outputs), [
      'trying 851',
      'locked 851',
      'lost 851 no carrier',
      'trying 850.5',
      'failed 850.5 no carrier',
      'trying 851',
      'locked 851',
    ]);
  });

  it('of another system are left at once', () => {
    const { outputs } = playSites({
      sources: [LOW, HIGH],
      air: {
        [C1]: { events: [{ at: 500, type: 'system', nac: '999' }], voice: [] },
        [C2]: { events: stats(1000, 9000, true), voice: [] },
      },
      options: { systems: [hunted] },
    });
    assert.deepEqual(huntStory(outputs), ['trying 851', 'failed 851 wrong_system', 'trying 855', 'locked 855']);
  });

  it('that no source covers are waited for', () => {
    const { outputs } = playSites({
      sources: [{ stream: 'x', low: 1e8, high: 1.02e8 }],
      options: { systems: [hunted] },
    });
    assert.deepEqual(huntStory(outputs), ['waiting 0 out_of_band']);
  });

  it('of two sites are looked for at the same time', () => {
    const { outputs } = playSites({
      sources: [LOW, HIGH],
      air: {
        [C1]: { events: stats(1000, 9000, true), voice: [] },
        [C2]: { events: stats(1000, 9000, true), voice: [] },
      },
      options: { systems: [{ ...hunted, controlChannels: [[C1], [C2]] }] },
    });
    assert.deepEqual(huntStory(outputs), [
      'trying 851',
      'waiting 0 out_of_band',
      'trying 855',
      'locked 851',
      'locked 855',
    ]);
  });
});

describe('control channels that give trouble', () => {
  const hunted = { ...SYSTEM, controlChannels: [[C1, C2]], nac: ['3C1'] };
  const band = (follower: Follower, stream: string, low: number, high: number, state = 'covered') =>
    follower.handle({ port: 'event', payload: { type: 'band', state, stream, low, high } });
  const refusals = (outputs: FollowerOutput[]) =>
    controls(outputs).flatMap(({ stream, open }) => {
      if (!open) return [];
      const { id, frequency } = open as { id: string; frequency: number };
      return [{ type: 'channel', state: 'refused', id, stream: `${stream}/${id}`, frequency, reason: 'too_many' }];
    });

  it('are not asked for round and round when they are refused, but later again', () => {
    const follower = new Follower({ systems: [hunted] });
    const outputs = band(follower, 'low', 850e6, 856e6);
    for (let round = 0; round < 20; round++)
      for (const payload of refusals(outputs.splice(0))) outputs.push(...follower.handle({ port: 'event', payload }));
    assert.equal(follower.hunting()[0].state, 'waiting');
    const later = messages({ stream: 'other/1', from: 0, to: 5000, events: stats(0, 5000, true), end: false });
    const again = later.flatMap((message) => follower.handle(message));
    assert.deepEqual(huntStory(again), ['trying 851']);
  });

  it('are left slowly when all are of other systems', () => {
    const foreign = (from: number) =>
      Array.from({ length: 400 }, (_, index) => ({ at: from + index * 50, type: 'system', nac: '999' }));
    const events = (from: number) => [...foreign(from), ...stats(from, from + 20_000, true)];
    const { outputs } = playSites({
      sources: [LOW, HIGH],
      air: { [C1]: { events: events(100), voice: [] }, [C2]: { events: events(100), voice: [] } },
      seconds: 20,
      options: { systems: [hunted] },
    });
    const told = huntStory(outputs);
    assert.ok(told.length < 20, told.join());
    assert.ok(!told.some((line) => line.startsWith('locked')), told.join());
  });

  it('are looked for first where they were, after the source came back', () => {
    const follower = new Follower({ systems: [hunted] });
    const outputs = band(follower, 'both', 850e6, 858e6);
    const say = (id: string, from: number, events: Said[]) => {
      for (const message of messages({ stream: `both/${id}`, from, to: from + 10_000, events, end: false }))
        outputs.push(...follower.handle(message));
    };
    say(`control-county-${C1}`, 0, stats(0, 5000, false));
    say(`control-county-${C2}`, 5000, stats(5000, 9000, true));
    outputs.push(...band(follower, 'both', 850e6, 858e6, 'ended'));
    outputs.push(...band(follower, 'both', 850e6, 858e6));
    assert.deepEqual(huntStory(outputs), [
      'trying 851',
      'failed 851 no carrier',
      'trying 855',
      'locked 855',
      'waiting 0 no_source',
      'trying 855',
    ]);
  });

  it('keep the roaming source where it is, and are looked for elsewhere first', () => {
    const roam = { stream: 'a-roam', low: 850e6, high: 858e6 };
    const run = (sources: (typeof LOW)[]) =>
      controls(
        playSites({
          sources,
          controls: { 'own/860': [grant(3000, 100, 870e6), ...updates(3200, 5000, 100, 870e6)] },
          air: { [C1]: { events: stats(500, 9000, true), voice: [] } },
          options: { systems: [{ ...SYSTEM, controlChannels: [[C1]] }], roaming: 'a-roam' },
        }).outputs,
      ).flatMap(({ stream, tune }) => (tune ? [stream] : []));
    const own = { stream: 'own', low: 859e6, high: 861e6 };
    assert.deepEqual(run([roam, own]), []);
    assert.deepEqual(run([roam, own, LOW]), ['a-roam']);
  });
});
