import assert from 'node:assert/strict';
import {
  calls,
  encryption,
  grant,
  heard,
  play,
  story,
  T0,
  talker,
  terminator,
  transmission,
  updates,
  voiceOf,
} from './support/script';

const F1 = 852_000_000;
const SYSTEM = { shortName: 'county' };

describe("a call follower keeps out another system's voice on the channel granted", () => {
  const other = (part: ReturnType<typeof transmission>) => ({
    ...part,
    events: part.events.map((event) => ({ ...event, nac: '293' })),
  });

  it('whatever talkgroup it names', () => {
    for (const talkgroup of [100, 555]) {
      const { outputs, follower } = play({
        control: [grant(1000, 100, F1), ...updates(1400, 6000, 100, F1)],
        air: { [F1]: other(transmission(1500, 6000, talkgroup, 9)) },
        seconds: 12,
      });
      assert.deepEqual(heard(outputs), {});
      assert.deepEqual(story(outputs), ['start 100', 'end 100 silence']);
      assert.ok(follower.counters().other_nac > 0);
      assert.ok(follower.counters().foreign_frames > 150);
    }
  });

  it("from where it takes the place of the call's own, until that is back", () => {
    const own = transmission(1500, 2580, 100, 7001);
    const foreign = other(transmission(2700, 3420, 100, 9, 77));
    const back = transmission(3800, 4520, 100, 7001);
    const { outputs } = play({
      control: [grant(1000, 100, F1), ...updates(1400, 5000, 100, F1)],
      air: {
        [F1]: {
          events: [...own.events, ...foreign.events, { ...terminator(3440, true), nac: '293' }, ...back.events],
          voice: [...own.voice, ...foreign.voice, ...back.voice],
        },
      },
    });
    assert.deepEqual(heard(outputs), { 100: Array.from({ length: 54 + 36 }, () => 0) });
    assert.deepEqual(story(outputs), ['start 100', 'end 100 silence']);
  });

  it('but takes a NAC that was set for the system', () => {
    const { outputs } = play({
      control: [grant(1000, 100, F1), ...updates(1400, 2600, 100, F1)],
      air: { [F1]: other(transmission(1500, 2580, 100, 9)) },
      options: { systems: [{ ...SYSTEM, nac: ['3C1', '0x293'] }] },
    });
    assert.equal(heard(outputs)[100].length, 54);
  });
});

describe('calls that nobody granted', () => {
  const stream = 'local/460125000';
  it('makes a call of voice nobody granted', () => {
    const part = transmission(1500, 3660, 1, 77);
    const { outputs } = play({
      control: [],
      others: [{ stream, from: 0, to: 9000, events: part.events, voice: part.voice, frequency: 460_125_000 }],
    });
    assert.deepEqual(story(outputs), ['start 1', 'end 1 silence']);
    const { call } = calls(outputs).at(-1)!;
    assert.equal(call.conventional, true);
    assert.equal(call.freq, 460_125_000);
    assert.equal(call.start_time_ms, T0 + 1500);
    assert.equal(call.sources[0].src, 77);
    assert.equal(voiceOf(outputs)[0].message.info.stream, 'local/call-1');
  });

  it('can be switched off', () => {
    const part = transmission(1500, 3660, 1, 77);
    const { outputs } = play({
      control: [],
      others: [{ stream, from: 0, to: 9000, ...part }],
      options: { conventional: false },
    });
    assert.deepEqual(story(outputs), []);
  });

  it('reports encrypted ones', () => {
    const { outputs } = play({
      control: [],
      others: [
        {
          stream,
          from: 0,
          to: 9000,
          events: [talker(1500, 1, 7), encryption(1680, true), talker(1860, 1, 7)],
          voice: [{ from: 1500, to: 3000, mark: 9 }],
        },
      ],
    });
    assert.deepEqual(story(outputs), ['not_followed 1 encrypted']);
    assert.deepEqual(heard(outputs), {});
  });
});
