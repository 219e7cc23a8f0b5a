import assert from 'node:assert/strict';
import { readListeningCommand } from '../../src/trunking/listening-command';
import { channelCall, isBefore, ListeningRules } from '../../src/trunking/listening-rules';
import { callInfo } from './audio';
import { pageModule } from './page-module';

const MINUTE = 60_000;

/** The nodes' rules, and those the page gets from the build. */
for (const [where, load] of [
  ['nodes', async () => ListeningRules],
  [
    'page',
    async () => (await pageModule<{ ListeningRules: typeof ListeningRules }>('listening-rules.js')).ListeningRules,
  ],
] as const)
  describe(`listening rules of the ${where}`, () => {
    let Rules: typeof ListeningRules;
    let now: number;
    let rules: ListeningRules;
    before(async () => {
      Rules = await load();
    });
    beforeEach(() => {
      now = 1_000_000;
      rules = new Rules({ now: () => now });
    });
    const call = (more: object = {}) => callInfo({ talkgroup: 1, ...more });
    const one = { system: 'county', talkgroup: 1 };

    it('hears everything but what is not for listening', () => {
      assert.equal(rules.refusal(call()), null);
      assert.equal(rules.refusal(call({ listen: true })), null);
      assert.equal(rules.refusal(call({ listen: false })), 'listen_off');
    });

    it('holds a talkgroup or a system', () => {
      rules.hold = { system: 'county' };
      assert.equal(rules.mayHear(call()), true);
      assert.equal(rules.refusal(call({ sys_name: 'city' })), 'held');
      rules.hold = { system: 'county', talkgroup: 1 };
      rules.avoid(one, null);
      assert.equal(rules.mayHear(call()), true, 'what is held is heard');
      assert.equal(rules.refusal(call({ talkgroup: 2 })), 'held');
      assert.equal(rules.refusal(call({ sys_name: 'city' })), 'held', 'the same number of another system');
      assert.equal(rules.mayHear(call({ talkgroup: 2, patched_talkgroups: [2, 1] })), true);
      assert.equal(rules.refusal(call({ listen: false })), 'listen_off');
      rules.hold = { system: 'county' };
      assert.equal(rules.refusal(call()), 'avoided', 'within a system that is held, avoiding goes on');
    });

    it('avoids for a time, until it is lifted, or one call only', () => {
      rules.avoid(one, 30);
      assert.equal(rules.refusal(call()), 'avoided');
      assert.equal(rules.mayHear(call({ sys_name: 'city' })), true);
      assert.equal(rules.avoidance(one)!.until, now + 30 * MINUTE);
      now += 30 * MINUTE - 1;
      assert.equal(rules.mayHear(call()), false);
      now += 1;
      assert.equal(rules.mayHear(call()), true);
      assert.deepEqual(rules.avoiding(), []);
      rules.avoid(one, null);
      now += 1000 * MINUTE;
      assert.equal(rules.mayHear(call()), false);
      rules.lift(one);
      rules.avoidCall('x');
      assert.equal(rules.mayHear(call({ id: 'x' })), false);
      assert.equal(rules.mayHear(call({ id: 'y' })), true);
      rules.liftAll();
      assert.equal(rules.mayHear(call({ id: 'x' })), true);
    });

    it('goes through the times when asked again and again', () => {
      const steps = Array.from({ length: 6 }, () => rules.avoidNext(one)).map((entry) =>
        entry ? entry.minutes : 'heard',
      );
      assert.deepEqual(steps, [null, 30, 60, 120, 'heard', null]);
      assert.equal(rules.avoidNext(one)!.minutes, 30);
      now += 31 * MINUTE;
      assert.equal(rules.avoidNext(one)!.minutes, null, 'from the beginning once it is over');
      rules.avoid(one, 5);
      assert.equal(rules.avoidNext(one), null, 'a time a flow has set is lifted');
    });

    it('keeps what was avoided, with its times, and within bounds', () => {
      rules.avoid(one, 30);
      const later = new Rules({ now: () => now + 29 * MINUTE });
      later.restore(JSON.parse(JSON.stringify(rules.avoiding())));
      assert.equal(later.mayHear(call()), false);
      for (let talkgroup = 0; talkgroup < 3000; talkgroup++) rules.avoid({ system: 'b', talkgroup }, null);
      assert.equal(rules.avoiding().length, 1000);
    });

    it('asks what a person has chosen, of patched talkgroups any', () => {
      const chosen = new Rules({ selected: ({ talkgroup }) => talkgroup === 5 });
      assert.equal(chosen.refusal(call()), 'not_selected');
      assert.equal(chosen.mayHear(call({ patched_talkgroups: [1, 5] })), true);
      chosen.hold = { system: 'county', talkgroup: 1 };
      assert.equal(chosen.mayHear(call()), true);
    });
  });

describe('order of calls', () => {
  it('puts emergencies first, then priorities', () => {
    const call = (more: object) => callInfo({ priority: 4, ...more });
    assert.ok(isBefore(call({ emergency: true, priority: 1 }), call({ priority: 7 })));
    assert.ok(isBefore(call({ priority: 5 }), call({})));
    assert.ok(!isBefore(call({}), call({})));
    const channel = channelCall('fm/146520000', 146_520_000, 'x');
    assert.deepEqual([channel.sys_name, channel.talkgroup], ['fm', 146_520_000]);
    assert.ok(isBefore(call({}), channel));
  });
});

describe('commands for listening', () => {
  it('reads what a flow says', () => {
    const system = 'county';
    for (const [control, command] of [
      [{ hold: { system } }, { hold: { system } }],
      [{ hold: { system, talkgroup: '7', more: 1 } }, { hold: { system, talkgroup: 7 } }],
      [{ hold: null }, { hold: null }],
      [{ avoid: { system, talkgroup: 7 } }, { avoid: { system, talkgroup: 7, minutes: null } }],
      [{ avoid: { system, talkgroup: 7, minutes: 30 } }, { avoid: { system, talkgroup: 7, minutes: 30 } }],
      [{ avoid: null }, { lift: 'all' }],
      [{ lift: { system, talkgroup: 7 } }, { lift: { system, talkgroup: 7 } }],
      [{ lift: 'all' }, { lift: 'all' }],
      [
        { pause: true, skip: true },
        { pause: true, skip: 'call' },
      ],
      [{ skip: 'all' }, { skip: 'all' }],
      [{ skip: false, pause: false }, { pause: false }],
      [{ replay: true }, { replay: true }],
    ])
      assert.deepEqual(readListeningCommand(control as never), command, JSON.stringify(control));
  });

  it('names what it cannot use', () => {
    for (const control of [
      {},
      { tune: 851e6 },
      { hold: 'county' },
      { hold: true },
      { hold: { system: 'a', talkgroup: -1 } },
      { avoid: { talkgroup: 7 } },
      { avoid: 7 },
      { avoid: { system: 'a', talkgroup: 7, minutes: 0 } },
      { avoid: { system: 'a', talkgroup: 7, minutes: 'long' } },
      { lift: 'some' },
      { pause: 'yes' },
      { skip: 2 },
    ])
      assert.throws(() => readListeningCommand(control as never), { code: 'bad-message', status: 'bad command' });
  });
});
