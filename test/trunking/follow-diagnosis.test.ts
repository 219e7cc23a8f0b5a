import assert from 'node:assert/strict';
import type { CallInfo } from '../../src/core/messages';
import { FollowDiagnosis } from '../../src/trunking/follow-diagnosis';
import { Follower } from '../../src/trunking/follower';
import { grant, messages, updates } from './support/script';
import { stats } from './support/sites';

/** A minute in seconds: statistics of a channel each second, and calls by the second in which they were told. */
function minute(calls: Record<number, string>, { locked = () => true as boolean, seconds = 60 } = {}) {
  const clock = { now: 0 };
  const diagnosis = new FollowDiagnosis(clock);
  const events = [];
  for (let second = 0; second < seconds; second++) {
    clock.now = 1000 * second;
    const reason = calls[second];
    if (reason) {
      const call = { reason, conventional: false } as CallInfo;
      const event = reason === 'start' ? 'start' : 'not_followed';
      diagnosis.told({ to: 'calls', event, topic: 'county/1', call });
    }
    const event = diagnosis.heard({ stream: 'site', time: 1000 * second, locked: locked() });
    if (event) events.push(event);
  }
  return { diagnosis, events };
}

describe('follow diagnosis', () => {
  it('says that all calls are encrypted', () => {
    const { diagnosis, events } = minute({ 3: 'encrypted', 8: 'encrypted', 9: 'encrypted' });
    assert.deepEqual(
      events.map(({ node, state, code, words }) => [node, state, code, words]),
      [['follower', 'problem', 'encrypted', 'all encrypted']],
    );
    assert.equal(diagnosis.problem?.words, 'all encrypted');
  });

  it('says the most frequent reason, with how many calls', () => {
    const { diagnosis } = minute({ 3: 'encrypted', 8: 'out_of_band', 9: 'out_of_band', 10: 'out_of_band' });
    assert.equal(diagnosis.problem?.words, '3 out of band');
  });

  it('says nothing while a call was followed within the minute, nor of wishes and calls heard anyway', () => {
    assert.deepEqual(minute({ 3: 'encrypted', 8: 'start' }).events, []);
    assert.equal(minute({ 3: 'held', 8: 'duplicate', 9: 'avoided' }).diagnosis.problem, null);
  });

  it('forgets after a minute, and tells that it is over', () => {
    const { diagnosis, events } = minute({ 3: 'no_channel' }, { seconds: 100 });
    assert.deepEqual(
      events.map(({ code }) => code),
      ['no_channel', 'ok'],
    );
    assert.equal(diagnosis.problem, null);
  });

  it('says when another system is read than those that are set up', () => {
    const run = (ownRead: boolean) => {
      const clock = { now: 0 };
      const diagnosis = new FollowDiagnosis(clock);
      const told = Array.from({ length: 30 }, (_, second) => {
        clock.now = 1000 * second;
        return diagnosis.heard({ stream: 'site', time: clock.now, locked: true }, { ownRead, others: 7 * second });
      });
      return told.flatMap((event) => event?.code ?? []);
    };
    assert.deepEqual(run(false), ['wrong_system']);
    assert.deepEqual(run(true), []);
  });

  it('is told beside a recording of other years', () => {
    const follower = new Follower({ systems: [{ shortName: 'county' }] });
    const told: string[] = [];
    const streams = ['live/851', 'old/851'].map((stream, index) => {
      const events = [
        { at: 50, type: 'system' },
        ...stats(100, 30_000, true),
        grant(1000, 100, 852e6, { encrypted: true }),
        ...(index === 0 ? updates(1500, 30_000, 100, 852e6) : []),
      ];
      return messages({ stream, from: 0, to: 30_000, events, end: false });
    });
    const ago = 8 * 365 * 86_400_000;
    for (let at = 0; at < Math.max(...streams.map(({ length }) => length)); at++)
      for (const [index, list] of streams.entries()) {
        const message = list[at];
        if (!message) continue;
        if (index === 1 && message.port === 'event') message.payload.time! -= ago;
        if (index === 1 && message.port === 'voice') message.info.time -= ago;
        for (const output of follower.handle(message))
          if (output.to === 'systems' && output.event.type === 'diagnosis') told.push(output.event.words);
      }
    assert.deepEqual(told, ['all encrypted']);
  });

  it('is told by a follower, until a site of its own is read', () => {
    const follower = new Follower({ systems: [{ shortName: 'county', nac: ['3C1'] }] });
    const told: string[] = [];
    const read = (from: number, to: number, nac: string) => {
      const words = Array.from({ length: (to - from) / 500 }, (_, n) => ({
        ...grant(from + 500 * n, 100, null),
        nac,
      }));
      const events = [{ at: from, type: 'system', nac }, ...stats(from + 100, to, true), ...words];
      for (const message of messages({ stream: 'site/851', from, to, events, end: false }))
        for (const output of follower.handle(message))
          if (output.to === 'systems' && output.event.type === 'diagnosis') told.push(output.event.code);
    };
    read(0, 30_000, '293');
    assert.deepEqual(told, ['wrong_system']);
    assert.equal(follower.problem?.words, 'another system');
    read(30_000, 60_000, '3C1');
    assert.deepEqual(told, ['wrong_system', 'unknown_frequency']);
  });

  it('says when no channel is read for a minute', () => {
    const { events } = minute({}, { locked: () => false, seconds: 90 });
    assert.deepEqual(
      events.map(({ code }) => code),
      ['nothing_read'],
    );
  });
});
