import assert from 'node:assert/strict';
import { joinCommanded } from '../../src/trunking/commanded';
import { Follower } from '../../src/trunking/follower';
import { messages } from './support/script';
import { stats } from './support/sites';

const SYSTEM = { shortName: 'county' };

describe('what commands have asked of a follower', () => {
  it('is told by talkgroup, until it is lifted or over', () => {
    const follower = new Follower({ systems: [SYSTEM] });
    const pass = (from: number, to: number) => {
      for (const message of messages({ stream: 'site/851', from, to, events: stats(from, to, true), end: false }))
        follower.handle(message);
    };
    pass(0, 2000);
    assert.deepEqual(follower.commanded('county'), { hold: null, talkgroups: [] });
    follower.command({ avoid: { talkgroup: 200, minutes: 2 } });
    follower.command({ avoid: { talkgroup: 300 } });
    follower.command({ hold: { talkgroup: 100 }, priority: { talkgroup: 100, priority: 5 } });
    follower.command({ priority: { talkgroup: 400, priority: -1 } });
    const hold = { system: 'county', talkgroup: 100 };
    assert.deepEqual(follower.commanded('county'), {
      hold,
      talkgroups: [
        { talkgroup: 100, held: true, priority: 5 },
        { talkgroup: 200, avoided: 2 },
        { talkgroup: 300, avoided: null },
        { talkgroup: 400, priority: -1 },
      ],
    });
    pass(2000, 92_000);
    assert.deepEqual(follower.commanded('county').talkgroups[1], { talkgroup: 200, avoided: 1 });
    pass(92_000, 123_000);
    follower.command({ hold: null, lift: { talkgroup: 300 }, priority: { talkgroup: 400, priority: null } });
    assert.deepEqual(follower.commanded('county'), { hold: null, talkgroups: [{ talkgroup: 100, priority: 5 }] });
  });

  it('a hold of another system, or of a whole one, is told too', () => {
    const follower = new Follower({ systems: [SYSTEM, { shortName: 'city' }] });
    follower.command({ hold: { system: 'city', talkgroup: 7 } });
    assert.deepEqual(follower.commanded('county'), { hold: { system: 'city', talkgroup: 7 }, talkgroups: [] });
    assert.deepEqual(follower.commanded('city').talkgroups, [{ talkgroup: 7, held: true }]);
    follower.command({ hold: { system: 'city' } });
    assert.deepEqual(follower.commanded('city'), { hold: { system: 'city' }, talkgroups: [] });
  });

  it('of several followers is told as one', () => {
    const hold = { system: 'county', talkgroup: 2 };
    const joined = joinCommanded([
      { hold: null, talkgroups: [{ talkgroup: 3, priority: 4 }] },
      {
        hold,
        talkgroups: [
          { talkgroup: 2, held: true },
          { talkgroup: 3, priority: 5, avoided: null },
        ],
      },
    ]);
    assert.deepEqual(joined, {
      hold,
      talkgroups: [
        { talkgroup: 2, held: true },
        { talkgroup: 3, priority: 4, avoided: null },
      ],
    });
  });
});
