import assert from 'node:assert/strict';
import { Follower } from '../../src/trunking/follower';
import { StreamClock } from '../../src/trunking/stream-clock';
import { messages } from './support/script';
import { stats } from './support/sites';

const MINUTE = 60_000;

/** Lets a source's time run from one moment to another, in seconds. */
function run(clock: StreamClock, source: string, from: number, to: number): void {
  for (let second = from; second <= to; second++) clock.observe(source, 1000 * second);
}

describe('stream time of a follower', () => {
  it('passes as a source runs on, and not twice as fast with two', () => {
    const clock = new StreamClock();
    for (let second = 0; second <= 600; second++) {
      clock.observe('live', 1_700_000_000_000 + 1000 * second);
      clock.observe('recording', 1_400_000_000_000 + 1000 * second);
    }
    assert.ok(Math.abs(clock.now - 10 * MINUTE) <= 10_000, `${clock.now}`);
  });

  it('goes on where a recording begins again, and takes another one for no time that has passed', () => {
    const clock = new StreamClock();
    for (let loop = 0; loop < 4; loop++) run(clock, 'file', 0, 120);
    const looped = clock.now;
    assert.ok(looped > 7.5 * MINUTE && looped <= 8 * MINUTE, `${looped}`);
    run(clock, 'file', 1_000_000, 1_000_060);
    assert.ok(clock.now - looped <= MINUTE);
  });

  it('goes on with another source when the first falls silent', () => {
    const clock = new StreamClock();
    run(clock, 'a', 0, 60);
    run(clock, 'b', 5000, 5060);
    assert.ok(clock.now > 1.9 * MINUTE && clock.now <= 2 * MINUTE, `${clock.now}`);
  });

  it('does not count what comes late in its stream', () => {
    const clock = new StreamClock();
    for (let second = 0; second <= 600; second++) {
      clock.observe('a', 1000 * second);
      clock.observe('a', 1000 * second - 400);
    }
    assert.ok(clock.now <= 10 * MINUTE && clock.now > 9.8 * MINUTE, `${clock.now}`);
  });

  it('keeps a talkgroup avoided for its minutes beside a source of other years, and over the end of a recording', () => {
    const follower = new Follower({ systems: [{ shortName: 'county' }] });
    const pass = (stream: string, from: number, seconds: number) => {
      const to = from + 1000 * seconds;
      for (const message of messages({ stream, from, to, events: stats(from, to, true), end: false }))
        follower.handle(message);
    };
    const avoided = () => follower.commanded('county').talkgroups.map(({ avoided: left }) => left);
    const ago = -8 * 365 * 86_400_000;
    pass('old/851', ago, 20);
    follower.command({ avoid: { talkgroup: 100, minutes: 2 } });
    pass('live/851', 0, 20);
    assert.deepEqual(avoided(), [2]);
    for (let loop = 0; loop < 5; loop++) pass('old/851', ago, 30);
    assert.deepEqual(avoided(), []);
  });
});
