import assert from 'node:assert/strict';
import type { CallInfo } from '../../src/core/messages';
import { FollowDiagnosis } from '../../src/trunking/follow-diagnosis';

/** A minute in seconds: statistics of a channel each second, and calls by the second in which they were told. */
function minute(calls: Record<number, string>, { locked = () => true as boolean, seconds = 60 } = {}) {
  const diagnosis = new FollowDiagnosis();
  const events = [];
  for (let second = 0; second < seconds; second++) {
    const reason = calls[second];
    if (reason) {
      const call = { reason, start_time_ms: 1000 * second, conventional: false } as CallInfo;
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

  it('says when no channel is read for a minute', () => {
    const { events } = minute({}, { locked: () => false, seconds: 90 });
    assert.deepEqual(
      events.map(({ code }) => code),
      ['nothing_read'],
    );
  });
});
