import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcp, type Server as TcpServer } from 'node:net';
import { join } from 'node:path';
import { type Answer, UploadServer } from '../sinks/upload/server';
import { Comms } from './comms';
import { example } from './example-flows';
import { NodeRedProcess } from './node-red-process';
import { until } from './until';

/** Is in every secret; letters and digits are what no way of writing a text changes. */
const MARK = 'Zq7';
const SERVICES = ['rdio-scanner', 'openmhz', 'broadcastify', 'icecast'] as const;
/** How a service fails; those that say something say the key, in every way to write it. */
const FAILURES = ['refuses', 'redirects', 'breaks', 'html', 'silent', 'hangs-up'] as const;
const SIGNATURE = `${MARK}onetime`;
const BROKER_PASSWORD = `${MARK}broker & "pass" é`;

const keyOf = (service: string, failure: string) => `${MARK}${service}${failure} & "quoted" <b>é\\`;

function html(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** A key as servers, proxies and their error pages echo it. */
function echoes(key: string): string {
  const ways = [key, encodeURIComponent(key), JSON.stringify(key), html(key), Buffer.from(key).toString('base64')];
  return ways.join(' ');
}

/** What a failing service answers; undefined: nothing at all. */
function answerOf(key: string, failure: string, host: string): Answer | undefined {
  const said = echoes(key);
  if (failure === 'refuses') return { status: 401, body: `Invalid API key for system 1: ${said}` };
  if (failure === 'redirects')
    return { status: 302, body: said, headers: { Location: `http://${host}/login?key=${encodeURIComponent(key)}` } };
  if (failure === 'breaks') return { status: 500, body: `trouble with ${said}` };
  if (failure === 'html') {
    const body = `<!doctype html><title>${html(key)}</title><p>${said}`;
    return { status: 200, body, headers: { 'Content-Type': 'text/html' } };
  }
  return undefined;
}

/** Services that fail, call by call, below /<failure>/; Icecast's mount points are /<failure>.mp3. */
function failing(asked: Set<string>) {
  return (request: IncomingMessage, response: ServerResponse, service: string): void => {
    const failure = FAILURES.find((one) => request.url!.startsWith(`/${one}`)) ?? '';
    asked.add(`${service} ${failure}`);
    const answer = answerOf(keyOf(service, failure), failure, request.headers.host!);
    // What Icecast is sent, a proxy before it may echo.
    if (answer && service === 'icecast') answer.body += ` ${request.headers.authorization}`;
    if (failure === 'hangs-up') request.socket.destroy();
    else if (answer) response.writeHead(answer.status, { Connection: 'close', ...answer.headers }).end(answer.body);
  };
}

describe('secrets', function () {
  this.timeout(300_000);
  let nodeRed: NodeRedProcess;
  let comms: Comms;
  let broker: TcpServer;
  let storage: UploadServer;
  const servers: Server[] = [];
  const asked = new Set<string>();
  let logins = 0;

  before(async () => {
    const ports: Record<string, number> = {};
    for (const service of SERVICES) {
      const answer = failing(asked);
      const server = createServer((request, response) => {
        if (service === 'icecast') {
          answer(request, response, service);
          return;
        }
        request.resume();
        request.on('end', () => answer(request, response, service));
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      servers.push(server);
      ports[service] = (server.address() as AddressInfo).port;
    }
    // Broadcastify's second step: an address that is a permission by itself, and a storage that echoes it.
    storage = await UploadServer.start(({ method, path }) =>
      method === 'POST'
        ? { status: 200, body: `0 ${storage.url}/put/${SIGNATURE}?sign=${SIGNATURE}` }
        : { status: 403, body: `<Error>${storage.url}${path} ${path} ${SIGNATURE}</Error>` },
    );
    // A broker that knows nobody: CONNACK, bad user name or password.
    broker = createTcp((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => {
        logins++;
        socket.end(Buffer.from([0x20, 2, 0, 5]));
      });
    });
    await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve));

    nodeRed = await NodeRedProcess.start({ settings: { logging: { console: { level: 'trace' } } } });
    comms = await Comms.open(nodeRed.url);
    await nodeRed.deploy(flow(ports));
  });
  after(async () => {
    comms?.close();
    await nodeRed?.stop();
    await storage?.stop();
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    broker?.close();
  });

  /** The example's radio and recorder into an upload for each way of each service to fail, all of which is debugged. */
  function flow(ports: Record<string, number>): object[] {
    const nodes = example('Upload calls').filter(({ id }) => id !== 'upload-call-upload');
    const template = example('Upload calls').find(({ id }) => id === 'upload-call-upload')!;
    const uploads = SERVICES.flatMap((service) =>
      FAILURES.map((failure) => ({
        ...template,
        d: false,
        id: `up-${service}-${failure}`,
        service,
        url: `http://127.0.0.1:${ports[service]}${service === 'icecast' ? '' : `/${failure}`}`,
        mount: `/${failure}.mp3`,
        shortest: 0,
        credentials: { key: keyOf(service, failure) },
        wires: [['seen'], ['seen']],
      })),
    );
    uploads.push({
      ...template,
      d: false,
      id: 'up-storage',
      service: 'broadcastify',
      url: storage.url,
      mount: '',
      shortest: 0,
      credentials: { key: keyOf('broadcastify', 'storage') },
      wires: [['seen'], ['seen']],
    });
    const recorded = uploads.filter(({ service }) => service !== 'icecast').map(({ id }) => id);
    const live = uploads.filter(({ service }) => service === 'icecast').map(({ id }) => id);
    for (const node of nodes) {
      if (node.id === 'upload-recorder') node.wires = [[...recorded, 'publish']];
      if (node.id === 'upload-voice') node.wires = [[...(node.wires as string[][])[0], ...live]];
    }
    const place = { z: 'upload-tab', x: 0, y: 0 };
    const debug = { type: 'debug', active: true, tosidebar: true, console: true, complete: 'true', targetType: 'full' };
    return [
      ...nodes,
      ...uploads,
      { ...place, ...debug, id: 'seen', name: 'seen', wires: [] },
      { ...place, ...debug, id: 'caught', name: 'caught', wires: [] },
      { ...place, ...debug, id: 'shown', name: 'shown', wires: [] },
      { ...place, id: 'catch', type: 'catch', scope: null, uncaught: false, wires: [['caught']] },
      { ...place, id: 'status', type: 'status', scope: null, wires: [['shown']] },
      { ...place, id: 'publish', type: 'mqtt out', topic: 'x', qos: '1', broker: 'broker', wires: [] },
      {
        id: 'broker',
        type: 'mqtt-broker',
        broker: '127.0.0.1',
        port: String((broker.address() as AddressInfo).port),
        autoConnect: true,
        protocolVersion: '4',
        keepalive: '60',
        cleansession: true,
        credentials: { user: 'radio', password: BROKER_PASSWORD },
      },
    ];
  }

  /** All files of the user folder but Node-RED's settings, by path. */
  function files(): Map<string, string> {
    const found = new Map<string, string>();
    for (const entry of readdirSync(nodeRed.userDir, { withFileTypes: true, recursive: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && !path.includes('node_modules')) found.set(path, readFileSync(path, 'latin1'));
    }
    return found;
  }

  const all = [
    ...SERVICES.flatMap((service) => FAILURES.map((failure) => keyOf(service, failure))),
    keyOf('broadcastify', 'storage'),
    BROKER_PASSWORD,
  ];
  const coded = all.flatMap((key) => [
    Buffer.from(key).toString('base64'),
    Buffer.from(`source:${key}`).toString('base64'),
    Buffer.from(`radio:${key}`).toString('base64'),
  ]);

  function checkClean(text: string, where: string): void {
    const at = [MARK, ...coded].map((secret) => text.indexOf(secret)).find((index) => index >= 0);
    assert.equal(at, undefined, `${where}: … ${text.slice(Math.max(0, (at ?? 0) - 200), (at ?? 0) + 60)} …`);
  }

  it('reach no message, status, log, file or exported flow, however services fail', async () => {
    const wanted = SERVICES.flatMap((service) => FAILURES.map((failure) => `${service} ${failure}`));
    await until(() => wanted.every((one) => asked.has(one)), 'every service to fail in every way', 200_000);
    await until(() => storage.requests.some(({ method }) => method === 'PUT'), 'the storage to be asked', 60_000);
    await until(() => logins > 0, 'the broker to be asked', 60_000);
    // What came of it has been told: each trouble is an error of its node, and its status.
    const troubled = [...wanted.filter((one) => !/silent/.test(one)), 'storage'];
    await until(
      () =>
        troubled.every((one) =>
          comms.statuses.some(({ node, fill }) => fill !== 'grey' && node === `up-${one.replace(' ', '-')}`),
        ),
      'statuses of all',
      60_000,
    );
    await until(
      () => comms.debug.filter(({ node }) => node === 'caught').length >= 12,
      'errors that were caught',
      60_000,
    );
    assert.ok(
      comms.debug.some(({ node }) => node === 'seen'),
      'calls that were refused',
    );

    checkClean(JSON.stringify(comms.debug), 'debug sidebar');
    checkClean(JSON.stringify(comms.statuses), 'statuses');
    checkClean(nodeRed.log, 'log');
    assert.match(nodeRed.log, /\*\*\*/, 'echoes of keys were shown, without the keys');
    for (const path of [
      '/flows',
      '/settings',
      '/diagnostics',
      '/nodes',
      '/flow/upload-tab',
      '/credentials/radio-upload/up-openmhz-refuses',
    ])
      checkClean(JSON.stringify(await nodeRed.get(path)), path);
    const kept = files();
    const has = (part: RegExp) => [...kept.keys()].filter((path) => part.test(path)).length;
    assert.ok(has(/flows\.json$/) === 1 && has(/flows_cred\.json$/) === 1);
    assert.ok(has(/trunkflow.uploads/) >= 10, `${has(/trunkflow.uploads/)} files wait`);
    assert.ok(has(/recordings.*\.json/) >= 1 && has(/recordings.*\.wav$/) >= 1);
    for (const [path, text] of kept) checkClean(text, path);
  });

  it('are not in what the test of the settings says', async () => {
    for (const service of SERVICES)
      for (const failure of FAILURES.filter((one) => one !== 'silent')) {
        const server = servers[SERVICES.indexOf(service)].address() as AddressInfo;
        const response = await fetch(`${nodeRed.url}/trunkflow/upload/none/test`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            service,
            url: `http://127.0.0.1:${server.port}${service === 'icecast' ? '' : `/${failure}`}`,
            mount: `/${failure}.mp3`,
            system: '1',
            key: keyOf(service, failure),
          }),
        });
        const text = await response.text();
        assert.match(text, /"code":/);
        checkClean(text, `${service} ${failure}`);
      }
    checkClean(nodeRed.log, 'log');
  });
});
