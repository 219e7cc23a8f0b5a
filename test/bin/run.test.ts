import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Line, parseLines, start, testFolder, trunkflow } from './cli';

const INJECT = {
  id: 'inject',
  type: 'inject',
  z: 'tab',
  name: '',
  props: [{ p: 'payload' }, { p: 'topic', vt: 'str' }],
  once: true,
  onceDelay: 0.1,
  topic: 'greeting',
  payload: '{"word":"hello","list":[1,2]}',
  payloadType: 'json',
};
const debug = (id: string, more: object = {}) => ({ id, type: 'debug', z: 'tab', name: '', active: true, ...more });

describe('command line: run', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const path = (name: string) => join(folder, name);

  function flow(name: string, ...nodes: object[]): string {
    // A node without a place would be a config node.
    const placed = nodes.map((node) => ('z' in node ? { x: 0, y: 0, wires: [], ...node } : node));
    writeFileSync(path(name), JSON.stringify([{ id: 'tab', type: 'tab', label: 'test' }, ...placed]));
    return path(name);
  }

  it('prints what reaches active debug nodes: their property, or the whole message', () => {
    const file = flow(
      'debug.json',
      { ...INJECT, wires: [['function']] },
      {
        id: 'function',
        type: 'function',
        z: 'tab',
        name: 'maker',
        func: "msg.bytes = Buffer.alloc(3); msg.big = 7n; node.warn('made'); msg.self = null; return msg;",
        outputs: 1,
        wires: [['plain', 'whole', 'deep', 'silent']],
      },
      debug('plain', { name: 'payloads', complete: 'false' }),
      debug('whole', { complete: 'true' }),
      debug('deep', { complete: 'payload.list' }),
      debug('silent', { active: false }),
    );
    mkdirSync(path('here'));
    const { code, out, err } = trunkflow(['run', file, '--seconds', '1.5'], { cwd: path('here') });
    assert.deepEqual([code, err], [0, 'maker: made\n']);
    const lines = parseLines(out);
    assert.deepEqual(
      lines.map(({ node }) => node),
      ['payloads', 'whole', 'deep'],
    );
    const payload = { word: 'hello', list: [1, 2] };
    assert.deepEqual(lines[0], { node: 'payloads', topic: 'greeting', payload });
    const { msg } = lines[1] as { msg: Line };
    assert.deepEqual([msg.payload, msg.bytes, msg.big], [payload, 'Buffer of 3 bytes', '7']);
    assert.deepEqual(lines[2], { node: 'deep', topic: 'greeting', 'payload.list': [1, 2] });
    assert.deepEqual(readdirSync(path('here')), [], 'nothing is left behind');
  });

  it('says when a message cannot be shown, and goes on', () => {
    const func = 'msg.payload.self = msg.payload; return msg;';
    const file = flow(
      'circle.json',
      { ...INJECT, wires: [['loop', 'after']] },
      { id: 'loop', type: 'function', z: 'tab', name: '', func, outputs: 1, wires: [['circle']] },
      debug('circle'),
      debug('after', { complete: 'topic' }),
    );
    const lines = parseLines(trunkflow(['run', file, '--seconds', '1']).out);
    assert.match(String(lines.find(({ node }) => node === 'circle')?.error), /cannot be shown/);
    assert.equal(lines.find(({ node }) => node === 'after')?.topic, 'greeting');
  });

  it('shows the statuses of the radio nodes in words', () => {
    const file = flow(
      'status.json',
      { id: 'voice', type: 'radio-voice', z: 'tab', name: '', wires: [[]] },
      { id: 'status', type: 'status', z: 'tab', name: '', scope: ['voice'], wires: [['shown']] },
      debug('shown', { complete: 'status.text' }),
    );
    const { out } = trunkflow(['run', file, '--seconds', '2'], { cwd: folder });
    assert.equal(parseLines(out).length, 1);
    assert.doesNotMatch(out, /status\.waiting/, 'the name of a text in place of the text');
  });

  it('runs the radio nodes: a recording in this folder, decoded and recorded', async () => {
    const work = path('radio');
    mkdirSync(work);
    assert.equal(trunkflow(['generate', join(work, 'site_240k.cu8'), '--seconds', '10']).code, 0);
    const node = (id: string, type: string, wires: string[][], more: object) => ({
      id,
      type: `radio-${type}`,
      z: 'tab',
      name: '',
      wires,
      ...more,
    });
    const file = flow(
      'radio.json',
      {
        id: 'device',
        type: 'radio-device',
        driver: 'iq-file',
        iqFile: 'site_240k.cu8',
        iqFormat: 'auto',
        replay: 'fast',
      },
      {
        id: 'system',
        type: 'radio-system',
        name: '',
        shortName: 'site',
        nac: '',
        talkgroups: '',
        talkgroupsIn: 'text',
        unitTags: '',
        unitTagsIn: 'text',
        followUnknown: true,
        bandPlan: [],
      },
      node('source', 'source', [['channelizer'], []], {
        device: 'device',
        frequency: 851_500_000,
        rate: 240_000,
        gain: '',
        autostart: true,
      }),
      node('channelizer', 'channelizer', [['demod'], ['follower']], {
        channels: [{ id: 'control', frequency: 851_437_500 }],
        rate: 24_000,
        bandwidth: 12_500,
        maxChannels: 16,
        history: 2,
        removeDc: true,
      }),
      node('demod', 'demod', [['decoder']], { signal: 'p25', modulation: '', polarity: 'auto' }),
      node('decoder', 'decoder', [['follower'], ['follower']], { system: 'system' }),
      node('follower', 'follower', [['channelizer'], ['calls'], ['voice']], {
        system: 'system',
        maxCalls: 4,
        hangTime: 2,
        unitCalls: false,
        conventional: false,
      }),
      node('voice', 'voice', [['recorder']], {}),
      node('recorder', 'recorder', [['files']], {
        folder: 'calls',
        shortest: 0,
        sidecar: true,
        conventional: false,
        conventionalName: '',
      }),
      debug('calls', { name: 'calls', complete: 'event' }),
      debug('files', { name: 'files', complete: 'filename' }),
    );
    const { child, printed, ended } = start(['run', file], work);
    await printed('"files"');
    child.kill('SIGINT');
    const { code, out, err } = await ended;
    assert.deepEqual([code, err], [0, '']);
    const lines = parseLines(out);
    const calls = lines.filter((line) => line.node === 'calls').map(({ topic, event }) => [topic, event]);
    assert.deepEqual(calls, [
      ['site/1001', 'start'],
      ['site/1001', 'update'],
      ['site/1001', 'end'],
    ]);
    const [{ filename }] = lines.filter((line) => line.node === 'files');
    assert.ok(String(filename).startsWith(join(work, 'calls', 'site')), String(filename));
  });

  it('runs until it is interrupted', async function () {
    if (process.platform === 'win32') this.skip();
    const file = flow(
      'forever.json',
      { ...INJECT, repeat: '0.1', wires: [['seen']] },
      debug('seen', { complete: 'topic' }),
    );
    const { child, printed, ended } = start(['run', file]);
    await printed('"node":"seen"');
    child.kill('SIGTERM');
    const { code, err } = await ended;
    assert.deepEqual([code, err], [0, '']);
  });
});
