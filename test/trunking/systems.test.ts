import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AudioInfo, CallInfo } from '../../src/core/messages';
import { CallRecorder } from '../../src/sinks/call-recorder';
import { Follower } from '../../src/trunking/follower';
import type { FollowerOutput } from '../../src/trunking/options';
import { readTables } from '../../src/trunking/system-tables';
import { Bench } from '../sinks/mqtt/support';
import {
  calls,
  encryption,
  grant,
  messages,
  play,
  type Said,
  T0,
  talker,
  terminator,
  transmission,
  voiceOf,
} from './support/script';

const F1 = 852_000_000;

/** A conventional channel: who speaks, and on which frequency. */
function channel(stream: string, frequency: number, talkgroup: number, more: Said[] = []) {
  const { events, voice } = transmission(1200, 3000, talkgroup, 5);
  return { stream, from: 0, to: 6000, frequency, events: [...events, ...more], voice };
}

describe('two systems with the same talkgroup numbers', () => {
  const systems = [
    { shortName: 'north', nac: ['3C1'], talkgroups: 'Decimal,Alpha Tag,Listen,Record\n101,North Fire,,no\n' },
    { shortName: 'south', nac: ['3C2'], talkgroups: 'Decimal,Alpha Tag,Listen,Record\n101,South Police,no,\n' },
  ];

  /** Both sites at once, each on a source of its own, through one follower. */
  function both(): FollowerOutput[] {
    const follower = new Follower({ systems });
    const outputs: FollowerOutput[] = [];
    const take = (list: ReturnType<typeof messages>) => {
      for (const message of list) outputs.push(...follower.handle(message));
    };
    const { events, voice } = transmission(1200, 3000, 101, 5);
    for (const [root, nac] of [
      ['one', '3C1'],
      ['two', '3C2'],
    ]) {
      const own = (said: Said[]) => said.map((one) => ({ ...one, nac }));
      take(messages({ stream: `${root}/control`, from: 0, to: 1000, events: own([grant(500, 101, F1)]), end: false }));
      take(messages({ stream: `${root}/control`, from: 1000, to: 2000, end: false }));
      const open = outputs.findLast((output) => output.to === 'control' && output.control.open);
      const { id } = (open as { control: { open: { id: string } } }).control.open;
      take(messages({ stream: `${root}/${id}`, from: 500, to: 6000, events: own(events), voice, frequency: F1 }));
      take(messages({ stream: `${root}/control`, from: 2000, to: 7000 }));
    }
    outputs.push(...follower.close());
    return outputs;
  }

  it('make two calls, each with its names, flags, id and topic', () => {
    const outputs = both();
    const started = calls(outputs).filter(({ event }) => event === 'start');
    assert.deepEqual(
      started.map(({ topic, call }) => [topic, call.sys_name, call.talkgroup_alpha_tag, call.listen, call.record]),
      [
        ['north/101', 'north', 'North Fire', true, false],
        ['south/101', 'south', 'South Police', false, true],
      ],
    );
    assert.equal(new Set(started.map(({ call }) => call.id)).size, 2);
    for (const { message } of voiceOf(outputs))
      assert.equal(message.info.stream.startsWith(message.info.call!.sys_name === 'north' ? 'one/' : 'two/'), true);
  });

  it('are recorded in folders of their own', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'trunkflow-'));
    try {
      const recorder = new CallRecorder({ dir });
      for (const { call } of calls(both()).filter(({ event }) => event === 'end')) {
        // Recorded whatever its flags say: this is about where it goes.
        const info: AudioInfo = {
          stream: call.id,
          seq: 0,
          time: call.start_time_ms,
          rate: 8000,
          call: { ...call, record: true },
        };
        await recorder.write({ port: 'audio', payload: Buffer.alloc(16_000), info });
        await recorder.write({ port: 'audio', payload: Buffer.alloc(0), info: { ...info, seq: 1, end: true } });
      }
      await recorder.close();
      const files = readdirSync(dir, { recursive: true }).map(String);
      for (const name of ['north', 'south'])
        assert.equal(
          files.filter((file) => new RegExp(`^${name}/.*/101-.*\\.wav$`).test(file)).length,
          1,
          files.join(),
        );
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('are told of over MQTT under topics of their own', () => {
    const bench = new Bench({ schema: 'flat' });
    for (const { event, call } of calls(both())) bench.call(event, call);
    for (const name of ['north', 'south']) {
      const own = bench.all.filter(({ topic }) => topic.includes(`/${name}/call/`));
      assert.ok(own.length >= 2, name);
      for (const { payload } of own) {
        const { sys_name: system, talkgroup_alpha_tag: tag } = payload as Record<string, unknown>;
        assert.deepEqual([system, tag], [name, name === 'north' ? 'North Fire' : 'South Police']);
      }
    }
  });

  it('exchange their tables apart', () => {
    const follower = new Follower({ systems });
    const tables = readTables({ talkgroups: 'Decimal,Alpha Tag\n101,Renamed\n' });
    assert.equal(follower.useTables('south', tables), true);
    assert.equal(follower.useTables('elsewhere', tables), false);
    const [north, south] = follower.systems.configured;
    assert.equal(north.talkgroup(101)!.alphaTag, 'North Fire');
    assert.equal(south.talkgroup(101)!.alphaTag, 'Renamed');
  });
});

describe('tables that are exchanged while calls run', () => {
  it('leave a running call as it is, and name the next; units that speak from now on have their new names', () => {
    const follower = new Follower({
      systems: [{ shortName: 'a', talkgroups: 'Decimal,Alpha Tag\n101,Old\n', unitTags: '5,Old five\n' }],
    });
    const outputs: FollowerOutput[] = [];
    const script = channel('site/direct', 0, 101);
    const second = transmission(4000, 5000, 101, 5);
    const list = messages({
      ...script,
      to: 9000,
      events: [...script.events, ...second.events],
      voice: [...script.voice, ...second.voice],
    });
    let changed = false;
    for (const message of list) {
      const time = message.port === 'event' ? message.payload.time! : (message as { info: { time: number } }).info.time;
      if (!changed && time > T0 + 2500) {
        changed = true;
        follower.useTables(
          'a',
          readTables({ talkgroups: 'Decimal,Alpha Tag,Priority\n101,New,-1\n', units: '5,New five\n' }),
        );
      }
      outputs.push(...follower.handle(message));
    }
    outputs.push(...follower.close());
    const [started] = calls(outputs);
    const ended = calls(outputs).find(({ event }) => event === 'end')!;
    assert.equal(started.call.talkgroup_alpha_tag, 'Old');
    assert.equal(ended.call.talkgroup_alpha_tag, 'Old');
    assert.deepEqual(
      ended.call.sources.map(({ tag }) => tag),
      ['Old five', 'New five'],
    );
  });
});

describe('conventional channels', () => {
  const channels =
    'TG Number,Frequency,Tone,Alpha Tag,Description,Category,Tag,Comment,Enable\n7,154.4300,,County Fire,Dispatch,Fire,Fire Dispatch,,true\n,155.3700,103.5,Sheriff,,,,,\n';

  const started = (frequency: number, talkgroup: number, more: object = {}): CallInfo => {
    const others = [channel('fm/direct', frequency, talkgroup)];
    const { outputs } = play({ control: [], others, options: { systems: [{ shortName: 'a', channels, ...more }] } });
    return calls(outputs).find(({ event }) => event === 'start')!.call;
  };

  it('have the number and names of the channel table, by their frequency, whatever talkgroup they send', () => {
    const call = started(154_430_000, 1);
    assert.deepEqual(
      [call.talkgroup, call.talkgroup_alpha_tag, call.talkgroup_description, call.talkgroup_group, call.talkgroup_tag],
      [7, 'County Fire', 'Dispatch', 'Fire', 'Fire Dispatch'],
    );
    assert.equal(call.conventional, true);
    assert.equal(call.id.startsWith('a_7_'), true);
  });

  it('without a number are called by their frequency in kHz', () => {
    const call = started(155_370_400, 1);
    assert.deepEqual([call.talkgroup, call.talkgroup_alpha_tag], [155_370, 'Sheriff']);
  });

  it('that are in no table keep the talkgroup they send', () => {
    assert.equal(started(160_000_000, 42).talkgroup, 42);
  });

  it('are told by number, name and frequency also where the first that is heard is encrypted', () => {
    const events = [talker(1500, 1, 7), encryption(1500, true), terminator(3000, true)];
    const voice = [{ from: 1582, to: 3000, mark: 9 }];
    const others = [{ stream: 'fm/direct', from: 0, to: 9000, frequency: 154_430_000, events, voice }];
    const { outputs } = play({ control: [], others, options: { systems: [{ shortName: 'a', channels }] } });
    assert.deepEqual(
      calls(outputs).map(({ event, call }) => [
        event,
        call.talkgroup,
        call.talkgroup_alpha_tag,
        call.freq,
        call.algorithm,
      ]),
      [['not_followed', 7, 'County Fire', 154_430_000, 0x84]],
    );
  });

  it('have the flags and priority of their number in the talkgroup table, and count as known', () => {
    const talkgroups = 'Decimal,Alpha Tag,Listen,Category\n7,Other name,no,Other\n';
    const call = started(154_430_000, 1, { talkgroups, followUnknown: false });
    assert.deepEqual([call.talkgroup_alpha_tag, call.talkgroup_group, call.listen], ['County Fire', 'Fire', false]);
    assert.equal(started(155_370_000, 1, { followUnknown: false }).talkgroup, 155_370);
  });
});

describe('names that units send along', () => {
  const alias = (at: number, text: string, block?: number): Said => ({ at, type: 'talker_alias', text, block });
  const run = (unitTags: string, more: Said[]) => {
    const others = [channel('fm/direct', 154e6, 9, more)];
    const { outputs } = play({ control: [], others, options: { systems: [{ shortName: 'a', unitTags }] } });
    return calls(outputs).find(({ event }) => event === 'end')!.call;
  };

  it('are put together from their blocks, and stand beside the name of the table', () => {
    const blocks = [alias(1500, 'Engine ', 1), alias(1860, '21 Smit', 2), alias(2200, 'h', 3)];
    const [source] = run('5,Engine 21', blocks).sources;
    assert.deepEqual([source.tag, source.tag_ota], ['Engine 21', 'Engine 21 Smith']);
  });

  it('name units that the table does not, before those that were heard some other day', () => {
    const [source] = run('5,Yesterday,ota', [alias(1500, 'Today')]).sources;
    assert.deepEqual([source.tag, source.tag_ota], ['Today', 'Today']);
    const [before] = run('5,Yesterday,ota', []).sources;
    assert.deepEqual([before.tag, before.tag_ota], ['Yesterday', 'Yesterday']);
    const [none] = run('', []).sources;
    assert.deepEqual([none.tag, 'tag_ota' in none], ['', false]);
  });
});
