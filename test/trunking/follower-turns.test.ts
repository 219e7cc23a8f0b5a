import assert from 'node:assert/strict';
import {
  asked,
  calls,
  grant,
  heard,
  play,
  story,
  talker,
  terminator,
  transmission,
  update,
  updates,
} from './support/script';

const F1 = 852_000_000;
const SYSTEM = { shortName: 'county' };

describe('calls that follow one another on a channel', () => {
  const first = transmission(1500, 3120, 100, 7001, 1);
  const second = transmission(3700, 5320, 200, 7002, 2);
  const voice = [...first.voice, ...second.voice];

  for (const [name, ends] of [
    ['with a terminator', [terminator(3160, true), terminator(5360, true)]],
    ['without one', []],
  ] as const)
    it(`the next is no call that is not followed when it is granted before the end of this one, ${name}`, () => {
      const { outputs } = play({
        control: [grant(1000, 100, F1), grant(3050, 200, F1, { source: 7002 })],
        air: { [F1]: { events: [...first.events, ...ends, ...second.events], voice } },
        options: { systems: [SYSTEM] },
      });
      const end = ends.length > 0 ? ['terminator', 'terminator'] : ['regranted', 'silence'];
      assert.deepEqual(story(outputs), ['start 100', `end 100 ${end[0]}`, 'start 200', `end 200 ${end[1]}`]);
      assert.deepEqual(heard(outputs), { 100: Array(81).fill(1), 200: Array(81).fill(2) });
      assert.equal(asked(outputs).length, 2, 'one channel');
    });

  it('the unit that speaks in secret after a clear one has no part in the clear call', () => {
    const clear = transmission(6200, 7280, 100, 7003, 3);
    const sync = { at: 3500, type: 'encryption', encrypted: true, algorithm: 0x84, algorithm_name: '', key_id: 1 };
    const { outputs } = play({
      control: [
        grant(1000, 100, F1, { source: 7001 }),
        grant(3000, 100, F1, { source: 7002, encrypted: true }),
        ...updates(3400, 5800, 100, F1),
        grant(6000, 100, F1, { source: 7003 }),
      ],
      air: {
        [F1]: {
          events: [
            ...first.events,
            terminator(3140, false),
            sync,
            talker(3600, 100, 7002, { encrypted: true }),
            terminator(5300, false),
            ...clear.events,
            terminator(7300, true),
          ],
          voice: [...first.voice, { from: 3600, to: 5250, mark: 99 }, ...clear.voice],
        },
      },
      options: { systems: [SYSTEM] },
    });
    assert.deepEqual(
      calls(outputs).map(({ event, call }) => [event, call.unit, call.reason]),
      [
        ['start', 7001, undefined],
        ['end', 7001, 'encrypted'],
        ['start', 7003, undefined],
        ['end', 7003, 'terminator'],
      ],
    );
    assert.deepEqual(new Set(heard(outputs)[100]), new Set([1, 3]));
  });
});

describe('calls between units', () => {
  const units = (one: object) => ({ ...one, talkgroup: undefined });
  const pair = (at: number, target: number, source: number) => units(talker(at, 0, source, { target })) as never;
  const spoken = [1500, 1860, 2220, 2580].map((at) => pair(at, 4002, 4001));
  const air = { [F1]: { events: [...spoken, terminator(3160, true)], voice: [{ from: 1500, to: 3120, mark: 5 }] } };
  const options = { systems: [SYSTEM], unitCalls: true };

  it('are one call when the grant names one unit and the voice both', () => {
    const { outputs, follower } = play({
      control: [
        units(grant(1000, 0, F1, { target: 4002 })) as never,
        units(update(2000, 0, F1, { target: 4001, source: 4002 })) as never,
        units(update(2400, 0, F1, { target: 4001 })) as never,
      ],
      air,
      options,
    });
    assert.deepEqual(story(outputs), ['start 4002', 'end 4002 terminator']);
    assert.equal(heard(outputs)[4002].length, 81);
    assert.equal(calls(outputs).at(-1)!.call.unit, 4001);
    assert.equal(follower.counters().joined, 2);
    assert.equal(asked(outputs).length, 2);
  });

  it('stay one call when the voice names one unit before a grant names both', () => {
    const named = [1500, 1860, 2220, 2580].map((at) => pair(at, 4002, 0));
    const { outputs } = play({
      control: [
        units(grant(1000, 0, F1, { target: 4002 })) as never,
        units(update(2300, 0, F1, { target: 4002, source: 4001 })) as never,
      ],
      air: { [F1]: { events: [...named, terminator(3160, true)], voice: [{ from: 1500, to: 3120, mark: 5 }] } },
      options,
    });
    assert.deepEqual(story(outputs), ['start 4002', 'end 4002 terminator']);
    assert.equal(heard(outputs)[4002].length, 81);
  });

  it('of other units are others', () => {
    const { outputs } = play({
      control: [
        units(grant(1000, 0, F1, { target: 4002, source: 4001 })) as never,
        units(grant(1200, 0, F1 + 100_000, { target: 4003 })) as never,
        units(grant(1300, 0, F1 + 200_000, { target: 4004, source: 4005 })) as never,
      ],
      air,
      options,
    });
    const started = story(outputs).filter((line) => line.startsWith('start'));
    assert.deepEqual(started, ['start 4002', 'start 4003', 'start 4004']);
  });
});
