import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NodeAPI } from 'node-red';
import { SystemNames } from '../../nodes/mqtt/system-names';
import type { SystemNode } from '../../nodes/system/system-node';
import { until } from '../e2e/until';
import { type FlowNode, type Message, SYSTEM, TestFlow, watchers } from './flow';

const TABLES = { type: 'radio-tables', name: '', system: 'system', table: 'auto', mode: 'merge', keep: true };

describe('radio-tables', () => {
  let flow: TestFlow;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'trunkflow-'));
  });
  afterEach(async () => {
    await flow.close();
    rmSync(folder, { recursive: true });
  });

  const start = async (settings: object = {}, system: object = {}, more: FlowNode[] = []) => {
    flow = await TestFlow.load([
      { ...SYSTEM, ...system },
      { id: 'node', ...TABLES, ...settings, wires: [['out1']] } as FlowNode,
      ...more,
      ...watchers(1),
    ]);
  };
  const send = (message: object) => flow.node('node').receive(message as Message);
  const tables = () => (flow.node('system') as SystemNode).store().tables;
  const texts = () => flow.at('shown').map(({ status }) => status.text as string);

  it('puts a table into the system and gives the report, with the message it came from', async () => {
    await start();
    send({ payload: Buffer.from('Decimal;Alpha Tag\r\n1001;Löschzug\r\n1002;B\r\nx;\r\n'), statusCode: 200 });
    const { topic, payload, statusCode } = await until(() => flow.at('out1')[0], 'a report');
    assert.deepEqual([topic, statusCode], ['demo/talkgroups', 200]);
    assert.deepEqual(
      [payload.accepted, payload.added, payload.changed, payload.rejected, payload.kept],
      [2, 1, 1, 1, false],
    );
    assert.equal(tables().talkgroups.get(1001)!.alphaTag, 'Löschzug');
    await until(() => texts().includes('status.rejected'), 'the status');
    const warned = (flow.node('node').warn as unknown as { args: string[][] }).args.flat();
    assert.match(warned[0], /^demo, talkgroups, line 4: "x" is no talkgroup number/);
    await until(() => flow.at('done').length === 1, 'the message to be done');
  });

  it('takes every table, by its columns, by the form or by msg.table', async () => {
    await start({ table: 'units' });
    send({ payload: '4021,Engine 21' });
    send({ payload: 'TG Number,Frequency,Alpha Tag\n7,154.43,County', table: 'channels' });
    send({ payload: [{ identifier: 3, base: 851_006_250, spacing: 6250 }], table: 'bandplan' });
    await until(() => flow.at('out1').length === 3, 'three reports');
    assert.equal(tables().units.name(4021), 'Engine 21');
    assert.equal(tables().channels.at(154_430_000)!.alphaTag, 'County');
    assert.deepEqual(tables().bandPlan[3].base, 851_006_250);
    assert.deepEqual(
      flow.at('out1').map(({ topic }) => topic),
      ['demo/units', 'demo/channels', 'demo/bandplan'],
    );
  });

  it('changes the flags of one talkgroup, as a button sends them, and never replaces the table by it', async () => {
    await start({ mode: 'replace' });
    send({ payload: { talkgroup: 1001, listen: false, lockout: true } });
    await until(() => flow.at('out1').length === 1, 'a report');
    send({ payload: { talkgroup: 5, alert: true } });
    await until(() => flow.at('out1').length === 2, 'a report');
    const { talkgroups } = tables();
    assert.equal(talkgroups.size, 2);
    assert.deepEqual([talkgroups.get(1001)!.listen, talkgroups.get(1001)!.priority], [false, -1]);
    assert.equal(talkgroups.get(1001)!.alphaTag, 'Fire');
    send({ payload: 'Decimal\n9\n' });
    await until(() => flow.at('out1').length === 3, 'a report');
    assert.equal(tables().talkgroups.size, 1);
  });

  it('tells what is wrong to Catch nodes, in words, and keeps the table', async () => {
    await start();
    for (const [index, message] of [
      { payload: 'no table' },
      { payload: undefined },
      { payload: 'Decimal\n1', table: '__proto__' },
      { payload: 'Decimal\n1', mode: 'wipe' },
      { payload: 'Decimal\nx', table: 'talkgroups', mode: 'replace' },
    ].entries()) {
      send(message);
      await until(() => flow.at('caught').length === index + 1, `an error for ${JSON.stringify(message)}`);
    }
    assert.equal(tables().talkgroups.size, 1);
    assert.equal(flow.at('out1').length, 0);
    await until(() => texts().includes('nothing usable'), 'the status');
  });

  it('says that no system is set', async () => {
    await start({ system: '' });
    const { error } = await until(() => flow.at('caught')[0], 'an error');
    assert.match(error.message, /No system is set/);
    await until(() => texts().includes('no system set'), 'the status');
  });

  it('renames what other nodes ask the system for', async () => {
    await start();
    const names = new SystemNames({
      nodes: {
        eachNode: (visit: (node: object) => void) => visit({ id: 'system', type: 'radio-system' }),
        getNode: () => flow.node('system'),
      },
    } as unknown as NodeAPI);
    names.refresh();
    assert.equal(names.talkgroup('demo', 1001)!.alphaTag, 'Fire');
    send({ payload: 'Decimal,Alpha Tag\n1001,Fire New' });
    send({ payload: '77,Car 77', table: 'units' });
    await until(() => flow.at('out1').length === 2, 'two reports');
    assert.equal(names.talkgroup('demo', 1001)!.alphaTag, 'Fire New');
    assert.equal(names.unit('demo', 77), 'Car 77');
  });

  it('writes into the file of the table where that is wanted', async () => {
    const path = join(folder, 'talkgroups.csv');
    writeFileSync(path, 'Decimal,Alpha Tag\n1,One\n');
    await start({}, { talkgroups: path, talkgroupsIn: 'file' });
    send({ payload: 'Decimal,Alpha Tag\n2,Two\n' });
    const { payload } = await until(() => flow.at('out1')[0], 'a report');
    assert.equal(payload.kept, true);
    assert.match(readFileSync(path, 'utf8'), /\n1,1,,One,.*\n2,2,,Two,/);
  });

  it('names the next calls of a follower that runs, and leaves the running ones alone', async () => {
    await start({}, {}, [
      {
        id: 'follower',
        type: 'radio-follower',
        name: '',
        system: 'system',
        maxCalls: 4,
        hangTime: 2,
        unitCalls: false,
        conventional: true,
        wires: [[], ['calls'], []],
      },
      { id: 'calls', type: 'helper' },
    ]);
    const stream = 'sdr/control';
    const grant = (talkgroup: number, time: number) =>
      flow.node('follower').receive({
        payload: {
          ...{ type: 'grant', protocol: 'p25', stream, time, nac: '293', update: false, talkgroup, source: 77 },
          ...{ frequency: 851_525_000, channel: '1-1', emergency: false, encrypted: true, priority: 4, duplex: false },
          ...{ mode: 'circuit', data: false },
        },
      } as Message);
    let seq = 0;
    const pass = (from: number, to: number) => {
      for (let time = from; time < to; time += 500) {
        const voice = { stream, seq: seq++, time, duration: 500, frames: 0, codec: 'imbe', format: 'soft' };
        flow
          .node('follower')
          .receive({ payload: Buffer.alloc(0), voice: { ...voice, frequency: 0, errors: 0 } } as unknown as Message);
      }
    };
    grant(1001, 1000);
    pass(1000, 10_000);
    const first = await until(() => flow.at('calls')[0], 'a call');
    assert.equal(first.payload.talkgroup_alpha_tag, 'Fire');
    assert.equal(first.payload.listen, true);
    send({ payload: [{ talkgroup: 1001, 'Alpha Tag': 'Fire New', listen: false, alert: true }], table: 'talkgroups' });
    await until(() => flow.at('out1')[0], 'a report');
    grant(1001, 10_000);
    pass(10_000, 20_000);
    const second = await until(() => flow.at('calls')[1], 'the next call');
    assert.equal(second.payload.talkgroup_alpha_tag, 'Fire New');
    assert.deepEqual([second.payload.listen, second.payload.record, second.payload.alert], [false, true, true]);
  });
});

describe('radio-system', () => {
  let flow: TestFlow;
  afterEach(() => flow.close());

  it('reads a file that changes, and tells in the log', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trunkflow-'));
    try {
      const path = join(folder, 'units.csv');
      writeFileSync(path, '1,One\n');
      flow = await TestFlow.load([{ ...SYSTEM, unitTags: path, unitTagsIn: 'file' }]);
      const system = flow.node('system') as SystemNode;
      assert.equal(system.options().tables!.units.name(1), 'One');
      writeFileSync(path, '1,One\n2,Two\n(bad,x\n');
      await until(() => system.options().tables!.units.name(2) === 'Two', 'the file to be read');
      const spies = system as unknown as Record<'log' | 'warn', { args: string[][] }>;
      await until(() => spies.warn.args.length > 0, 'a warning');
      assert.match(
        spies.log.args.flat().join(),
        /demo, units: trunk-recorder's unit tags; 1 added, 1 unchanged, 1 rejected/,
      );
      assert.match(spies.warn.args.flat().join(), /line 3: "\(bad"/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('names the recordings of conventional channels by their frequency, and leaves out those that are not wanted', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trunkflow-'));
    try {
      const channels = 'TG Number,Frequency,Alpha Tag,Category\n7,154.4300,County Fire,Fire\n8,155.3700,Quiet,\n';
      const talkgroups = 'Decimal,Record,Alert\n7,,yes\n8,no,\n';
      flow = await TestFlow.load([
        { ...SYSTEM, channels, channelsIn: 'text', talkgroups },
        {
          ...{ id: 'node', type: 'radio-recorder', name: '', folder, sidecar: true, shortest: 0, conventional: true },
          ...{ conventionalName: 'demo', log: false, sendAudio: false, wires: [['out1']] },
        },
        ...watchers(1),
      ]);
      for (const [stream, frequency] of [
        ['fm/quiet', 155_370_000],
        ['fm/fire', 154_430_000],
        ['fm/other', 160_000_000],
      ] as const)
        for (const [seq, bytes] of [1600, 1600, 0].entries()) {
          const audio = { stream, frequency, seq, time: 1_700_000_000_000 + seq * 100, rate: 8000 };
          flow.node('node').receive({ payload: Buffer.alloc(bytes, seq), audio } as Message);
        }
      await until(() => flow.at('done').length === 9, 'all audio to be dealt with');
      const recorded = await until(() => flow.at('out1').length >= 2 && flow.at('out1'), 'two recordings');
      const found = recorded.map(({ topic, payload }) => [topic, payload.talkgroup_alpha_tag, payload.alert]);
      assert.deepEqual(found.sort(), [
        ['demo/0', '', false],
        ['demo/7', 'County Fire', true],
      ]);
      const [fire] = recorded.filter(({ topic }) => topic === 'demo/7');
      assert.equal(fire.metadata.talkgroup_group, 'Fire');
      assert.match(fire.filename, /demo\/\d+\/\d+\/\d+\/7-/);
    } finally {
      await flow.node('node').close(false);
      rmSync(folder, { recursive: true });
    }
  });

  it('gives the flags of unknown talkgroups, and works without the settings of later versions', async () => {
    flow = await TestFlow.load([
      {
        ...SYSTEM,
        unknownPriority: 7,
        unknownListen: false,
        unknownRecord: true,
        unknownUpload: false,
        unknownAlert: true,
      },
      { ...SYSTEM, id: 'old', shortName: 'earlier' },
    ]);
    const { unknownFlags, unknownPriority } = (flow.node('system') as SystemNode).options();
    assert.deepEqual(unknownFlags, { listen: false, record: true, upload: false, alert: true });
    assert.equal(unknownPriority, 7);
    const old = (flow.node('old') as SystemNode).options();
    assert.deepEqual(old.unknownFlags, { listen: true, record: true, upload: true, alert: false });
    assert.equal(old.tables!.talkgroups.size, 1);
  });
});
