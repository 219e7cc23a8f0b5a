import assert from 'node:assert/strict';
import type { PatchEvent } from '../../src/core/events';
import type { Control } from '../../src/core/messages';
import { Follower } from '../../src/trunking/follower';
import type { FollowerOutput } from '../../src/trunking/options';
import { Patches } from '../../src/trunking/patches';
import { System } from '../../src/trunking/system';
import {
  asked,
  calls,
  grant,
  heard,
  patch,
  play,
  type Said,
  story,
  T0,
  terminator,
  transmission,
  updates,
} from './support/script';
import { F1, LOW, playSites, SYSTEM } from './support/sites';

const F2 = 852_100_000;

/** The patches that updates of a call told of, one after the other. */
function patchesTold(outputs: FollowerOutput[]): (number[] | undefined)[] {
  const told = calls(outputs).filter(({ event }) => event === 'update');
  const patches = told.map(({ call }) => call.patched_talkgroups);
  return patches.filter((one, index) => index === 0 || String(one) !== String(patches[index - 1]));
}

describe('patches while calls run', () => {
  const long = transmission(1500, 6000, 100, 7001, 5);
  const air = { [F1]: { events: [...long.events, terminator(6040, true)], voice: long.voice } };

  it('a call whose talkgroup is patched goes on as one call, by its own number', () => {
    const { outputs, follower } = play({
      control: [grant(1000, 100, F1), patch(3000, 'add', [100, 200]), ...updates(3200, 6000, 900, F1)],
      air,
      options: { systems: [SYSTEM] },
    });
    assert.deepEqual(story(outputs), ['start 100', 'end 100 terminator']);
    const { call } = calls(outputs).at(-1)!;
    assert.deepEqual([call.talkgroup, call.patched_talkgroups, call.length], [100, [900, 100, 200], 4.5]);
    assert.ok(calls(outputs).some((output) => output.event === 'update' && output.call.patched_talkgroups));
    assert.equal(follower.counters().joined, 7);
    assert.equal(asked(outputs).length, 2);
  });

  it('and goes on when the patch is over', () => {
    const { outputs } = play({
      control: [
        grant(1000, 100, F1),
        patch(2000, 'add', [100, 200]),
        ...updates(2200, 3900, 900, F1),
        patch(4000, 'delete', [], { dissolved: true }),
        ...updates(4200, 6000, 100, F1),
      ],
      air,
      options: { systems: [SYSTEM] },
    });
    assert.deepEqual(story(outputs), ['start 100', 'end 100 terminator']);
    assert.equal(heard(outputs)[100].length, 225);
    assert.deepEqual(patchesTold(outputs), [undefined, [900, 100, 200], undefined]);
    assert.ok(!('patched_talkgroups' in calls(outputs).at(-1)!.call));
  });

  it('of the supergroup, tells that it stands alone when the patch is over', () => {
    const own = transmission(1500, 6000, 900, 7001, 5);
    const { outputs } = play({
      control: [
        patch(500, 'add', [100, 200]),
        grant(1000, 900, F1),
        patch(4000, 'delete', [], { dissolved: true }),
        ...updates(4200, 6000, 900, F1),
      ],
      air: { [F1]: { events: [...own.events, terminator(6040, true)], voice: own.voice } },
      options: { systems: [SYSTEM] },
    });
    assert.deepEqual(story(outputs), ['start 900', 'end 900 terminator']);
    assert.deepEqual(
      calls(outputs)
        .filter(({ event }) => event !== 'update')
        .map(({ call }) => call.patched_talkgroups),
      [[900, 100, 200], undefined],
    );
  });

  it('and goes on when nobody tells of the patch any more', () => {
    const silent = transmission(1500, 69_000, 100, 7001, 5);
    const { outputs } = play({
      control: [grant(1000, 100, F1), patch(2000, 'add', [100, 200]), ...updates(2200, 69_000, 100, F1, 2000)],
      air: { [F1]: { events: [...silent.events, terminator(69_040, true)], voice: silent.voice } },
      options: { systems: [SYSTEM] },
      seconds: 72,
    });
    assert.deepEqual(story(outputs), ['start 100', 'end 100 terminator']);
    assert.deepEqual(patchesTold(outputs), [undefined, [900, 100, 200], undefined]);
  });

  it('ends with the patch where only another of its talkgroups is held', () => {
    const { outputs } = playSites({
      sources: [LOW],
      controls: {
        'low/851': [
          patch(500, 'add', [100, 200]),
          grant(1000, 900, F1),
          patch(4000, 'delete', [], { dissolved: true }),
          ...updates(4200, 6000, 900, F1),
        ],
      },
      air: { [F1]: transmission(1500, 6000, 900, 7001) },
      commands: [{ at: 0, control: { hold: { talkgroup: 200 } } }],
      options: { systems: [SYSTEM] },
    });
    assert.deepEqual(story(outputs), ['start 900', 'end 900 held']);
  });

  it('two calls that are patched end as one, and no voice gets into the wrong one', () => {
    const other = transmission(1500, 6000, 200, 7002, 6);
    const { outputs } = play({
      control: [grant(1000, 100, F1), grant(1000, 200, F2), patch(3000, 'add', [100, 200])],
      air: { ...air, [F2]: other },
      options: { systems: [SYSTEM] },
    });
    const ends = story(outputs).filter((line) => line.startsWith('end'));
    assert.deepEqual(ends, ['end 200 regranted', 'end 100 terminator']);
    assert.deepEqual(new Set(heard(outputs)[100]), new Set([5]));
    assert.deepEqual(new Set(heard(outputs)[200]), new Set([6]));
  });

  it('tell of other members in the place of the old', () => {
    const { outputs } = play({
      control: [
        patch(500, 'add', [100]),
        grant(1000, 900, F1),
        patch(2000, 'add', [200]),
        patch(2100, 'delete', [100]),
      ],
      air: { [F1]: transmission(1500, 3120, 900, 7001) },
      options: { systems: [SYSTEM] },
    });
    assert.deepEqual(calls(outputs).at(-1)!.call.patched_talkgroups, [900, 200]);
  });
});

describe('patches and what is wanted', () => {
  const run = (
    control: Said[],
    commands: { at: number; control: Control }[] = [],
    talkgroups = '',
    more: object = {},
  ) =>
    story(
      playSites({
        sources: [LOW],
        controls: { 'low/851': [patch(500, 'add', [100, 200]), ...control] },
        air: { [F1]: transmission(1500, 3120, 900, 7001) },
        options: { systems: [{ ...SYSTEM, talkgroups, ...more }] },
        commands,
      }).outputs,
    );
  const avoid = (talkgroup: number) => ({ at: 0, control: { avoid: { talkgroup } } });

  it('avoiding one member leaves the call to who wants the others; avoiding all, or the supergroup, does not', () => {
    assert.deepEqual(run([grant(1000, 900, F1)], [avoid(100)]), ['start 900', 'end 900 silence']);
    assert.deepEqual(run([grant(1000, 100, F1)], [avoid(100), avoid(200)]), ['not_followed 900 avoided']);
    assert.deepEqual(run([grant(1000, 100, F1)], [avoid(900)]), ['not_followed 900 avoided']);
  });

  it('holding a member lets its patch through', () => {
    assert.deepEqual(run([grant(1000, 900, F1)], [{ at: 0, control: { hold: { talkgroup: 200 } } }]), [
      'start 900',
      'end 900 silence',
    ]);
    assert.deepEqual(run([grant(1000, 900, F1)], [{ at: 0, control: { hold: { talkgroup: 300 } } }]), [
      'not_followed 900 held',
    ]);
  });

  it('a member in no table is wanted beside one that is locked out', () => {
    const table = 'Decimal,Mode,Alpha Tag,Priority\n200,D,WORKS,-1\n';
    assert.deepEqual(run([grant(1000, 900, F1)], [], table), ['start 900', 'end 900 silence']);
    assert.deepEqual(run([grant(1000, 900, F1)], [], table, { followUnknown: false }), ['not_followed 900 locked_out']);
  });

  it('a patch of another time is none', () => {
    const patches = new Patches();
    patches.observe({ ...patch(0, 'add', [100]), protocol: 'p25', stream: 's', time: T0 } as unknown as PatchEvent);
    assert.equal(patches.of(100, T0 + 59_000)?.supergroup, 900);
    assert.equal(patches.of(100, T0 + 61_000), undefined);
    assert.equal(patches.of(100, T0 - 86_400_000), undefined);
  });
});

describe('priorities by command', () => {
  it('leave the flags of an unlisted talkgroup as they are', () => {
    const system = new System({ ...SYSTEM, unknownFlags: { record: false } });
    system.setPriority(100, 3);
    assert.equal(system.flags(system.talkgroup(100)).record, false);
  });

  it('of a system that is unknown, or without a number, are refused', () => {
    const follower = new Follower({ systems: [SYSTEM] });
    assert.throws(() => follower.command({ priority: { system: 'other', talkgroup: 1, priority: 2 } }), {
      code: 'bad-message',
    });
    for (const talkgroup of ['', null, true, '1x', -1])
      assert.throws(() => follower.command({ priority: { talkgroup, priority: 2 } }), { code: 'bad-message' });
    assert.throws(() => follower.command({ priority: { talkgroup: 1, priority: true } }), { code: 'bad-message' });
    assert.deepEqual(follower.command({ priority: { talkgroup: '1', priority: '2' } }), []);
  });
});

describe('locking out by command', () => {
  const air = { [F1]: transmission(1500, 6000, 100, 7001) };
  const run = (control: Control, options: object = {}) =>
    playSites({
      sources: [LOW],
      controls: { 'low/851': [grant(1000, 100, F1), ...updates(1400, 6000, 100, F1)] },
      air,
      commands: [{ at: 3000, control }],
      options: { systems: [{ ...SYSTEM, ...options }] },
    }).outputs;

  it('ends the call that runs, once for as long as its grants go on', () => {
    const outputs = run({ priority: { talkgroup: 100, priority: -1 } });
    assert.deepEqual(story(outputs), ['start 100', 'end 100 locked_out']);
    assert.ok(heard(outputs)[100].length < 80);
  });

  it('ends no other call, and a better or worse priority none', () => {
    for (const control of [
      { priority: { talkgroup: 200, priority: -1 } },
      { priority: { talkgroup: 100, priority: 9 } },
    ] as Control[])
      assert.deepEqual(story(run(control)), ['start 100', 'end 100 silence']);
  });
});

describe('talkgroups that are encrypted at times', () => {
  it('are followed in clear by the unit that spoke before an encrypted grant', () => {
    const first = transmission(1500, 2580, 100, 5, 1);
    const second = transmission(5200, 6280, 100, 5, 3);
    const { outputs } = play({
      control: [
        grant(1000, 100, F1, { source: 5 }),
        grant(3300, 100, F1, { source: 6, encrypted: true }),
        ...updates(3500, 4800, 100, F1),
        grant(5000, 100, F1, { source: 5 }),
      ],
      air: {
        [F1]: {
          events: [...first.events, terminator(2600, false), ...second.events, terminator(6300, true)],
          voice: [...first.voice, ...second.voice],
        },
      },
      options: { systems: [SYSTEM] },
    });
    assert.deepEqual(story(outputs), ['start 100', 'end 100 encrypted', 'start 100', 'end 100 terminator']);
    assert.deepEqual(heard(outputs), { 100: [...Array(54).fill(1), ...Array(54).fill(3)] });
    assert.equal(calls(outputs).at(-1)!.call.encrypted, false);
  });

  it('tell algorithm and key also where nobody was named, and free the channel at once', () => {
    const sync = {
      at: 1418,
      type: 'encryption',
      encrypted: true,
      algorithm: 0x84,
      algorithm_name: 'AES-256',
      key_id: 7,
    };
    const { outputs } = play({
      control: updates(1000, 6000, 100, F1),
      air: { [F1]: { events: [sync], voice: [{ from: 1500, to: 6000, mark: 9 }] } },
      options: { systems: [SYSTEM] },
    });
    const { call } = calls(outputs).at(-1)!;
    assert.deepEqual(
      [call.reason, call.algorithm, call.algorithm_name, call.key_id],
      ['encrypted', 0x84, 'AES-256', 7],
    );
    assert.deepEqual(heard(outputs), {});
    const { to } = outputs[outputs.findIndex((output) => output.to === 'calls' && output.event === 'end') + 1];
    assert.equal(to, 'control');
    assert.equal(asked(outputs).length, 2);
  });
});
