import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import type { ExampleNode } from '../package/package-files';
import { aedes, type Broker } from '../support/brokers';
import type { WebService } from '../support/web-service';
import {
  type Action,
  HOME_TOKEN,
  homeAssistant,
  ntfy,
  type Push,
  type PushoverMessage,
  pushover,
  TRANSCRIPT,
  type Transcription,
  whisper,
} from '../support/web-services';
import { Comms } from './comms';
import { changed, example, onTab, wire } from './example-flows';
import { NodeRedProcess } from './node-red-process';
import { until } from './until';

const TOKEN = 'a'.repeat(30);
const USER = 'u'.repeat(30);

/** The recipes put beside the demo, whose site they live on, and wired to it as their comments say. */
describe('recipes', function () {
  this.timeout(90_000);
  let folder: string;
  let nodeRed: NodeRedProcess;
  let comms: Comms;
  let broker: Broker;
  let client: MqttClient;
  const messages: { topic: string; payload: Buffer }[] = [];
  let services: {
    ntfy: WebService<Push>;
    pushover: WebService<PushoverMessage>;
    whisper: WebService<Transcription>;
    home: WebService<Action>;
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'trunkflow-recipes-'));
    broker = await aedes();
    client = await mqtt.connectAsync(broker.url);
    client.on('message', (topic, payload) => messages.push({ topic, payload }));
    await client.subscribeAsync('#');
    services = {
      ntfy: await ntfy(),
      pushover: await pushover(),
      whisper: await whisper(),
      home: await homeAssistant(),
    };
    nodeRed = await NodeRedProcess.start({ env: playerInto(folder) });
    comms = await Comms.open(nodeRed.url);
    await nodeRed.deploy(flow());
  });
  after(async () => {
    comms?.close();
    await nodeRed?.stop();
    await client?.endAsync();
    await broker?.close();
    for (const service of Object.values(services ?? {})) await service.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function flow(): ExampleNode[] {
    const to = (service: WebService<unknown>, path: string) => ({ url: service.url + path });
    const bearer = { credentials: { user: '', password: HOME_TOKEN } };
    const mqtt = { 'mqtt-broker': { port: String(broker.port) } };
    const recipe = (name: string, settings: Record<string, object>) =>
      onTab(changed(example(`Recipes/${name}`), settings), 'demo-tab');
    const nodes = [
      ...example('Demo without a radio'),
      ...recipe('Dispatch - flash a light, hear it in the room', mqtt),
      ...recipe('Dispatch - light and media player of Home Assistant', {
        'rcp-ha-flash': { ...to(services.home, '/api/services/light/turn_on'), ...bearer },
        'rcp-ha-play': { ...to(services.home, '/api/services/media_player/play_media'), ...bearer },
      }),
      ...recipe('Calls to a phone with ntfy', { 'rcp-ntfy-send': to(services.ntfy, '/calls') }),
      ...recipe('Calls to a phone with Pushover', {
        'rcp-po-frame': { credentials: { PUSHOVER_TOKEN: TOKEN, PUSHOVER_USER: USER } },
        'rcp-po-send': to(services.pushover, '/1/messages.json'),
      }),
      ...recipe('Calls as text with Whisper', { 'rcp-text-whisper': to(services.whisper, '/v1/audio/transcriptions') }),
      ...recipe('Tell when a unit is heard', { 'rcp-unit-send': to(services.ntfy, '/units') }),
      ...recipe('Tell when a unit enters or leaves an area', mqtt),
      ...recipe('Summary of the night', { 'rcp-sum-send': to(services.ntfy, '/summary') }),
      {
        id: 'heard',
        type: 'debug',
        z: 'demo-tab',
        name: 'heard',
        active: true,
        tosidebar: true,
        complete: 'audio.call',
        targetType: 'msg',
        x: 100,
        y: 800,
        wires: [],
      },
    ];
    for (const to of ['rcp-light-dispatch', 'rcp-ha-begins', 'rcp-sum-count']) wire(nodes, 'demo-follower', 1, to);
    for (const to of ['rcp-ha-recorded', 'rcp-ntfy-which', 'rcp-po-which', 'rcp-text-long'])
      wire(nodes, 'demo-recorder', 0, to);
    for (const to of ['rcp-unit-units', 'rcp-area-areas']) wire(nodes, 'demo-decoder', 0, to);
    wire(nodes, 'demo-voice', 0, 'rcp-light-voice');
    wire(nodes, 'rcp-light-voice', 0, 'heard');
    wire(nodes, 'rcp-text-archive', 0, 'demo-recorder');
    return nodes;
  }

  const published = (topic: string) =>
    messages.filter((message) => message.topic === topic).map(({ payload }) => JSON.parse(String(payload)));
  const pushes = (topic: string) => services.ntfy.taken.filter((push) => push.topic === topic);
  /** The recording is at this address, but that this Node-RED is somewhere else. */
  async function plays(url: unknown): Promise<void> {
    const response = await fetch(String(url).replace('http://192.168.1.20:1880', nodeRed.url));
    assert.equal(response.status, 200, String(url));
    assert.match(response.headers.get('content-type')!, /^audio\//);
    assert.ok((await response.arrayBuffer()).byteLength > 16_000);
  }
  const shown = (id: string) => comms.statuses.filter(({ node }) => node === id).at(-1)?.text;

  it('a dispatch call flashes the light', async () => {
    await until(() => published('zigbee2mqtt/hall light/set').length > 0, 'a message for the light');
    assert.deepEqual(published('zigbee2mqtt/hall light/set')[0], { effect: 'blink' });
  });

  it('a dispatch call flashes a light of Home Assistant', async () => {
    await until(() => services.home.taken.length > 0, 'an action');
    const { action, data } = services.home.taken[0];
    assert.deepEqual({ action, data }, { action: 'light/turn_on', data: { entity_id: 'light.hall', flash: 'long' } });
    await until(() => shown('rcp-ha-answer1') === '200', 'the answer');
  });

  it('a unit that is heard is told of once', async () => {
    await until(() => pushes('units').length > 0, 'a message');
    const [push] = pushes('units');
    assert.match(push.title!, /^(Chief 1|Engine 4) is there$/);
    assert.match(push.message, /^Unit 100[12]01 was heard \((location )?(registration|affiliation|talker)\)$/);
    const event = (time: number) => ({ payload: { type: 'affiliation', source: 100201, time } });
    const hours = (count: number) => 1_800_000_000_000 + count * 3_600_000;
    // Four hours must have passed: 0 is told, 3.9 is not, 4 is.
    for (const count of [0, 3.9, 4]) await nodeRed.inject('rcp-unit-try', event(hours(count)));
    await nodeRed.inject('rcp-unit-try', { payload: { type: 'affiliation', source: 99, time: 0 } });
    const told = (name: string) => pushes('units').filter(({ title }) => title === `${name} is there`).length;
    await until(() => told('Engine 4') >= 2 && told('Chief 1') > 0, 'the messages');
  });

  it('areas are entered and left, by distance and by corners, also by who talks on the channel', async () => {
    const at = (latitude: number, longitude: number, more: object = { source: 7 }) =>
      nodeRed.inject('rcp-area-try', { payload: { type: 'location', latitude, longitude, ...more } });
    const events = () =>
      messages
        .filter(({ topic }) => topic.startsWith('radio/area/'))
        .map(({ topic, payload }) => `${topic} ${JSON.parse(String(payload)).event}`);
    // 40.4406 -79.9959 is the station; a hundredth of a degree north are 1112 m, 0.0044 are 489 m, 0.0046 are 511 m.
    await at(40.4506, -79.9959);
    await at(40.4452, -79.9959); // 511 m: not yet
    await at(40.445, -79.9959); // 489 m
    await at(40.44, -80.001, { stream: 'dongle/voice-1' }); // nobody's
    await nodeRed.inject('rcp-area-try', {
      payload: { type: 'talker', stream: 'dongle/voice-1', source: 8, talkgroup: 1 },
    });
    await at(40.441, -80.001, { stream: 'dongle/voice-1' }); // downtown, and 433 m from the station
    await at(40.5, -80.001); // 7 is outside for the first time
    await at(40.5, -80.001);
    await until(() => events().length >= 4, 'four messages');
    assert.deepEqual(events(), [
      'radio/area/station 4/7 enter',
      'radio/area/station 4/8 enter',
      'radio/area/downtown/8 enter',
      'radio/area/station 4/7 leave',
    ]);
  });

  it('a recorded call goes to the phone, with the recording attached', async () => {
    // A machine that is overrun loses live signal, so not every call must be whole.
    const push = await until(
      () => pushes('calls').find(({ attachment }) => (attachment?.bytes.length ?? 0) > 5 * 16_000),
      'a message with a whole call',
    );
    assert.equal(push.title, 'Fire Disp');
    assert.match(push.message, /^unit 1001\d\d, \d+ s$/);
    assert.deepEqual(push.tags, ['radio']);
    assert.match(push.attachment!.name, /^1001-\d+(\.\d+)?_\d+.*\.wav$/);
    assert.equal(push.attachment!.bytes.toString('latin1', 8, 12), 'WAVE');
  });

  it('an emergency is urgent, and names with letters of any script arrive', async () => {
    const call = { talkgroup: 5, talkgroup_alpha_tag: 'Feuerwehr Köln', unit: -1, length: 3.4, emergency: true };
    await nodeRed.inject('rcp-ntfy-try', { payload: call, event: 'recorded' });
    await until(() => pushes('calls').some(({ priority }) => priority === 5), 'the message');
    const push = pushes('calls').find(({ priority }) => priority === 5)!;
    assert.deepEqual(
      [push.title, push.message, push.attachment],
      ['Feuerwehr Köln', 'unknown unit, 3 s, EMERGENCY', undefined],
    );
  });

  it('a recorded call goes to Pushover, with a link', async () => {
    await until(() => services.pushover.taken.length > 0, 'a message');
    const { token, user, title, url, message } = services.pushover.taken[0];
    assert.deepEqual([token, user, title], [TOKEN, USER, 'Fire Disp']);
    assert.match(message, /^unit 1001\d\d, \d+ s$/);
    await plays(url);
  });

  it('a recorded call is played by a media player of Home Assistant', async () => {
    const played = () => services.home.taken.filter(({ action }) => action === 'media_player/play_media');
    await until(() => played().length > 0, 'an action');
    await plays(played()[0].data.media_content_id);
  });

  it('recorded calls become text, which goes into the archive', async () => {
    await until(() => comms.at('texts').length > 0, 'a text');
    assert.equal(comms.at('texts')[0], TRANSCRIPT);
    const [{ name, type, model }] = services.whisper.taken;
    assert.deepEqual([name, type, model], ['call.wav', 'audio/wav', 'whisper-1']);
    await until(() => services.whisper.taken.some(({ bytes }) => bytes.length > 5 * 16_000), 'a whole call');
    type Found = { calls: { transcript?: string; call: { talkgroup: number } }[] };
    const search = async (text: string) => (await nodeRed.get(`/radio/listen/calls?text=${text}`)) as Found;
    await until(async () => (await search('brewery')).calls.length > 0, 'the call to be found by its text');
    assert.equal((await search('brewery')).calls[0].transcript, TRANSCRIPT);
    assert.deepEqual((await search('cowshed')).calls, []);
  });

  it('only the dispatch talkgroup is heard in the room', async () => {
    await until(
      () => comms.at('calls').some((call) => (call as { state: string; talkgroup: number }).talkgroup === 1002),
      'another call',
    );
    await until(() => existsSync(join(folder, 'sound')), 'sound');
    const sound = readFileSync(join(folder, 'sound'));
    const samples = new Int16Array(sound.buffer.slice(sound.byteOffset, sound.byteOffset + (sound.length & ~1)));
    assert.ok(samples.filter((sample) => Math.abs(sample) > 500).length > 8000, 'a second of speech at least');
    const talkgroups = new Set(comms.at('heard').map((call) => (call as { talkgroup: number }).talkgroup));
    assert.deepEqual([...talkgroups], [1001]);
  });

  it('the summary counts calls and begins anew', async () => {
    const ended = () => (comms.at('calls') as { state: string }[]).filter(({ state }) => state === 'ended').length;
    await until(() => ended() >= 2, 'two calls');
    await nodeRed.inject('rcp-sum-time');
    await until(() => pushes('summary').length > 0, 'the summary');
    const [{ title, message }] = pushes('summary');
    assert.equal(title, 'Radio summary');
    const lines = message.split('\n');
    assert.match(lines[0], /^\*\*\d+ calls\*\*, \d+ (s|min \d+ s) of talk$/);
    assert.match(lines[1], /^Busiest hour: \d+:00 to \d+:00, \d+ calls$/);
    assert.match(lines[2], /^Longest: .+, \d+ s at \d\d:\d\d$/);
    assert.ok(
      lines.some((line) => /^- Fire Disp: \d+ calls, \d+ s$/.test(line)),
      message,
    );
    await nodeRed.inject('rcp-sum-time');
    await until(() => pushes('summary').length > 1, 'the second summary');
    assert.match(pushes('summary')[1].message, /^\*\*[01] calls\*\*/);
  });

  it('services refused nothing, and no node failed', () => {
    for (const service of Object.values(services)) assert.deepEqual(service.refused, []);
    const troubles = nodeRed.log.split('\n').filter((line) => /\[(error|warn)\] \[/.test(line));
    assert.deepEqual(troubles, []);
  });

  it('keys are in no exported flow', async () => {
    const flows =
      JSON.stringify(await nodeRed.get('/flows')) + readFileSync(join(nodeRed.userDir, 'flows.json'), 'utf8');
    for (const secret of [TOKEN, USER, HOME_TOKEN]) assert.ok(!flows.includes(secret));
  });
});

/** A program in the place of the machine's own player that keeps what it is given; the environment to have it. */
function playerInto(folder: string): Record<string, string> {
  const program = join(folder, 'pw-play');
  writeFileSync(program, `#!/bin/sh\nexec cat >> '${join(folder, 'sound')}'\n`);
  chmodSync(program, 0o755);
  return { PATH: `${folder}${delimiter}${process.env.PATH}` };
}
