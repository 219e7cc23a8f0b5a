import assert from 'node:assert/strict';
import type { CallInfo, EventObject } from '../../../src/core/messages';
import { sidecar } from '../../../src/sinks/sidecar';
import {
  ACTIVE_CALL,
  CALL_END,
  CALL_START,
  CONFIG,
  CONFIG_SOURCE,
  CONFIG_SYSTEM,
  checkFields,
  type Fields,
  MESSAGE,
  MON_STATES,
  RATE,
  RECORDER,
  SIDECAR,
  STATES,
  STATUS,
  SYSTEM_IDENTITY,
  UNITS,
} from './fields';
import { at, Bench, call, endedCall, type Json, NOW, stats } from './support';

const event = (type: string, fields: object = {}): EventObject => ({
  type,
  protocol: 'p25',
  stream: 'dongle/control',
  time: NOW,
  nac: '3A1',
  ...fields,
});

/** Checks the root of a message and gives what it is about. */
function content(publication: { payload: Json }, type: string, name: string): Json {
  assert.deepEqual(Object.keys(publication.payload), ['type', name, 'timestamp', 'instance_id']);
  const { type: told, timestamp, instance_id: instance } = publication.payload;
  assert.deepEqual([told, timestamp, instance], [type, NOW / 1000, 'attic']);
  return publication.payload[name];
}

describe("trunk-recorder's MQTT messages", () => {
  const bench = (options = {}) => {
    const made = new Bench({ schema: 'trunk-recorder', ...options });
    made.start();
    return made;
  };

  it('tell at the start what there is, to be kept', () => {
    const made = new Bench({ schema: 'trunk-recorder' });
    const start = made.start();
    assert.ok(start.every(({ retain, topic }) => retain && topic.startsWith('tr/')));
    const status = at(start, 'tr/trunk_recorder/status');
    checkFields(status.payload, STATUS);
    assert.equal(status.payload.status, 'connected');
    const { sources, systems, ...config } = content(at(start, 'tr/config'), 'config', 'config');
    checkFields(config, CONFIG);
    checkFields(sources[0], CONFIG_SOURCE);
    checkFields(systems[0], CONFIG_SYSTEM);
    assert.equal(sources[0].error, 1703);
    const [system] = content(at(start, 'tr/systems'), 'systems', 'systems');
    checkFields(system, SYSTEM_IDENTITY);
    assert.deepEqual([system.sysid, system.wacn, system.nac], ['0', '0', '0']);
    const [end] = made.publisher.stop(NOW);
    assert.deepEqual([end.topic, end.retain, (end.payload as Json).status], [status.topic, true, 'disconnected']);
  });

  it('tell a system when its identity becomes known, in hexadecimal without leading zeros', () => {
    const made = bench();
    const identity = { wacn: '0BEE0', system: '03A', rfss: 2, site: 14, control_channel: 851_012_500, nac: '3A1' };
    const told = made.event(event('system', identity));
    const system = content(at(told, 'tr/system'), 'system', 'system');
    checkFields(system, SYSTEM_IDENTITY);
    assert.deepEqual(
      [system.wacn, system.sysid, system.nac, system.rfss, system.site_id],
      ['BEE0', '3A', '3A1', 2, 14],
    );
    assert.equal(at(told, 'tr/system').retain, false);
    assert.equal(at(told, 'tr/systems').retain, true);
    assert.deepEqual(made.event(event('system', identity)), []);
  });

  it('tell rates and recorders every three seconds, active calls every second', () => {
    const made = bench();
    made.event(stats({ rate: 38 }));
    made.event(stats({ rate: 41, time: NOW + 1000 }));
    made.event(stats({ stream: 'dongle/voice-1', rate: 5, counters: { tsbk: 0, ldu1: 20, ldu2: 20 } }));
    const told = made.pass(6);
    const count = (topic: string) => told.filter((publication) => publication.topic === topic).length;
    assert.deepEqual([count('tr/calls_active'), count('tr/rates'), count('tr/recorders')], [6, 2, 2]);
    assert.ok(told.every(({ retain, qos }) => !retain && qos === 0));
    const first = told.find(({ topic }) => topic === 'tr/rates')!.payload as Json;
    checkFields(first.rates[0], RATE);
    assert.equal(first.rates[0].decoderate, 39.5);
    const recorders = told.find(({ topic }) => topic === 'tr/recorders')!.payload as Json;
    assert.equal(recorders.recorders.length, 2);
    for (const recorder of recorders.recorders) checkFields(recorder, RECORDER);
    assert.deepEqual(
      recorders.recorders.map(({ id, rec_state_type: state }: Json) => [id, state]),
      [
        ['0_0', 'AVAILABLE'],
        ['0_1', 'AVAILABLE'],
      ],
    );
  });

  it('tell a call from start to end', () => {
    const made = bench();
    const start = made.call('start', call());
    const started = content(at(start, 'tr/call_start'), 'call_start', 'call');
    checkFields(started, CALL_START);
    assert.equal(started.id, `0_9101_${NOW / 1000}`);
    assert.deepEqual([started.call_state, started.call_state_type], [1, STATES[1]]);
    assert.deepEqual([started.rec_state, started.rec_state_type], [1, STATES[1]]);
    assert.deepEqual([started.mon_state, started.mon_state_type], [0, 'UNSPECIFIED']);
    const recorder = content(at(start, 'tr/recorder'), 'recorder', 'recorder');
    checkFields(recorder, RECORDER);
    assert.deepEqual([recorder.rec_num, recorder.rec_state_type, recorder.freq], [0, 'RECORDING', 851_525_000]);

    const [active] = (made.pass(1).find(({ topic }) => topic === 'tr/calls_active')!.payload as Json).calls;
    const extras = Object.keys(CALL_START).filter((name) => !(name in ACTIVE_CALL));
    checkFields(active, ACTIVE_CALL, extras);
    assert.equal(active.elapsed, 1);

    made.now = NOW;
    const end = made.call('end', endedCall());
    const ended = content(at(end, 'tr/call_end'), 'call_end', 'call');
    checkFields(ended, CALL_END);
    assert.deepEqual([ended.call_state, ended.call_state_type], [-1, 'COMPLETED']);
    assert.deepEqual([ended.signal, ended.noise, ended.freq_error], [-41.23, -62.5, -120]);
    assert.deepEqual([ended.elapsed, ended.length, ended.unit], [8, 6.5, 4021]);
    assert.deepEqual([ended.rec_state, ended.rec_state_type], [6, STATES[6]]);
    const free = content(at(end, 'tr/recorder'), 'recorder', 'recorder');
    assert.deepEqual([free.rec_state, free.rec_state_type], [7, STATES[7]]);
    assert.deepEqual((made.pass(1).find(({ topic }) => topic === 'tr/calls_active')!.payload as Json).calls, []);
    assert.ok([...start, ...end].filter(({ topic }) => topic.includes('call_')).every(({ qos }) => qos === 1));
  });

  it("say in trunk-recorder's words why a call is not followed, and list it while it goes on", () => {
    const reasons: Record<string, string> = {
      encrypted: 'ENCRYPTED',
      locked_out: 'IGNORED_TG',
      unknown_talkgroup: 'UNKNOWN_TG',
      no_channel: 'NO_RECORDER',
      out_of_band: 'NO_SOURCE',
      duplicate: 'DUPLICATE',
      data: 'IGNORED_TG',
      unit_call: 'IGNORED_TG',
      unknown_system: 'NO_RECORDER',
      held: 'IGNORED_TG',
      avoided: 'IGNORED_TG',
      unknown_frequency: 'NO_SOURCE',
    };
    for (const [reason, wanted] of Object.entries(reasons)) {
      const made = bench();
      const told = made.call('not_followed', call({ state: 'not_followed', reason }));
      const started = content(at(told, 'tr/call_start'), 'call_start', 'call');
      checkFields(started, CALL_START);
      assert.deepEqual([started.mon_state, started.mon_state_type], [MON_STATES.indexOf(wanted), wanted], reason);
      assert.deepEqual([started.call_state, started.call_state_type, started.rec_num], [0, 'MONITORING', -1]);
      const listed = () =>
        (made.pass(1).find(({ topic }) => topic === 'tr/calls_active')!.payload as Json).calls.length as number;
      assert.equal(listed(), 1);
      made.pass(1);
      made.event(event('grant', { talkgroup: 9101, update: true }));
      assert.deepEqual([listed(), listed(), listed(), listed()], [1, 1, 1, 0]);
      assert.ok(!made.all.some(({ topic }) => topic === 'tr/call_end'));
    }
  });

  it('wait with the end of a call for its recording, and name its file', () => {
    const made = bench({ expectRecordings: true });
    made.call('start', call());
    assert.ok(!made.call('end', endedCall()).some(({ topic }) => topic === 'tr/call_end'));
    const info = endedCall();
    const metadata = sidecar(info, {
      length: 6.5,
      parts: [
        { freq: info.freq, time: NOW, pos: 0, len: 2.5, error_count: 4, spike_count: 0 },
        { freq: info.freq, time: NOW + 4000, pos: 2.5, len: 4, error_count: 5, spike_count: 1 },
      ],
    });
    const audio = Buffer.from('RIFF');
    const told = made.call('recorded', info, { filename: '/rec/county/a.wav', audio, mime: 'audio/wav', metadata });
    const ended = content(at(told, 'tr/call_end'), 'call_end', 'call');
    checkFields(ended, CALL_END);
    assert.equal(ended.call_filename, '/rec/county/a.wav');
    const { metadata: written, ...sound } = content(at(told, 'tr/audio'), 'audio', 'call');
    assert.deepEqual(sound, { audio_wav_base64: audio.toString('base64'), audio_m4a_base64: '' });
    assert.deepEqual(Object.keys(written), ['call_filename', ...SIDECAR]);
    assert.equal(written.call_filename, 'a.wav');
    const ends = told
      .filter(({ topic }) => topic === 'tr/units/county/end')
      .map(({ payload }) => (payload as Json).end);
    for (const end of ends) checkFields(end, UNITS.end);
    assert.deepEqual(
      ends.map((end) => [
        end.unit,
        end.position,
        end.length,
        end.error_count,
        end.sample_count,
        end.stop_time - NOW / 1000,
      ]),
      [
        [4021, 0, 2.5, 4, 20_000, 2],
        [77, 2.5, 4, 5, 32_000, 8],
      ],
    );
    // Later files of the same call end it no second time.
    assert.deepEqual(
      made.call('recorded', info, { filename: '/rec/county/b.wav' }).filter(({ topic }) => topic === 'tr/call_end'),
      [],
    );
  });

  it('wait no longer than half a minute, and tell what waits when the flow stops', () => {
    const made = bench({ expectRecordings: true });
    made.call('end', endedCall());
    assert.ok(!made.pass(29).some(({ topic }) => topic === 'tr/call_end'));
    assert.equal(at(made.pass(2), 'tr/call_end').payload.call.call_filename, '');
    made.call('end', endedCall({ id: 'another' }));
    assert.equal(at(made.publisher.stop(made.now), 'tr/call_end').payload.call.call_state, -1);
  });

  it('send no audio that is too large, in another format or not there, and say why', () => {
    const made = bench();
    const recorded = (id: string, recording: object) =>
      made.call('recorded', endedCall({ id }), { filename: 'a.wav', ...recording });
    assert.ok(
      !recorded('a', { audio: Buffer.alloc(1001), mime: 'audio/wav' }).some(({ topic }) => topic === 'tr/audio'),
    );
    recorded('b', { audio: Buffer.alloc(10), mime: 'audio/mpeg' });
    recorded('c', {});
    assert.equal(
      at(recorded('d', { audio: Buffer.alloc(9), mime: 'audio/mp4' }), 'tr/audio').payload.call.audio_m4a_base64,
      'AAAAAAAAAAAA',
    );
    assert.deepEqual(
      made.errors.map(({ message }) => message.replace(/\. .*/, '')),
      [
        'A recording is too large for MQTT: expected at most 1 kB, got 1 kB',
        'A recording cannot be sent over MQTT: expected a WAV or M4A file in msg.audio, got audio/mpeg',
        'A recording cannot be sent over MQTT: expected a WAV or M4A file in msg.audio, got none',
      ],
    );
    const without = bench({ audioLimit: 0 });
    const told = without.call('recorded', endedCall(), {
      filename: 'a.wav',
      audio: Buffer.alloc(9),
      mime: 'audio/wav',
    });
    assert.ok(!told.some(({ topic }) => topic === 'tr/audio'));
  });

  it('tell what units do', () => {
    const cases: [string, EventObject, object][] = [
      ['on', event('registration', { source: 4021, accepted: true }), { unit: 4021, unit_alpha_tag: 'Engine 21' }],
      ['off', event('deregistration', { source: 77 }), { unit: 77 }],
      [
        'join',
        event('affiliation', { source: 77, talkgroup: 9101, accepted: true }),
        { talkgroup: 9101, talkgroup_tag: 'Fire Dispatch' },
      ],
      ['ackresp', event('acknowledge', { message: 'ACK_RSP_FNE', target: 77, source: 5 }), { unit: 77 }],
      ['ackresp', event('acknowledge', { message: 'ACK_RSP_U', target: 5, source: 77 }), { unit: 77 }],
      ['ans_req', event('unit_call_request', { source: 77, target: 4021 }), { unit: 77, talkgroup: 4021 }],
      ['data', event('grant', { data: true, update: false, target: 77 }), { unit: 77 }],
      [
        'location',
        event('location_registration', { source: 77, talkgroup: 9101 }),
        { talkgroup_alpha_tag: 'Fire Dispatch' },
      ],
    ];
    for (const [topic, happening, wanted] of cases) {
      const told = at(bench().event(happening), `tr/units/county/${topic}`);
      const unit = content(told, topic, topic);
      checkFields(unit, UNITS[topic] as Fields);
      for (const [name, value] of Object.entries(wanted)) assert.equal(unit[name], value, `${topic} ${name}`);
    }
    const told = at(bench().event(event('call_alert', { source: 77, target: 4021 })), 'tr/units/county/call_alert');
    assert.deepEqual(told.payload.call_alert, {
      sys_num: 0,
      sys_name: 'county',
      unit: 77,
      unit_alpha_tag: '',
      target_unit: 4021,
      target_unit_alpha_tag: 'Engine 21',
    });
    for (const refused of [
      event('registration', { source: 77, accepted: false }),
      event('affiliation', { source: 77, accepted: false }),
      event('grant', { data: true, update: true, source: 77 }),
      event('registration', { source: 0, accepted: true }),
    ])
      assert.deepEqual(
        bench()
          .event(refused)
          .filter(({ topic }) => topic.startsWith('tr/units')),
        [],
      );
  });

  it("have the time of a unit's call as text, alone among all", () => {
    const told = at(bench().call('start', call()), 'tr/units/county/call');
    checkFields(told.payload.call, UNITS.call);
    assert.equal(told.payload.timestamp, String(NOW / 1000));
  });

  it('name the position of whoever talks', () => {
    const made = bench();
    const voice = { stream: 'dongle/voice-1' };
    const position = event('location', { ...voice, latitude: 48.1, longitude: 11.5 });
    assert.deepEqual(made.event(position), []);
    made.event(event('talker', { ...voice, source: 77, talkgroup: 9101 }));
    const { location } = at(made.event(position), 'tr/units/county/location').payload;
    checkFields(location, UNITS.location, ['latitude', 'longitude']);
    assert.deepEqual([location.unit, location.latitude, location.longitude], [77, 48.1, 11.5]);
    made.event(event('terminator', voice));
    assert.deepEqual(made.event(position), []);
  });

  it('tell every message of the control channel, and none of the voice channels', () => {
    const cases: [EventObject, [number, string, string, string]][] = [
      [
        event('grant', { message: 'GRP_V_CH_GRANT', talkgroup: 9101, update: false }),
        [0, 'GRANT', '00', 'GRP_V_CH_GRANT'],
      ],
      [
        event('grant', { message: 'GRP_V_CH_GRANT_UPDT', talkgroup: 9101, update: true }),
        [2, 'UPDATE', '02', 'GRP_V_CH_GRANT_UPDT'],
      ],
      [
        event('grant', { message: 'UU_V_CH_GRANT', target: 1, update: false }),
        [14, 'UU_V_GRANT', '04', 'UU_V_CH_GRANT'],
      ],
      [
        event('grant', { message: 'SN-DATA_CHN_GNT', target: 1, data: true }),
        [12, 'DATA_GRANT', '14', 'SN-DATA_CHN_GNT'],
      ],
      [event('registration', { message: 'U_REG_RSP', source: 1 }), [4, 'REGISTRATION', '2C', 'U_REG_RSP']],
      [event('secondary_control_channel', { message: 'SCCB' }), [3, 'CONTROL_CHANNEL', '39', 'SCCB']],
      [event('rfss_status', { message: 'RFSS_STS_BCST' }), [7, 'SYSID', '3A', 'RFSS_STS_BCST']],
      [event('patch', { message: 'MOT_GRG_DEL_CMD', action: 'delete' }), [11, 'PATCH_DELETE', '01', 'MOT_GRG_DEL_CMD']],
      [event('unknown', { opcode: 9, mfid: 144, hex: '0990' }), [99, 'UNKNOWN', 'FF', 'UNK']],
    ];
    for (const [happening, [kind, name, opcode, type]] of cases) {
      const told = at(bench().event(happening), 'tr/messages/county/messages');
      const message = content(told, 'message', 'message');
      checkFields(message, MESSAGE);
      assert.deepEqual(
        [message.trunk_msg, message.trunk_msg_type, message.opcode, message.opcode_type],
        [kind, name, opcode, type],
      );
      assert.equal(told.qos, 0);
    }
    const made = bench();
    for (const none of [
      event('talker', { message: 'LC_GRP_V_CH_USR' }),
      event('stats'),
      event('request', { message: 'U_REG_REQ' }),
    ])
      assert.ok(!made.event(none).some(({ topic }) => topic.endsWith('/messages')));
    assert.deepEqual(bench({ messageTopic: '', unitTopic: '' }).event(cases[4][0]), []);
  });

  it('number recorders as they are taken, and systems as they stand in the flow', () => {
    const made = bench();
    const other = (id: string, fields: Partial<CallInfo> = {}) => call({ id, ...fields });
    const place = (id: string, fields = {}) => {
      const { call: told } = at(made.call('start', other(id, fields)), 'tr/call_start').payload;
      return [told.sys_num, told.rec_num, told.src_num];
    };
    assert.deepEqual(place('a'), [0, 0, 0]);
    assert.deepEqual(place('b'), [0, 1, 0]);
    assert.deepEqual(place('c', { sys_name: 'city' }), [1, 2, 0]);
    made.call('end', other('b'));
    assert.deepEqual(place('d'), [0, 1, 0]);
  });
});
