import assert from 'node:assert/strict';
import type { PortMessage } from '../../src/core/messages';
import { Follower } from '../../src/trunking/follower';
import type { FollowerOutput } from '../../src/trunking/options';
import {
  asked,
  calls,
  following,
  grant,
  heard,
  messages,
  released as releasedAt,
  type Said,
  story,
  T0,
  terminator,
  transmission,
  updates,
} from './support/script';
import { atSite, F1, F2, HIGH, LOW, opened, playSites, SYSTEM, stats } from './support/sites';

const SYSTEM_AT = { at: 100, type: 'system', wacn: 'BEE00', system: '3C5' };
/** What a site says: first of all, which it is. */
const at = (nac: string, events: Said[]) => atSite(nac, [SYSTEM_AT, ...events]);

function released(from: number, to: number, talkgroup: number, nac: string, mark: number) {
  const { events, voice } = releasedAt(from, to, talkgroup, 7001, mark);
  return { events: at(nac, events), voice };
}

describe('calls that go to another site', () => {
  it('in a time slot as on a whole channel', () => {
    const { outputs } = playSites({
      sources: [LOW, HIGH],
      controls: {
        'low/851': at('111', [...stats(500, 9000, true, { snr: 9 }), grant(1000, 100, F1, { slot: 0 })]),
        'high/855': at('222', [...stats(500, 9000, true, { snr: 20 }), grant(1100, 100, F2, { slot: 1 })]),
      },
      air: { [F1]: released(1500, 3120, 100, '111', 1), [F2]: released(1500, 3120, 100, '222', 2) },
      options: { systems: [SYSTEM] },
    });
    assert.deepEqual(story(outputs), ['start 100', 'end 100 terminator']);
    assert.deepEqual(new Set(heard(outputs)[100]), new Set([2]));
    const { call } = calls(outputs).at(-1)!;
    assert.deepEqual([call.freq, call.tdma_slot, call.phase2_tdma], [F2, 1, true]);
    assert.deepEqual(
      opened(outputs).map(({ signal }) => signal),
      [
        { protocol: 'p25-phase2', slot: 0, wacn: 'BEE00', system: '3C5', nac: '111' },
        { protocol: 'p25-phase2', slot: 1, wacn: 'BEE00', system: '3C5', nac: '222' },
      ],
    );
  });

  it('stay where they are heard, though the site they came from has the better signal', () => {
    const both = (nac: string, frequency: number, snr: number) =>
      at(nac, [
        ...stats(500, 9000, true, { snr }),
        grant(1000, 100, frequency),
        ...updates(1400, 6000, 100, frequency),
      ]);
    const { outputs, follower } = playSites({
      sources: [LOW, HIGH],
      controls: { 'low/851': both('111', F1, 30), 'high/855': both('222', F2, 10) },
      air: { [F2]: released(1500, 6000, 100, '222', 2) },
      options: { systems: [SYSTEM] },
    });
    assert.deepEqual(new Set(heard(outputs)[100]), new Set([2]));
    assert.equal(follower.counters().moved, 1);
  });

  it('do not go where the signal is worse in a pause between two transmissions', () => {
    const first = transmission(1500, 2580, 100, 7001, 1);
    const second = transmission(4200, 5280, 100, 7002, 1);
    const { outputs, follower } = playSites({
      sources: [LOW, HIGH],
      controls: {
        'low/851': at('111', [
          ...stats(500, 9000, true, { snr: 25 }),
          grant(1000, 100, F1),
          ...updates(1400, 6000, 100, F1),
        ]),
        'high/855': at('222', [
          ...stats(500, 9000, true, { snr: 9 }),
          grant(1100, 100, F2),
          ...updates(1450, 6000, 100, F2),
        ]),
      },
      air: {
        [F1]: {
          events: at('111', [...first.events, terminator(2600, false), ...second.events, terminator(5300, true)]),
          voice: [...first.voice, ...second.voice],
        },
        [F2]: { events: [], voice: [] },
      },
      options: { systems: [SYSTEM] },
    });
    assert.equal(heard(outputs)[100].length, 108);
    assert.equal(follower.counters().moved, undefined);
    // Nor do late updates at the other site begin it again.
    assert.deepEqual(story(outputs), ['start 100', 'not_followed 100 duplicate', 'end 100 terminator']);
  });

  it('cost no other call its channel while they are heard', () => {
    const talkgroups = 'Decimal,Mode,Alpha Tag,Priority\n100,D,FIRE,1\n200,D,WORKS,9\n';
    const { outputs } = playSites({
      sources: [LOW, HIGH],
      controls: {
        'low/851': at('111', [...stats(500, 9000, true, { snr: 9 }), grant(1000, 100, F1)]),
        'high/855': at('222', [
          ...stats(500, 9000, true, { snr: 20 }),
          grant(900, 200, F2),
          grant(1300, 100, F2 - 500_000),
        ]),
      },
      air: { [F1]: released(1500, 3120, 100, '111', 1), [F2]: released(1100, 5000, 200, '222', 2) },
      options: { systems: [{ ...SYSTEM, talkgroups }], maxCalls: 1 },
    });
    assert.ok(!story(outputs).some((line) => line.includes('preempted')), story(outputs).join());
    assert.equal(heard(outputs)[100].length, 81);
  });

  it('take no plans of the old site along', () => {
    const elsewhere = F1 + 100_000;
    const { outputs } = playSites({
      sources: [LOW, HIGH],
      controls: {
        'low/851': at('111', [
          ...stats(500, 9000, true, { snr: 9 }),
          grant(1000, 100, F1),
          grant(1200, 100, elsewhere),
        ]),
        'high/855': at('222', [...stats(500, 9000, true, { snr: 20 }), grant(1300, 100, F2)]),
      },
      air: { [F2]: released(1500, 3120, 100, '222', 2) },
      options: { systems: [SYSTEM] },
    });
    assert.deepEqual(new Set(heard(outputs)[100]), new Set([2]));
    assert.deepEqual(
      opened(outputs).map(({ frequency }) => frequency),
      [F1, F2],
    );
  });

  it('are heard although the clocks of the two sources are years apart', () => {
    const ago = -8 * 365 * 86_400_000;
    const shift = (list: PortMessage[]): PortMessage[] =>
      list.map((message) =>
        message.port === 'event'
          ? { ...message, payload: { ...message.payload, time: message.payload.time! + ago } }
          : ({ ...message, info: { ...message.info, time: message.info.time! + ago } } as PortMessage),
      );
    const { follower, outputs, take } = following({ systems: [SYSTEM] });
    const low = at('111', [...stats(500, 9000, true, { snr: 9 }), grant(1000, 100, F1)]);
    take(messages({ stream: 'low/851', from: 0, to: 2000, events: low, end: false }));
    const high = at('222', [...stats(500, 2000, true, { snr: 30 }), grant(1300, 100, F2)]);
    take(shift(messages({ stream: 'high/855', from: 0, to: 2000, events: high, end: false })));
    const air = released(1500, 3120, 100, '222', 2);
    take(shift(messages({ stream: 'high/voice-2', from: 1300, to: 5000, ...air, frequency: F2, end: false })));
    take(shift(messages({ stream: 'high/855', from: 2000, to: 6000, end: false })));
    outputs.push(...follower.close());
    assert.equal(heard(outputs)[100]?.length, 81, story(outputs).join());
    assert.deepEqual(
      story(outputs).filter((line) => line.startsWith('end')),
      ['end 100 terminator'],
    );
  });

  it('are not taken along by a source that ends', () => {
    const { follower, outputs, take } = following({ systems: [SYSTEM] });
    const low = at('111', [...stats(500, 3000, true, { snr: 9 }), grant(1000, 100, F1)]);
    take(messages({ stream: 'low/851', from: 0, to: 2400, events: low, end: false }));
    take(messages({ stream: 'low/voice-1', from: 1000, to: 2000, frequency: F1, end: false }));
    // The better site's recording ends right after its grant, which is dealt with only then.
    const high = at('222', [...stats(500, 2400, true, { snr: 30 }), grant(2390, 100, F2)]);
    take(messages({ stream: 'high/855', from: 0, to: 2400, events: high }));
    assert.deepEqual(
      follower.active().map(({ freq }) => freq),
      [F1],
    );
    assert.ok(!story(outputs).some((line) => line.startsWith('end')), story(outputs).join());
    follower.close();
  });

  it('stay one call where their channel is refused, and are heard at the first site again', () => {
    const follower = new Follower({ systems: [SYSTEM], maxCalls: 4 });
    const outputs: FollowerOutput[] = [];
    let refused = 0;
    const air = released(2500, 7960, 100, '111', 1);
    const time = (message: PortMessage) => (message.port === 'event' ? message.payload.time! : message.info.time);
    const obey = (stream: string, { id, from }: { id: string; from: number }): PortMessage[] => {
      if (stream === 'low')
        return messages({ stream: `low/${id}`, from: from - T0, to: 9000, ...air, frequency: F1, end: false });
      refused++;
      const refusal = {
        type: 'channel',
        state: 'refused',
        id,
        stream: `high/${id}`,
        frequency: F2,
        reason: 'too_many',
      };
      return [{ port: 'event', payload: { ...refusal, time: 0 } }];
    };
    const low = messages({
      stream: 'low/851',
      from: 0,
      to: 9000,
      events: at('111', [...stats(500, 9000, true, { snr: 9 }), ...updates(1000, 8000, 100, F1)]),
      end: false,
    });
    const high = messages({
      stream: 'high/855',
      from: 0,
      to: 9000,
      events: at('222', [...stats(500, 9000, true, { snr: 30 }), ...updates(1010, 8000, 100, F2)]),
      end: false,
    });
    const waiting = [...low, ...high];
    while (waiting.length > 0) {
      waiting.sort((a, b) => time(a) - time(b));
      for (const output of follower.handle(waiting.shift()!)) {
        outputs.push(output);
        if (output.to === 'control' && output.control.open)
          waiting.push(...obey(output.control.stream, output.control.open as { id: string; from: number }));
      }
    }
    assert.equal(refused, 1);
    assert.deepEqual(story(outputs), ['start 100', 'end 100 terminator']);
    assert.deepEqual(new Set(heard(outputs)[100]), new Set([1]));
    follower.close();
    assert.deepEqual(follower.active(), []);
  });
});

describe('channels that are refused', () => {
  it('lose nothing of a call that wanted to go there from one with voice', () => {
    const first = transmission(1500, 2580, 100, 7001, 1);
    const second = transmission(3200, 4280, 100, 7002, 3);
    const { outputs, follower } = playSites({
      sources: [LOW, HIGH],
      controls: {
        'low/851': at('111', [...stats(500, 9000, true, { snr: 9 }), grant(1000, 100, F1)]),
        // Between two transmissions, and again while its grants go on.
        'high/855': at('222', [...stats(500, 9000, true, { snr: 30 }), ...updates(3120, 5000, 100, F2)]),
      },
      air: {
        [F1]: {
          events: at('111', [...first.events, terminator(2600, false), ...second.events, terminator(4300, true)]),
          voice: [...first.voice, ...second.voice],
        },
      },
      refuse: [F2],
      options: { systems: [SYSTEM] },
    });
    assert.deepEqual(story(outputs), ['start 100', 'end 100 terminator']);
    assert.deepEqual(heard(outputs)[100], [...Array(54).fill(1), ...Array(54).fill(3)]);
    const { call } = calls(outputs).at(-1)!;
    assert.deepEqual([call.freq, call.nac, call.sources.map(({ src }) => src)], [F1, '111', [7001, 7002]]);
    assert.deepEqual(
      opened(outputs).map(({ frequency }) => frequency),
      [F1, F2, F1],
    );
    assert.deepEqual(follower.active(), []);
  });

  it('leave a call on its channel that was granted on another one', () => {
    const air = transmission(2500, 4120, 100, 7001, 1);
    const { outputs } = playSites({
      sources: [LOW],
      controls: {
        'low/851': at('111', [
          grant(1000, 100, F1),
          grant(1200, 100, F1 + 100_000),
          ...updates(2000, 3000, 100, F1 + 100_000),
        ]),
      },
      air: { [F1]: { events: at('111', [...air.events, terminator(4160, true)]), voice: air.voice } },
      refuse: [F1 + 100_000],
      options: { systems: [SYSTEM] },
    });
    assert.deepEqual(story(outputs), ['start 100', 'end 100 terminator']);
    assert.equal(heard(outputs)[100].length, 81);
    assert.equal(asked(outputs).filter((line) => line.startsWith('open')).length, 3);
  });

  it('end a call whose source has ended meanwhile', () => {
    const { follower, outputs, take } = following({ systems: [SYSTEM] });
    const low = at('111', [...stats(500, 3000, true, { snr: 9 }), grant(1000, 100, F1)]);
    take(messages({ stream: 'low/851', from: 0, to: 2400, events: low, end: false }));
    const high = at('222', [...stats(500, 2400, true, { snr: 30 }), grant(1300, 100, F2)]);
    take(messages({ stream: 'high/855', from: 0, to: 2400, events: high, end: false }));
    take(messages({ stream: 'low/851', from: 2400, to: 2460 }));
    const refusal = { type: 'channel', state: 'refused', id: 'voice-2', stream: 'high/voice-2', reason: 'too_many' };
    take([{ port: 'event', payload: { ...refusal, frequency: F2, time: T0 + 2400 } }]);
    assert.deepEqual(follower.active(), []);
    assert.deepEqual(story(outputs), ['not_followed 100 no_channel']);
  });

  it('are asked for with each grant, and told of once', () => {
    const { outputs, follower } = playSites({
      sources: [LOW],
      controls: { 'low/851': at('111', updates(1000, 4000, 100, F1)) },
      refuse: [F1],
      options: { systems: [SYSTEM] },
    });
    assert.deepEqual(story(outputs), ['not_followed 100 no_channel']);
    assert.equal(asked(outputs).length, 8);
    assert.equal(follower.counters().not_followed_no_channel, 1);
  });
});

describe('two sites heard with one dongle', () => {
  const elsewhere = F1 + 100_000;

  it('a call goes to the better one in its own place where no more channels may be open', () => {
    const { outputs } = playSites({
      sources: [LOW],
      controls: {
        'low/851': at('111', [...stats(500, 9000, true, { snr: 9 }), grant(1000, 100, F1)]),
        'low/851.5': at('222', [...stats(500, 9000, true, { snr: 30 }), grant(1300, 100, elsewhere)]),
      },
      air: { [F1]: released(1500, 3120, 100, '111', 1), [elsewhere]: released(1500, 3120, 100, '222', 2) },
      options: { systems: [SYSTEM], maxCalls: 1 },
    });
    assert.deepEqual(story(outputs), ['start 100', 'end 100 terminator']);
    assert.deepEqual(new Set(heard(outputs)[100]), new Set([2]));
    // The old channel first: at no time are two open.
    assert.deepEqual(asked(outputs), [`open ${F1}`, 'close voice-1', `open ${elsewhere}`, 'close voice-2']);
  });

  it('but costs no other call its channel', () => {
    const { outputs } = playSites({
      sources: [LOW],
      controls: {
        'low/851': at('111', [
          ...stats(500, 9000, true, { snr: 9 }),
          grant(1000, 100, F1),
          ...updates(1200, 3000, 200, F1 - 100_000),
        ]),
        'low/851.5': at('222', [...stats(500, 9000, true, { snr: 30 }), grant(1300, 100, elsewhere)]),
      },
      air: { [elsewhere]: released(1500, 3120, 100, '222', 2) },
      options: { systems: [SYSTEM], maxCalls: 1 },
    });
    assert.deepEqual(story(outputs).sort(), ['end 100 terminator', 'not_followed 200 no_channel', 'start 100']);
  });
});
