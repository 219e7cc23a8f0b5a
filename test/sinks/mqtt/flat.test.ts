import assert from 'node:assert/strict';
import type { EventObject } from '../../../src/core/messages';
import { at, Bench, call, endedCall, type Json, NOW, stats } from './support';

const CALL_KEYS = [
  'event, id, call_num, sys_name, talkgroup, talkgroup_alpha_tag, talkgroup_description, talkgroup_group, talkgroup_tag',
  'patched_talkgroups, unit, unit_alpha_tag, units, freq, start_time, stop_time, length, reason, emergency, encrypted',
  'alert, priority, conventional, audio_type, tdma_slot, error_count, freq_error, signal, noise, filename',
].flatMap((line) => line.split(', '));

/** Fails for what a table or a template could not take as it is. */
function checkFlat(payload: unknown, keys?: readonly string[]): void {
  for (const [key, value] of Object.entries(payload as object)) {
    assert.match(key, /^[a-z][a-z0-9_]*$/);
    assert.ok(value === null || ['string', 'number', 'boolean'].includes(typeof value), `${key} is flat`);
  }
  if (keys) assert.deepEqual(Object.keys(payload as object), keys);
}

describe('flat MQTT messages', () => {
  const bench = (options = {}) => {
    const made = new Bench({ schema: 'flat', ...options });
    made.start();
    return made;
  };

  it('have the same keys for every happening of a call', () => {
    const made = bench();
    const told = [
      ['start', made.call('start', call())],
      ['update', made.call('update', call({ unit: -1 }))],
      ['end', made.call('end', endedCall())],
      ['recorded', made.call('recorded', endedCall(), { filename: '/rec/a.wav' })],
      ['not_followed', made.call('not_followed', call({ id: 'x', state: 'not_followed', reason: 'encrypted' }))],
    ] as const;
    for (const [event, publications] of told) {
      const one = at(publications, `radio/attic/county/call/${event}`);
      checkFlat(one.payload, CALL_KEYS);
      assert.deepEqual([one.payload.event, one.qos, one.retain], [event, 1, false]);
    }
    const start = at(told[0][1], 'radio/attic/county/call/start').payload;
    assert.deepEqual([start.signal, start.reason, start.units], [null, null, '']);
    assert.equal(at(told[1][1], 'radio/attic/county/call/update').payload.unit, null);
    const end = at(told[2][1], 'radio/attic/county/call/end').payload;
    assert.deepEqual([end.units, end.reason, end.signal, end.length], ['4021,77', 'terminator', -41.23, 6.5]);
    assert.equal(at(told[3][1], 'radio/attic/county/call/recorded').payload.filename, '/rec/a.wav');
    assert.equal(at(told[4][1], 'radio/attic/county/call/not_followed').payload.reason, 'encrypted');
  });

  it('keep the last call and the state at the broker', () => {
    const made = bench();
    made.event(stats());
    made.event({
      ...stats(),
      type: 'system',
      wacn: 'BEE00',
      system: '3A1',
      rfss: 1,
      site: 2,
      control_channel: 851_012_500,
    });
    const state = at(made.pass(1), 'radio/attic/county/state');
    checkFlat(state.payload);
    assert.deepEqual(
      [state.retain, state.qos, state.payload.wacn, state.payload.locked, state.payload.calls],
      [true, 1, 'BEE00', true, 0],
    );
    const start = made.call('start', call());
    assert.equal(at(start, 'radio/attic/county/state').payload.calls, 1);
    assert.deepEqual(at(start, 'radio/attic/receiver').payload, { calls: 1, systems: 1, systems_locked: 1 });
    const end = made.call('end', endedCall());
    const last = at(end, 'radio/attic/county/last_call');
    checkFlat(last.payload, ['title', ...CALL_KEYS]);
    assert.deepEqual([last.retain, last.payload.title], [true, 'Fire Dispatch']);
    assert.equal(at(end, 'radio/attic/county/state').payload.calls, 0);
  });

  it('tell the state again only when it changed, or now and then', () => {
    const made = bench();
    made.event(stats());
    made.pass(1);
    const states = (seconds: number, each = () => {}) => {
      let count = 0;
      for (let second = 0; second < seconds; second++) {
        each();
        count += made.pass(1).filter(({ topic }) => topic === 'radio/attic/county/state').length;
      }
      return count;
    };
    const alive = () => void made.event(stats());
    assert.equal(states(55, alive), 0);
    assert.equal(states(10, alive), 1);
    made.call('start', call());
    assert.equal(states(30, alive), 3);
    assert.equal(
      states(1, () => void made.event(stats({ locked: false, reason: 'no carrier' }))),
      1,
    );
  });

  it('say that nothing comes any more, and that the rate is 0 then', () => {
    const made = bench();
    made.event(stats({ rate: 40, snr: 17.2 }));
    const rates = (seconds: number) =>
      made
        .pass(seconds)
        .filter(({ topic }) => topic === 'radio/attic/county/rates')
        .at(-1)!.payload as Json;
    checkFlat(rates(3));
    assert.deepEqual([rates(3).rate, rates(3).snr], [40, 17.2]);
    assert.deepEqual([rates(9).rate, rates(3).snr, rates(3).locked], [0, null, false]);
    const state = made.all.filter(({ topic }) => topic === 'radio/attic/county/state').at(-1)!.payload as Json;
    assert.deepEqual([state.locked, state.reason], [false, 'no input']);
  });

  it('tell of units, tones and alarms', () => {
    const made = bench();
    const event = (type: string, fields: object): EventObject => ({ type, protocol: 'p25', time: NOW, ...fields });
    const on = at(made.event(event('registration', { source: 4021, accepted: true })), 'radio/attic/county/units/on');
    checkFlat(on.payload, [
      ...['event', 'sys_name', 'unit', 'unit_alpha_tag', 'talkgroup', 'talkgroup_alpha_tag', 'target'],
      ...['target_alpha_tag', 'latitude', 'longitude', 'detail', 'time'],
    ]);
    assert.deepEqual([on.payload.unit_alpha_tag, on.payload.time], ['Engine 21', NOW / 1000]);
    const alarm = made.event(event('emergency_alarm', { source: 77, talkgroup: 9101, groups: [1, 2], deep: {} }));
    at(alarm, 'radio/attic/county/units/emergency');
    const alert = at(alarm, 'radio/attic/county/alerts').payload;
    checkFlat(alert);
    assert.deepEqual([alert.event_type, alert.groups, 'deep' in alert], ['emergency_alarm', '1,2', false]);
    const tones = made.event(event('tones', { name: 'Station 5', frequencies: [410.8, 617.4] }));
    assert.equal(at(tones, 'radio/attic/county/tones').payload.frequencies, '410.8,617.4');
    assert.equal(at(tones, 'radio/attic/county/alerts').payload.event_type, 'tones');
    assert.deepEqual(bench({ units: false }).event(event('registration', { source: 1, accepted: true })), []);
  });

  it('alert once for a call: by its flag, or when its emergency begins', () => {
    const made = bench();
    const alerts = (publications: readonly { topic: string; payload: Json }[]) =>
      publications
        .filter(({ topic }) => topic === 'radio/attic/county/alerts')
        .map(({ payload }) => payload.event_type);
    assert.deepEqual(alerts(made.call('start', call({ id: 'a' }))), []);
    assert.deepEqual(alerts(made.call('update', call({ id: 'a', emergency: true }))), ['emergency']);
    assert.deepEqual(alerts(made.call('update', call({ id: 'a', emergency: true }))), []);
    assert.deepEqual(alerts(made.call('start', call({ id: 'b', alert: true }))), ['alert']);
    assert.deepEqual(alerts(made.call('end', endedCall({ id: 'b', alert: true }))), []);
    assert.deepEqual(alerts(made.call('not_followed', call({ id: 'c', alert: true, state: 'not_followed' }))), [
      'alert',
    ]);
  });

  it('put no name into a topic that means something there', () => {
    const made = bench();
    const topics = made.call('start', call({ sys_name: 'a/+#\u0000b' })).map(({ topic }) => topic);
    assert.ok(topics.includes('radio/attic/a____b/call/start'), topics.join());
  });

  it('tell a call that is told twice once, and one that ended no more', () => {
    const made = bench();
    const count = (event: 'start' | 'end' | 'not_followed', info = call()) =>
      made.call(event, info).filter(({ topic }) => topic === `radio/attic/county/call/${event}`).length;
    assert.deepEqual([count('start'), count('start')], [1, 0]);
    assert.deepEqual([count('end'), count('end'), count('start'), count('not_followed')], [1, 0, 0, 0]);
  });
});
