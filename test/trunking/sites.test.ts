import assert from 'node:assert/strict';
import type { Control } from '../../src/core/messages';
import { calls, grant, heard, patch, released, type Said, story, talker, updates } from './support/script';
import { atSite, C1, controls, F1, F2, HIGH, LOW, playSites, SYSTEM, stats } from './support/sites';

const system = (at: number, more: object = {}): Said => ({ at, type: 'system', wacn: 'BEE00', system: '3C5', ...more });

describe('whole systems', () => {
  describe('several sources', () => {
    it('opens a voice channel at the source that covers it', () => {
      const { outputs, follower } = playSites({
        sources: [LOW, HIGH],
        controls: { 'low/851': [grant(1000, 100, F2), ...updates(1400, 3000, 100, F2)] },
        air: { [F2]: released(1500, 3120, 100, 7001, 5) },
        options: { systems: [SYSTEM] },
      });
      assert.deepEqual(story(outputs), ['start 100', 'end 100 terminator']);
      assert.deepEqual(heard(outputs)[100], Array(81).fill(5));
      assert.equal(controls(outputs)[0].stream, 'high');
      assert.equal(follower.counters().ended_terminator, 1);
    });

    it('says that a call is outside of all of them', () => {
      const { outputs } = playSites({
        sources: [LOW, HIGH],
        controls: { 'low/851': [grant(1000, 100, 853e6), ...updates(1400, 3000, 100, 853e6)] },
        options: { systems: [SYSTEM] },
      });
      assert.deepEqual(story(outputs), ['not_followed 100 out_of_band']);
      assert.deepEqual(controls(outputs), []);
    });

    it('moves the roaming one to a call that no other covers, and leaves it there while it is needed', () => {
      const { outputs } = playSites({
        sources: [LOW, { stream: 'roam', low: 860e6, high: 862.4e6 }],
        controls: {
          'low/851': [
            grant(1000, 100, 855e6),
            ...updates(1400, 4000, 100, 855e6),
            grant(2500, 200, 870e6),
            ...updates(2600, 3500, 200, 870e6),
          ],
        },
        air: { 855000000: released(1500, 4080, 100, 7001, 5) },
        options: { systems: [SYSTEM], roaming: 'roam' },
      });
      assert.deepEqual(story(outputs), ['start 100', 'not_followed 200 out_of_band', 'end 100 terminator']);
      const tuned = controls(outputs).filter(({ tune }) => tune);
      assert.deepEqual(tuned, [{ stream: 'roam', tune: 855.3e6 }]);
    });
  });

  describe('several sites', () => {
    const spoken = (mark: number, nac: string) => {
      const { events, voice } = released(1500, 3120, 100, 7001, mark);
      return { events: atSite(nac, events), voice };
    };

    it('takes a call of two sites for one, from the site that is heard better', () => {
      const { outputs } = playSites({
        sources: [LOW, HIGH],
        controls: {
          'low/851': atSite('111', [...stats(500, 9000, true, { snr: 9 }), system(400), grant(1000, 100, F1)]),
          'high/855': atSite('222', [...stats(500, 9000, true, { snr: 20 }), system(400), grant(1100, 100, F2)]),
        },
        air: { [F1]: spoken(1, '111'), [F2]: spoken(2, '222') },
        options: { systems: [SYSTEM] },
      });
      assert.deepEqual(story(outputs), ['start 100', 'end 100 terminator']);
      assert.deepEqual(new Set(heard(outputs)[100]), new Set([2]));
      const { call } = calls(outputs).at(-1)!;
      assert.deepEqual([call.freq, call.nac, call.length], [F2, '222', 1.62]);
    });

    it('stays where it is when the other is no better', () => {
      const { outputs } = playSites({
        sources: [LOW, HIGH],
        controls: {
          'low/851': atSite('111', [...stats(500, 9000, true, { snr: 19 }), grant(1000, 100, F1)]),
          'high/855': atSite('222', [...stats(500, 9000, true, { snr: 20 }), grant(1100, 100, F2)]),
        },
        air: { [F1]: spoken(1, '111'), [F2]: spoken(2, '222') },
        options: { systems: [SYSTEM] },
      });
      assert.deepEqual(story(outputs), ['start 100', 'not_followed 100 duplicate', 'end 100 terminator']);
      assert.deepEqual(new Set(heard(outputs)[100]), new Set([1]));
    });

    it('goes to the other site when nothing is heard at the first', () => {
      const { outputs } = playSites({
        sources: [LOW, HIGH],
        controls: {
          'low/851': atSite('111', [
            ...stats(500, 9000, true, { snr: 20 }),
            grant(1000, 100, F1),
            ...updates(1400, 3000, 100, F1),
          ]),
          'high/855': atSite('222', [
            ...stats(500, 9000, true, { snr: 20 }),
            grant(1000, 100, F2),
            ...updates(1400, 3000, 100, F2),
          ]),
        },
        air: { [F2]: spoken(2, '222') },
        options: { systems: [SYSTEM] },
      });
      assert.deepEqual(new Set(heard(outputs)[100]), new Set([2]));
    });

    it('prefers the NAC that the table names', () => {
      const talkgroups = 'Decimal,Mode,Alpha Tag,Preferred NAC\n100,D,FIRE,111\n';
      const { outputs } = playSites({
        sources: [LOW, HIGH],
        controls: {
          'high/855': atSite('222', [...stats(500, 9000, true, { snr: 30 }), grant(1000, 100, F2)]),
          'low/851': atSite('111', [...stats(500, 9000, true, { snr: 9 }), grant(1100, 100, F1)]),
        },
        air: { [F1]: spoken(1, '111'), [F2]: spoken(2, '222') },
        options: { systems: [{ ...SYSTEM, talkgroups }] },
      });
      assert.deepEqual(new Set(heard(outputs)[100]), new Set([1]));
    });

    it('knows sites of one system by WACN and system ID when none is set up', () => {
      const { outputs } = playSites({
        sources: [LOW, HIGH],
        controls: {
          'low/851': atSite('111', [system(100), grant(1000, 100, F1)]),
          'high/855': atSite('222', [system(100), grant(1100, 100, F2)]),
        },
        air: { [F1]: spoken(1, '111'), [F2]: spoken(2, '222') },
      });
      assert.deepEqual(story(outputs), ['start 100', 'not_followed 100 duplicate', 'end 100 terminator']);
    });

    it('keeps systems with equal talkgroup numbers apart', () => {
      const { outputs } = playSites({
        sources: [LOW, HIGH],
        controls: {
          'low/851': atSite('111', [system(100), grant(1000, 100, F1)]),
          'high/855': atSite('222', [system(100, { system: '777' }), grant(1100, 100, F2)]),
        },
        air: { [F1]: spoken(1, '111'), [F2]: spoken(2, '222') },
      });
      assert.deepEqual(story(outputs), ['start 100', 'start 100', 'end 100 terminator', 'end 100 terminator']);
    });
  });

  describe('patches', () => {
    const TABLE = 'Decimal,Mode,Alpha Tag,Priority\n100,D,FIRE 1,3\n200,D,POLICE,1\n300,D,WORKS,-1\n';

    it('make one call of what is granted to the supergroup and to its members', () => {
      const { outputs } = playSites({
        sources: [LOW],
        controls: {
          'low/851': [
            patch(500, 'add', [100, 200]),
            grant(1000, 900, F1),
            grant(1200, 100, F1),
            ...updates(1400, 3000, 200, F1),
          ],
        },
        air: { [F1]: released(1500, 3120, 200, 7001, 5) },
        options: { systems: [{ ...SYSTEM, talkgroups: TABLE }] },
      });
      assert.deepEqual(story(outputs), ['start 900', 'end 900 terminator']);
      const { call } = calls(outputs).at(-1)!;
      assert.deepEqual(call.patched_talkgroups, [900, 100, 200]);
      assert.equal(call.talkgroup_alpha_tag, 'FIRE 1 + POLICE');
      assert.equal(call.length, 1.62);
    });

    it('end with the message that dissolves them, and when nothing is heard of them', () => {
      const { outputs } = playSites({
        sources: [LOW],
        controls: {
          'low/851': [patch(500, 'add', [100]), patch(900, 'delete', [], { dissolved: true }), grant(1000, 100, F1)],
        },
        air: { [F1]: released(1500, 3120, 100, 7001, 5) },
        options: { systems: [{ ...SYSTEM, talkgroups: TABLE }] },
      });
      assert.deepEqual(story(outputs), ['start 100', 'end 100 terminator']);
    });

    it('are followed when one of their talkgroups is wanted, though another is locked out', () => {
      const { outputs } = playSites({
        sources: [LOW],
        controls: { 'low/851': [patch(500, 'add', [100, 300]), grant(1000, 900, F1)] },
        air: { [F1]: released(1500, 3120, 900, 7001, 5) },
        options: { systems: [{ ...SYSTEM, talkgroups: TABLE, followUnknown: false }] },
      });
      assert.deepEqual(story(outputs), ['start 900', 'end 900 terminator']);
    });

    it('that begin during a call are told with it', () => {
      const { outputs } = playSites({
        sources: [LOW],
        controls: { 'low/851': [grant(1000, 900, F1), patch(2000, 'add', [100])] },
        air: { [F1]: released(1500, 3120, 900, 7001, 5) },
        options: { systems: [SYSTEM] },
      });
      assert.deepEqual(calls(outputs).at(-1)!.call.patched_talkgroups, [900, 100]);
    });
  });

  describe('commands', () => {
    const control = [
      grant(1000, 100, F1),
      ...updates(1400, 8000, 100, F1),
      grant(2000, 200, C1 + 500_000),
      ...updates(2200, 8000, 200, C1 + 500_000),
    ];
    const air = { [F1]: released(1500, 8040, 100, 7001, 1), [C1 + 500_000]: released(2300, 8040, 200, 7002, 2) };
    const run = (commands: { at: number; control: Control }[]) =>
      story(
        playSites({ sources: [LOW], controls: { 'low/851': control }, air, commands, options: { systems: [SYSTEM] } })
          .outputs,
      );

    it('hold a talkgroup: other calls end, and begin again when it is lifted', () => {
      assert.deepEqual(
        run([
          { at: 4000, control: { hold: { talkgroup: 100 } } },
          { at: 6000, control: { hold: null } },
        ]),
        ['start 100', 'start 200', 'end 200 held', 'start 200', 'end 100 terminator', 'end 200 terminator'],
      );
    });

    it('avoid a talkgroup for a time that passes on the air', () => {
      assert.deepEqual(run([{ at: 4000, control: { avoid: { system: 'county', talkgroup: 200, minutes: 1 / 30 } } }]), [
        'start 100',
        'start 200',
        'end 200 avoided',
        'start 200',
        'end 100 terminator',
        'end 200 terminator',
      ]);
    });

    it('lock a talkgroup out by its priority, and let it in again', () => {
      const lockOut = { at: 0, control: { priority: { talkgroup: 200, priority: -1 } } };
      assert.deepEqual(run([lockOut]), ['start 100', 'not_followed 200 locked_out', 'end 100 terminator']);
      const again = { at: 5000, control: { priority: { talkgroup: '200', priority: null } } };
      assert.ok(run([lockOut, again]).includes('start 200'));
    });

    it('decide by a priority of the moment who gets the last channel', () => {
      const options = { systems: [SYSTEM], maxCalls: 1 };
      const commands = [{ at: 0, control: { priority: { system: 'county', talkgroup: 100, priority: 5 } } }];
      const { outputs } = playSites({ sources: [LOW], controls: { 'low/851': control }, air, commands, options });
      assert.ok(story(outputs).includes('end 100 preempted'));
    });

    it('are refused when they cannot be understood', () => {
      for (const wrong of [
        { hold: 7 } as Control,
        { priority: { talkgroup: 1 } },
        { skip: true },
        {},
        { priority: { talkgroup: 1, priority: 2000 } },
      ])
        assert.throws(() => run([{ at: 0, control: wrong }]), { code: 'bad-message' });
    });
  });

  describe('encryption', () => {
    it('is told with algorithm and key', () => {
      const { outputs } = playSites({
        sources: [LOW],
        controls: { 'low/851': [grant(1000, 100, F1), ...updates(1400, 3000, 100, F1)] },
        air: {
          [F1]: {
            events: [
              talker(1420, 100, 7001),
              {
                at: 1430,
                type: 'encryption',
                encrypted: true,
                algorithm: 0x84,
                algorithm_name: 'AES-256',
                key_id: 0x1234,
              },
            ],
            voice: [{ from: 1500, to: 3120, mark: 1 }],
          },
        },
        options: { systems: [SYSTEM] },
      });
      const { call } = calls(outputs).at(-1)!;
      assert.deepEqual(
        [call.reason, call.algorithm, call.algorithm_name, call.key_id],
        ['encrypted', 0x84, 'AES-256', 0x1234],
      );
      assert.deepEqual(heard(outputs), {});
    });
  });
});
