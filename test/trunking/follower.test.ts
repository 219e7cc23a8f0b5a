import assert from 'node:assert/strict';
import { Follower } from '../../src/trunking/follower';
import {
  asked,
  calls,
  encryption,
  grant,
  heard,
  play,
  type Said,
  type Spoken,
  story,
  T0,
  talker,
  terminator,
  transmission,
  update,
  updates,
  voiceOf,
} from './support/script';

const F1 = 852_000_000;
const F2 = 853_000_000;
const F3 = 854_000_000;

const TABLE = [
  'Decimal,Hex,Mode,Alpha Tag,Description,Tag,Category,Priority',
  '100,64,D,FIRE 1,Fire dispatch,Fire Dispatch,Fire,1',
  '200,c8,D,POLICE,Police,Law,Law,5',
  '300,12c,D,WORKS,Works,Public Works,Works,-1',
  '400,190,DE,SECRET,Secret,Law Tac,Law,1',
].join('\n');
const SYSTEM = { shortName: 'county', talkgroups: TABLE, unitTags: '7001,Engine 4\n' };

describe('call follower', () => {
  it('follows a granted call from its grant to its release', () => {
    const air = transmission(1500, 3660, 100, 7001);
    const { outputs } = play({
      control: [grant(1000, 100, F1, { source: 7001 }), ...updates(1400, 3600, 100, F1)],
      air: { [F1]: { events: [...air.events, terminator(3700, true)], voice: air.voice } },
      options: { systems: [SYSTEM] },
      seconds: 8,
    });
    assert.deepEqual(story(outputs), ['start 100', 'end 100 terminator']);
    assert.deepEqual(asked(outputs), [`open ${F1}`, 'close voice-1']);
    const [start] = calls(outputs);
    assert.equal(start.topic, 'county/100');
    assert.equal(start.call.state, 'active');
    const last = calls(outputs).at(-1)!.call;
    assert.equal(last.id, `county_100_${(T0 + 1000) / 1000}_1`);
    assert.equal(last.id, start.call.id);
    assert.equal(last.length, 2.16);
    assert.equal(last.start_time_ms, T0 + 1000);
    assert.equal(last.stop_time_ms, T0 + 3660);
    assert.equal(last.talkgroup_alpha_tag, 'FIRE 1');
    assert.equal(last.talkgroup_group, 'Fire');
    assert.equal(last.talkgroup_tag, 'Fire Dispatch');
    assert.equal(last.freq, F1);
    assert.equal(last.freq_error, 50);
    assert.equal(last.nac, '3C1');
    assert.deepEqual(last.sources, [
      { src: 7001, time: T0 / 1000 + 1, pos: 0, emergency: 0, signal_system: '', tag: 'Engine 4' },
    ]);
    const voice = voiceOf(outputs).map(({ message }) => message);
    assert.equal(voice[0].info.stream, 'site/call-1');
    assert.deepEqual(
      voice.map(({ info }) => info.seq),
      voice.map((_, index) => index),
    );
    assert.equal(
      voice.reduce((sum, { info }) => sum + info.frames, 0),
      108,
    );
    assert.equal(voice[0].info.time, T0 + 1500);
    assert.equal(voice.at(-1)!.info.end, true);
    assert.equal(voice.at(-1)!.info.call!.state, 'ended');
    assert.equal(voice.at(-1)!.info.call!.stop_time_ms, T0 + 3660);
  });

  it('opens the channel from the time of the grant', () => {
    const { outputs } = play({ control: [grant(1000, 100, F1)], seconds: 5 });
    const open = outputs.find((output) => output.to === 'control')!;
    assert.deepEqual(open.control, { stream: 'site', open: { frequency: F1, id: 'voice-1', from: T0 + 1000 } });
  });

  it('joins re-grants and updates into the running call', () => {
    const air = transmission(1500, 9000, 100, 7001);
    const { outputs, follower } = play({
      control: [grant(1000, 100, F1), grant(1100, 100, F1), ...updates(1400, 9000, 100, F1, 50)],
      air: { [F1]: air },
    });
    assert.deepEqual(story(outputs), ['start 100', 'end 100 silence']);
    assert.equal(follower.counters().joined, 153);
  });

  it('lists every transmission of a call with its unit and position', () => {
    const first = transmission(1500, 2580, 100, 7001);
    const second = transmission(3300, 4020, 100, 7002);
    const third = transmission(4500, 5220, 100, 7001);
    const { outputs } = play({
      control: [grant(1000, 100, F1), ...updates(1400, 5000, 100, F1)],
      air: {
        [F1]: {
          events: [
            ...first.events,
            terminator(2600, false),
            ...second.events,
            terminator(4040, false),
            ...third.events,
            terminator(5240, true),
          ],
          voice: [...first.voice, ...second.voice, ...third.voice],
        },
      },
      seconds: 9,
    });
    assert.deepEqual(story(outputs), ['start 100', 'end 100 terminator']);
    const { call } = calls(outputs).at(-1)!;
    assert.deepEqual(
      call.sources.map(({ src, pos }) => [src, pos]),
      [
        [7001, 0],
        [7002, 1.08],
        [7001, 1.8],
      ],
    );
    assert.equal(call.length, 2.52);
    assert.deepEqual(
      calls(outputs)
        .filter(({ event }) => event === 'update')
        .map(({ call: { unit } }) => unit),
      [7001, 7002, 7001],
    );
  });

  it('ends a call after a transmission that nobody answers', () => {
    const air = transmission(1500, 2580, 100, 7001);
    const { outputs } = play({
      control: [grant(1000, 100, F1), ...updates(1400, 2600, 100, F1)],
      air: { [F1]: { events: [...air.events, terminator(2600, false)], voice: air.voice } },
      seconds: 9,
    });
    assert.deepEqual(story(outputs), ['start 100', 'end 100 terminator']);
    assert.equal(calls(outputs).at(-1)!.call.stop_time_ms, T0 + 2580);
  });

  it('ends a call by silence though its grants go on, and does not start it again without voice', () => {
    const air = transmission(1500, 2580, 100, 7001);
    const { outputs } = play({
      control: [grant(1000, 100, F1, { source: 7001 }), ...updates(1400, 18000, 100, F1, 100)],
      air: { [F1]: air },
    });
    assert.deepEqual(story(outputs), ['start 100', 'end 100 silence']);
    assert.equal(calls(outputs).at(-1)!.call.stop_time_ms, T0 + 2580);
    const { outputs: mute } = play({ control: updates(1000, 18000, 100, F1, 100) });
    assert.deepEqual(story(mute), ['start 100', 'end 100 silence']);
    assert.deepEqual(heard(mute), {});
  });

  it('starts a new call when voice comes back on a channel that is still granted', () => {
    const first = transmission(1500, 2580, 100, 7001);
    const second = transmission(9000, 10080, 100, 7002, 7);
    const { outputs } = play({
      control: [grant(1000, 100, F1), ...updates(1400, 11000, 100, F1)],
      air: { [F1]: { events: [...first.events, ...second.events], voice: [...first.voice, ...second.voice] } },
    });
    assert.deepEqual(story(outputs), ['start 100', 'end 100 silence', 'start 100', 'end 100 silence']);
    assert.deepEqual(asked(outputs), [`open ${F1}`, 'close voice-1']);
    assert.equal(calls(outputs).at(-1)!.call.length, 1.08);
  });

  it('keeps late updates from starting a released call again, but follows the next grant', () => {
    const first = transmission(1500, 2580, 100, 7001);
    const second = transmission(4000, 5080, 100, 7001);
    const { outputs } = play({
      control: [grant(1000, 100, F1), update(2600, 100, F1), update(3000, 100, F1), grant(3600, 100, F1)],
      air: {
        [F1]: {
          events: [...first.events, terminator(2600, true), ...second.events, terminator(5100, true)],
          voice: [...first.voice, ...second.voice],
        },
      },
    });
    assert.deepEqual(story(outputs), ['start 100', 'end 100 terminator', 'start 100', 'end 100 terminator']);
    assert.deepEqual(asked(outputs), [`open ${F1}`, 'close voice-1', `open ${F1}`, 'close voice-2']);
  });

  describe('does not follow, and says why once', () => {
    const cases: [string, number, Parameters<typeof play>[0]][] = [
      ['encrypted', 200, { control: [grant(1000, 200, F1, { encrypted: true }), ...updates(1200, 5000, 200, F1)] }],
      ['encrypted', 400, { control: [grant(1000, 400, F1), ...updates(1200, 5000, 400, F1)] }],
      ['locked_out', 300, { control: [grant(1000, 300, F1), ...updates(1200, 5000, 300, F1)] }],
      ['out_of_band', 100, { control: [grant(1000, 100, F3), ...updates(1200, 5000, 100, F3)], refuse: [F3] }],
      ['data', 55, { control: [grant(1000, 55, F1, { data: true }), grant(1400, 55, F1, { data: true })] }],
      ['unknown_frequency', 100, { control: [grant(1000, 100, null), grant(1400, 100, null)] }],
      ['unknown_system', 100, { control: [grant(1000, 100, F1, { slot: 1 }), grant(1400, 100, F1, { slot: 1 })] }],
      ['unit_call', 9, { control: [grant(1000, 0, F1, { talkgroup: undefined, target: 9, source: 8 })] }],
    ];
    for (const [reason, talkgroup, script] of cases) {
      it(`${reason}: ${talkgroup}`, () => {
        const { outputs, follower } = play({ ...script, options: { systems: [SYSTEM] } });
        assert.equal(calls(outputs).length, 1, story(outputs).join(', '));
        const [{ event, call }] = calls(outputs);
        assert.equal(event, 'not_followed');
        assert.equal(call.state, 'not_followed');
        assert.equal(call.reason, reason);
        assert.equal(call.talkgroup, talkgroup);
        assert.equal(call.encrypted, reason === 'encrypted');
        assert.equal(follower.counters()[`not_followed_${reason}`], 1);
        assert.deepEqual(voiceOf(outputs), []);
      });
    }

    it('unknown talkgroups, when only those of the table are wanted', () => {
      const { outputs } = play({
        control: updates(1000, 5000, 777, F1),
        options: { systems: [{ ...SYSTEM, followUnknown: false }] },
      });
      assert.deepEqual(story(outputs), ['not_followed 777 unknown_talkgroup']);
    });

    it('tells it again for the next call of the talkgroup', () => {
      const { outputs } = play({
        control: [...updates(1000, 3000, 300, F1), ...updates(8000, 10000, 300, F1)],
        options: { systems: [SYSTEM] },
      });
      assert.deepEqual(story(outputs), ['not_followed 300 locked_out', 'not_followed 300 locked_out']);
    });

    it('no channel: all are busy with calls as important', () => {
      const { outputs } = play({
        control: [grant(1000, 100, F1), ...updates(1100, 6000, 100, F1), ...updates(2000, 6000, 101, F2)],
        air: { [F1]: transmission(1500, 6000, 100, 1), [F2]: transmission(2500, 6000, 101, 2) },
        options: { maxCalls: 1 },
        seconds: 7,
      });
      assert.deepEqual(story(outputs), ['start 100', 'not_followed 101 no_channel', 'end 100 stream_end']);
    });

    it('duplicate: the same call at another site of the system', () => {
      const { outputs } = play({
        control: [grant(1000, 100, F1), ...updates(1100, 4000, 100, F1)],
        air: { [F1]: transmission(1500, 4000, 100, 1) },
        options: { systems: [SYSTEM] },
        others: [{ stream: 'site/851500000', from: 0, to: 20000, events: updates(1300, 4000, 100, F2) }],
      });
      assert.deepEqual(story(outputs), ['start 100', 'not_followed 100 duplicate', 'end 100 silence']);
    });
  });

  it('follows a call late when a channel becomes free', () => {
    const { outputs } = play({
      control: [grant(1000, 100, F1), ...updates(1100, 3000, 100, F1), ...updates(2000, 9000, 101, F2)],
      air: {
        [F1]: {
          events: [...transmission(1500, 3120, 100, 1).events, terminator(3140, true)],
          voice: [{ from: 1500, to: 3120, mark: 1 }],
        },
        [F2]: transmission(2500, 9000, 101, 2),
      },
      options: { maxCalls: 1 },
    });
    assert.deepEqual(story(outputs), [
      'start 100',
      'not_followed 101 no_channel',
      'end 100 terminator',
      'start 101',
      'end 101 silence',
    ]);
  });

  it('follows a call when its frequency becomes known', () => {
    const { outputs } = play({
      control: [grant(1000, 100, null), ...updates(1500, 5000, 100, F1)],
      air: { [F1]: transmission(1500, 5000, 100, 1) },
    });
    assert.deepEqual(story(outputs), ['not_followed 100 unknown_frequency', 'start 100', 'end 100 silence']);
  });

  it('takes the channel of the least important call for a more important one, not of an equal one', () => {
    const busy = {
      [F1]: transmission(1200, 9000, 200, 1),
      [F2]: transmission(2200, 9000, 100, 2),
      [F3]: transmission(3200, 9000, 101, 3),
    };
    const { outputs } = play({
      control: [...updates(1000, 9000, 200, F1), ...updates(2000, 9000, 100, F2), ...updates(3000, 9000, 101, F3)],
      air: busy,
      options: { systems: [SYSTEM], maxCalls: 1 },
      seconds: 10,
    });
    assert.deepEqual(story(outputs), [
      'start 200',
      'end 200 preempted',
      'start 100',
      'not_followed 200 no_channel',
      'not_followed 101 no_channel',
      'end 100 stream_end',
    ]);
    assert.deepEqual(new Set(heard(outputs)[100]), new Set([0]));
  });

  it('gives an emergency the highest priority', () => {
    const { outputs } = play({
      control: [...updates(1000, 9000, 100, F1), grant(2000, 200, F2, { emergency: true })],
      air: { [F1]: transmission(1200, 9000, 100, 1), [F2]: transmission(2200, 9000, 200, 2) },
      options: { systems: [SYSTEM], maxCalls: 1 },
      seconds: 10,
    });
    assert.deepEqual(story(outputs).slice(0, 3), ['start 100', 'end 100 preempted', 'start 200']);
    assert.equal(calls(outputs).find(({ call }) => call.talkgroup === 200)!.call.emergency, true);
  });

  it('does not open a second channel for a re-grant on another frequency, but moves', () => {
    const first = transmission(1500, 2580, 100, 7001, 1);
    const second = transmission(3500, 4580, 100, 7002, 2);
    const { outputs, follower } = play({
      control: [grant(1000, 100, F1), grant(3200, 100, F2), ...updates(3400, 4500, 100, F2)],
      air: { [F1]: { events: [...first.events, terminator(2600, false)], voice: first.voice }, [F2]: second },
    });
    assert.deepEqual(story(outputs), ['start 100', 'end 100 silence']);
    assert.deepEqual(asked(outputs), [`open ${F1}`, 'close voice-1', `open ${F2}`, 'close voice-2']);
    assert.deepEqual(heard(outputs)[100], [...Array(54).fill(1), ...Array(54).fill(2)]);
    assert.equal(calls(outputs).at(-1)!.call.freq, F2);
    assert.equal(follower.counters().moved, 1);
  });

  it('stays on a channel that is spoken in, and bounds a storm of moves', () => {
    const storm = Array.from({ length: 10_000 }, (_, index) => update(1000 + index * 2, 100, index % 2 ? F1 : F2));
    const { outputs } = play({ control: storm, air: { [F2]: transmission(1500, 15000, 100, 1) }, seconds: 24 });
    assert.ok(asked(outputs).length < 40, `${asked(outputs).length} commands`);
    assert.ok(story(outputs).length <= 6, story(outputs).join(', '));
  });

  describe('never lets voice of one call into another', () => {
    it('the tail of the call before, on the channel granted', () => {
      const tail = transmission(500, 1800, 200, 1, 66);
      const own = transmission(2200, 4000, 100, 2, 11);
      const { outputs } = play({
        control: [grant(1000, 100, F1), ...updates(1400, 4000, 100, F1)],
        air: {
          [F1]: {
            events: [...tail.events, terminator(1810, true), ...own.events],
            voice: [...tail.voice, ...own.voice],
          },
        },
        options: { systems: [{ shortName: 'x', followUnknown: false, talkgroups: `${TABLE.replace('200', '999')}` }] },
        seconds: 7,
      });
      assert.deepEqual(new Set(heard(outputs)[100]), new Set([11]));
      assert.equal(heard(outputs)[100].length, 90);
      assert.ok(story(outputs).includes('not_followed 200 unknown_talkgroup'));
    });

    it('another call that took the channel without a pause', () => {
      const first = transmission(1500, 2580, 100, 1, 11);
      const second = transmission(2700, 4500, 200, 2, 22);
      const { outputs } = play({
        control: [grant(1000, 100, F1)],
        air: { [F1]: { events: [...first.events, ...second.events], voice: [...first.voice, ...second.voice] } },
      });
      assert.deepEqual(story(outputs), ['start 100', 'end 100 regranted', 'start 200', 'end 200 silence']);
      assert.deepEqual(heard(outputs), { 100: Array(54).fill(11), 200: Array(90).fill(22) });
    });

    it('another call that is not followed', () => {
      const first = transmission(1500, 2580, 100, 1, 11);
      const second = transmission(2700, 4500, 300, 2, 22);
      const { outputs } = play({
        control: [grant(1000, 100, F1)],
        air: { [F1]: { events: [...first.events, ...second.events], voice: [...first.voice, ...second.voice] } },
        options: { systems: [SYSTEM] },
      });
      assert.deepEqual(story(outputs), ['start 100', 'not_followed 300 locked_out', 'end 100 regranted']);
      assert.deepEqual(heard(outputs), { 100: Array(54).fill(11) });
    });

    it('voice of which nobody is ever named', () => {
      const { outputs, follower } = play({
        control: updates(1000, 12000, 100, F1),
        air: { [F1]: { events: [], voice: [{ from: 1500, to: 12000, mark: 99 }] } },
      });
      assert.deepEqual(heard(outputs), {});
      assert.deepEqual(story(outputs), ['start 100', 'end 100 silence']);
      assert.ok(follower.counters().unnamed_frames > 300);
    });

    it('nothing of a late entry is lost: voice waits for its link control', () => {
      const { events } = transmission(1500, 4020, 100, 1);
      const { outputs } = play({
        control: [grant(1000, 100, F1)],
        air: {
          [F1]: { events: events.filter(({ at }) => at >= 1500 + 180), voice: [{ from: 1500, to: 4020, mark: 5 }] },
        },
      });
      assert.equal(heard(outputs)[100].length, 126);
    });
  });

  it('follows unit-to-unit calls when asked, either unit talking', () => {
    const events = [
      talker(1500, 0, 8, { talkgroup: undefined, target: 9 }),
      encryption(1500, false),
      terminator(2300, false),
      talker(2600, 0, 9, { talkgroup: undefined, target: 8 }),
      encryption(2600, false),
    ];
    const { outputs } = play({
      control: [grant(1000, 0, F1, { talkgroup: undefined, target: 9, source: 8 })],
      air: {
        [F1]: {
          events,
          voice: [
            { from: 1500, to: 2220, mark: 1 },
            { from: 2600, to: 3320, mark: 2 },
          ],
        },
      },
      options: { unitCalls: true },
    });
    assert.deepEqual(story(outputs), ['start 9', 'end 9 silence']);
    const last = calls(outputs).at(-1)!;
    assert.equal(last.topic, 'p25-3C1/unit/9');
    assert.deepEqual(
      last.call.sources.map(({ src }) => src),
      [8, 9],
    );
    assert.equal(last.call.length, 1.44);
  });

  it('keeps equal talkgroup numbers of two systems apart', () => {
    const { outputs } = play({
      control: [grant(1000, 100, F1)],
      air: { [F1]: transmission(1500, 4000, 100, 1, 11) },
      others: [{ stream: 'site/855000000', from: 0, to: 20000, events: [grant(1200, 100, F2, { nac: '293' })] }],
    });
    assert.deepEqual(
      calls(outputs)
        .filter(({ event }) => event === 'start')
        .map(({ topic }) => topic),
      ['p25-3C1/100', 'p25-293/100'],
    );
  });

  it('keeps one channel open while ever other talkgroups are granted on it, and follows each', () => {
    const control = [];
    const air: { events: Said[]; voice: Spoken[] } = { events: [], voice: [] };
    for (let n = 0; n < 40; n++) {
      const from = 1000 + 3000 * n;
      const { events, voice } = transmission(from + 500, from + 860, 1000 + n, 7, n);
      control.push(grant(from, 1000 + n, F1), ...updates(from + 400, from + 3000, 1000 + n, F1));
      air.events.push(...events, terminator(from + 880, false));
      air.voice.push(...voice);
    }
    const { outputs } = play({ control, air: { [F1]: air }, seconds: 130 });
    assert.deepEqual(asked(outputs), [`open ${F1}`, 'close voice-1']);
    assert.equal(story(outputs).filter((line) => /^end \d+ terminator$/.test(line)).length, 40);
    for (let n = 0; n < 40; n++) assert.equal(heard(outputs)[1000 + n].length, 18);
  });

  it('starts a call by its grant again when it had paused on a channel that others kept open', () => {
    const first = transmission(1500, 1860, 100, 7001);
    const second = transmission(12_500, 12_860, 100, 7002);
    const { outputs } = play({
      control: [
        grant(1000, 100, F1),
        ...updates(1400, 4000, 100, F1),
        ...updates(4000, 11_900, 200, F1),
        grant(12_000, 100, F1, { source: 7002 }),
      ],
      air: {
        [F1]: {
          events: [...first.events, terminator(1880, false), ...second.events],
          voice: [...first.voice, ...second.voice],
        },
      },
    });
    const starts = calls(outputs).filter(({ event, call }) => event === 'start' && call.talkgroup === 100);
    assert.deepEqual(
      starts.map(({ call }) => call.start_time_ms - T0),
      [1000, 12_000],
    );
  });

  it('ignores another system when a NAC is set', () => {
    const { outputs, follower } = play({
      control: [grant(1000, 100, F1, { nac: '293' })],
      options: { systems: [{ shortName: 'mine', nac: ['0x3c1'] }] },
    });
    assert.deepEqual(outputs, []);
    assert.equal(follower.counters().other_system, 1);
  });

  it('refuses messages of other ports and unusable voice, and goes on', () => {
    const follower = new Follower();
    const info = { stream: 'a', seq: 0, time: T0, rate: 8000 };
    assert.throws(
      () => follower.handle({ port: 'audio', payload: Buffer.alloc(2), info }),
      /expected events and voice/,
    );
    const voice = {
      ...info,
      codec: 'imbe' as const,
      format: 'soft' as const,
      frames: 2,
      duration: 40,
      frequency: 0,
      errors: 0,
    };
    assert.throws(
      () => follower.handle({ port: 'voice', payload: Buffer.alloc(145), info: voice }),
      /whole number of frames/,
    );
    assert.throws(
      () => follower.handle({ port: 'voice', payload: Buffer.alloc(288), info: { ...voice, time: Number.NaN } }),
      /bad-message|time/,
    );
    assert.deepEqual(follower.handle({ port: 'voice', payload: Buffer.alloc(288), info: voice }), []);
  });

  it('checks its options', () => {
    assert.throws(() => new Follower({ systems: [SYSTEM, SYSTEM] }), /Two systems.*"county"/);
    assert.throws(() => new Follower({ maxCalls: 1.5 }), { code: 'bad-setting' });
    assert.throws(() => new Follower({ hangTime: 0 }), { code: 'bad-setting' });
    assert.throws(() => new Follower({ systems: [{ shortName: '../x' }] }), { code: 'bad-setting' });
    assert.throws(() => new Follower({ systems: [{ shortName: 'x', talkgroups: 'a,b\n1,2' }] }), { code: 'bad-file' });
  });
});
