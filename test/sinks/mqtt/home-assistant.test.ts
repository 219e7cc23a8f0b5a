import assert from 'node:assert/strict';
import { haId } from '../../../src/sinks/mqtt/ha-device';
import { Memory } from '../../../src/sinks/mqtt/memory';
import type { Publication } from '../../../src/sinks/mqtt/publication';
import type { PublisherOptions } from '../../../src/sinks/mqtt/publisher';
import type { ChosenTalkgroup } from '../../../src/sinks/mqtt/talkgroup-choice';
import { checkDiscovery, Registry } from './home-assistant';
import { at, Bench, call, endedCall, RECEIVER, stats, TEXTS } from './support';

const RECEIVER_TOPIC = 'homeassistant/device/trunkflow-attic/config';
const COUNTY = 'homeassistant/device/trunkflow-attic-county/config';
const FIRE: ChosenTalkgroup = { system: 'county', talkgroup: 9101, name: '' };

function withHa(talkgroups: ChosenTalkgroup[] = [], more: Partial<PublisherOptions> = {}): Partial<PublisherOptions> {
  return {
    schema: 'trunk-recorder',
    homeAssistant: { prefix: 'homeassistant', talkgroups, texts: TEXTS, version: '0.1.0' },
    ...more,
  };
}

/** The broker: what it keeps, and what Home Assistant makes of it. */
class Kept {
  readonly retained = new Map<string, Publication>();
  readonly registry = new Registry();

  take(publications: readonly Publication[]): void {
    for (const publication of publications) {
      const { topic, payload, retain } = publication;
      if (!retain) continue;
      if (payload === '') this.retained.delete(topic);
      else this.retained.set(topic, publication);
      if (topic.startsWith('homeassistant/'))
        this.registry.receive(topic, typeof payload === 'string' ? payload : JSON.stringify(payload));
    }
  }
}

describe("Home Assistant's discovery", () => {
  it('keeps to its rules, for every device', () => {
    const made = new Bench(withHa([FIRE, { system: '', talkgroup: 5, name: 'Ambulance' }]));
    made.start();
    made.event(stats({ snr: 17 }));
    made.event(stats({ snr: 17 }), 'county.east_2');
    const last = new Map<string, Publication>();
    for (const one of made.all) if (one.topic.startsWith('homeassistant/')) last.set(one.topic, one);
    assert.equal(last.size, 3);
    const unique = new Set<string>();
    for (const [topic, { payload, retain, qos }] of last) {
      checkDiscovery(topic, payload, unique);
      assert.deepEqual([retain, qos], [true, 1]);
    }
    const { device, components, availability } = at([last.get(COUNTY)!], COUNTY).payload;
    assert.equal(device.via_device, 'trunkflow-attic');
    assert.deepEqual(availability[0].topic, 'radio/attic/status');
    assert.equal(components.talkgroup_9101.name, 'Fire Dispatch');
    assert.equal(components.talkgroup_5.name, 'Ambulance');
    assert.equal(components.locked.device_class, 'connectivity');
    assert.ok(components.active.off_delay > 10, 'longer than it is told again');
    const east = last.get('homeassistant/device/trunkflow-attic-county_x2e_east_2/config')!.payload as {
      components: object;
    };
    assert.deepEqual(
      Object.keys(east.components).filter((id) => id.startsWith('talkgroup')),
      ['talkgroup_5', 'talkgroup_5_active'],
    );
  });

  it('has names as text only: none gets into a template, a topic or an id', () => {
    const names = [
      '{{ states("lock.door") }}',
      '{% for x in range(9e9) %}{% endfor %}',
      '<img src=x onerror=alert(1)>',
      "$& $' $` $1",
      '~/+/#',
      '\u202e\u200b__name__',
      'x'.repeat(500),
    ];
    const made = new Bench(withHa(names.map((name, n) => ({ system: '', talkgroup: n + 1, name }))));
    made.start();
    for (const name of names) made.event(stats({ snr: 17 }), name);
    const templates = new Set<string>();
    const last = new Map<string, Publication>();
    for (const one of made.all) if (one.topic.startsWith('homeassistant/')) last.set(one.topic, one);
    assert.ok(last.size > names.length);
    const unique = new Set<string>();
    for (const [topic, { payload }] of last) {
      checkDiscovery(topic, payload, unique);
      const { components } = JSON.parse(JSON.stringify(payload)) as {
        components: Record<string, Record<string, string>>;
      };
      for (const [id, component] of Object.entries(components)) {
        const [, talkgroup] = /^talkgroup_(\d+)$/.exec(id) ?? [];
        if (talkgroup) assert.equal(component.name, names[Number(talkgroup) - 1]);
        for (const [key, value] of Object.entries(component)) {
          if (key.endsWith('_template')) templates.add(value);
          if (key.endsWith('_topic')) assert.doesNotMatch(value, /[+#]|^~|~$/, key);
        }
      }
    }
    // The same for all names, and made of fields by name; Home Assistant does not read templates in what they give.
    assert.deepEqual(
      [...templates].filter((text) => !/^\{\{ [\w' .>]+ \}\}$/.test(text)),
      [],
    );
    assert.ok(templates.size >= 5 && templates.size <= 7, [...templates].join());
  });

  it('gives different names different ids', () => {
    const names = [
      ['a', 'b'],
      ['a-b'],
      ['a_b'],
      ['a.b'],
      ['a b'],
      ['A', 'b'],
      ['ä', 'b'],
      ['a', 'b', 'c'],
      ['a-b', 'c'],
    ];
    assert.equal(new Set(names.map((parts) => haId(...parts))).size, names.length);
    for (const parts of names) assert.match(haId(...parts), /^[a-zA-Z0-9_-]+$/);
  });

  it('makes entities for chosen talkgroups only, whatever is heard', () => {
    const made = new Bench(withHa([FIRE]));
    const kept = new Kept();
    kept.take(made.start());
    for (let talkgroup = 1; talkgroup < 200; talkgroup++) {
      kept.take(made.call('start', call({ id: `c${talkgroup}`, talkgroup })));
      kept.take(made.event({ type: 'registration', protocol: 'p25', source: talkgroup, accepted: true }));
    }
    assert.deepEqual(kept.registry.components, [
      ...['active', 'alerts', 'calls', 'last_call', 'online', 'talkgroup_9101', 'talkgroup_9101_active'],
    ]);
  });

  it('sends events that the entities take, and never to be kept', () => {
    const made = new Bench(withHa([FIRE]));
    made.start();
    const told = [
      ...made.call('start', call({ alert: true })),
      ...made.call('update', call({ alert: true, emergency: true })),
      ...made.call('end', endedCall()),
      ...made.call('recorded', endedCall(), { filename: 'a.wav' }),
      ...made.call('not_followed', call({ id: 'b', state: 'not_followed', reason: 'encrypted', emergency: true })),
      ...made.event({ type: 'emergency_alarm', protocol: 'p25', source: 1 }),
      ...made.event({ type: 'tones', protocol: 'p25', name: 'x' }),
    ];
    const { components } = at(made.all.filter(({ topic }) => topic === COUNTY).slice(-1), COUNTY).payload;
    for (const entity of Object.values(components) as {
      platform: string;
      state_topic: string;
      event_types: string[];
    }[]) {
      if (entity.platform !== 'event') continue;
      const events = told.filter(({ topic }) => topic === entity.state_topic);
      assert.ok(events.length >= 5 || entity.state_topic.endsWith('alerts'), entity.state_topic);
      for (const { payload, retain } of events) {
        assert.equal(retain, false);
        assert.ok(entity.event_types.includes((payload as { event_type: string }).event_type));
      }
    }
    const active = told.filter(({ topic }) => topic === 'radio/attic/county/talkgroups/9101/active');
    assert.deepEqual(
      active.map(({ payload }) => payload),
      ['ON', 'OFF'],
    );
  });

  it('takes away what is removed, also over a restart', () => {
    const kept = new Kept();
    const first = new Bench(withHa([FIRE, { system: '', talkgroup: 5, name: '' }]));
    kept.take(first.start());
    kept.take(first.event(stats({ snr: 20 })));
    kept.take(first.pass(1));
    assert.ok(kept.retained.has('radio/attic/county/talkgroups/5/active'));
    const memory = new Memory(JSON.parse(JSON.stringify(first.memory)));

    const second = new Bench(withHa([FIRE]), memory);
    const start = second.start();
    kept.take(start);
    const sent = start
      .filter(({ topic }) => topic === COUNTY)
      .map(({ payload }) => (payload as { components: object }).components);
    assert.equal(sent.length, 2);
    assert.deepEqual((sent[0] as Record<string, object>).talkgroup_5, { platform: 'event' });
    assert.ok(!('talkgroup_5' in sent[1]));
    assert.deepEqual(kept.registry.components, [
      ...['active', 'alerts', 'calls', 'last_call', 'locked', 'online', 'rate', 'snr'],
      ...['talkgroup_9101', 'talkgroup_9101_active'],
    ]);
    assert.ok(!kept.retained.has('radio/attic/county/talkgroups/5/active'));

    const gone = new Bench(withHa([FIRE]), new Memory(JSON.parse(JSON.stringify(memory))), {
      ...RECEIVER,
      systems: [],
    });
    kept.take(gone.start());
    assert.deepEqual([...kept.registry.devices.keys()], [RECEIVER_TOPIC]);
    assert.deepEqual(
      [...kept.retained.keys()].filter((topic) => topic.includes('/county/')),
      [],
    );

    kept.take(gone.publisher.remove(gone.now));
    assert.deepEqual([...kept.retained.keys()], []);
  });

  it('withdraws everything when the instance is renamed, and the discovery when it is switched off', () => {
    const kept = new Kept();
    const first = new Bench(withHa([FIRE], { schema: 'both' }));
    kept.take(first.start());
    kept.take(first.event(stats()));
    const memory = () => new Memory(JSON.parse(JSON.stringify(first.memory)));
    const renamed = new Bench(withHa([FIRE], { schema: 'both', instance: 'cellar' }), memory());
    kept.take(renamed.start());
    assert.deepEqual(
      [...kept.retained.keys()].filter((topic) => topic.includes('attic')),
      [],
    );
    kept.take(new Bench({ schema: 'flat', instance: 'cellar' }, renamed.memory).start());
    assert.deepEqual(kept.registry.components, []);
    assert.deepEqual([...kept.retained.keys()].sort(), [
      'radio/cellar/county/state',
      'radio/cellar/receiver',
      'radio/cellar/status',
    ]);
  });

  it('tells everything again when Home Assistant, or the broker, may have lost it', () => {
    const made = new Bench(withHa([FIRE]));
    made.start();
    made.event(stats());
    const topics = made.took(made.publisher.announce(made.now)).map(({ topic }) => topic);
    for (const wanted of [RECEIVER_TOPIC, COUNTY, 'radio/attic/status', 'radio/attic/county/state', 'tr/config'])
      assert.ok(topics.includes(wanted), wanted);
    assert.equal(made.event(stats()).filter(({ topic }) => topic === COUNTY).length, 0);
  });

  it('survives a memory of any kind', () => {
    for (const remembered of [
      null,
      5,
      'x',
      [],
      { devices: 3, retained: { a: 1 }, systems: [7] },
      { devices: { a: null } },
    ])
      assert.ok(new Bench(withHa(), new Memory(remembered)).start().length > 0);
  });
});
