import assert from 'node:assert/strict';
import {
  calls,
  encryption,
  grant,
  heard,
  play,
  story,
  talker,
  terminator,
  transmission,
  updates,
} from './support/script';

const F1 = 852_000_000;

describe('encrypted calls', () => {
  it('stops at once when the header says so, and records nothing', () => {
    const { outputs } = play({
      control: updates(1000, 6000, 100, F1),
      air: {
        [F1]: {
          events: [talker(1418, 100, 1), encryption(1418, true), talker(1500, 100, 1), encryption(1680, true)],
          voice: [{ from: 1500, to: 6000, mark: 9 }],
        },
      },
    });
    assert.deepEqual(story(outputs), ['start 100', 'end 100 encrypted']);
    assert.deepEqual(heard(outputs), {});
    assert.equal(calls(outputs).at(-1)!.call.encrypted, true);
  });

  it('holds voice back until the encryption is known when the header was missed', () => {
    const { outputs, follower } = play({
      control: updates(1000, 6000, 100, F1),
      air: {
        [F1]: { events: [talker(1500, 100, 1), encryption(1680, true)], voice: [{ from: 1500, to: 6000, mark: 9 }] },
      },
    });
    assert.deepEqual(story(outputs), ['start 100', 'end 100 encrypted']);
    assert.deepEqual(heard(outputs), {});
    assert.ok(follower.counters().encrypted_frames >= 9);
  });

  it('ends a call whose encrypted voice names nobody', () => {
    const { outputs } = play({
      control: updates(1000, 6000, 100, F1),
      air: { [F1]: { events: [encryption(1418, true)], voice: [{ from: 1500, to: 6000, mark: 9 }] } },
    });
    assert.deepEqual(story(outputs), ['start 100', 'end 100 encrypted']);
    assert.deepEqual(heard(outputs), {});
  });

  it('keeps what was clear when the next talker is encrypted', () => {
    const clear = transmission(1500, 2580, 100, 1, 11);
    const { outputs } = play({
      control: updates(1000, 6000, 100, F1),
      air: {
        [F1]: {
          events: [...clear.events, terminator(2600, false), talker(3000, 100, 2), encryption(3000, true)],
          voice: [...clear.voice, { from: 3082, to: 5000, mark: 99 }],
        },
      },
    });
    assert.deepEqual(story(outputs), ['start 100', 'end 100 encrypted']);
    assert.deepEqual(heard(outputs), { 100: Array(54).fill(11) });
    assert.equal(calls(outputs).at(-1)!.call.encrypted, false);
  });

  it('tries again for another unit, or when the grants had paused', () => {
    const { outputs } = play({
      control: [
        grant(1000, 100, F1, { source: 5, encrypted: true }),
        ...updates(1200, 3000, 100, F1),
        grant(3100, 100, F1, { source: 6 }),
      ],
      air: { [F1]: transmission(3300, 4380, 100, 6) },
    });
    assert.deepEqual(story(outputs), ['not_followed 100 encrypted', 'start 100', 'end 100 silence']);
  });
});
