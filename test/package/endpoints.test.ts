import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { adminEndpoints, sources } from '../support/endpoints';

describe('addresses of the runtime', () => {
  const words = readFileSync(join(__dirname, '..', '..', 'docs', 'security.md'), 'utf8');

  it('of the editor need a permission each, and only those that need the one to write change something', () => {
    const endpoints = adminEndpoints();
    assert.ok(endpoints.length >= 8);
    for (const { method, path, permission } of endpoints) {
      assert.match(path, /^\/trunkflow\//);
      assert.match(permission, /^radio-[a-z]+\.(read|write)$/);
      // A link or a picture of another site makes GET requests: they change nothing, a token aside.
      if (method === 'GET') assert.ok(permission.endsWith('.read') || path.endsWith('/session'), path);
      if (method === 'PUT' || method === 'DELETE') assert.ok(permission.endsWith('.write'), path);
    }
  });

  it('are told in docs/security.md', () => {
    for (const { method, path, permission } of adminEndpoints()) {
      const row = words.split('\n').find((line) => line.includes(`\`${method} ${path}\``));
      assert.ok(row?.includes(`\`${permission}\``), `${method} ${path} needs ${permission}`);
    }
  });

  it('are only where they are looked after: pages by PageServer, the editor by permissions', () => {
    const doors: Record<string, string[]> = {
      'nodes/lib/web-pages.ts': ['httpNode', "server.on('upgrade'"],
      'nodes/scope/scope-doors.ts': ["server.on('upgrade'"],
      'src/web/page-server.ts': ['new WebSocketServer'],
    };
    for (const folder of ['nodes', 'src', 'bin'])
      for (const [file, text] of sources(folder))
        for (const door of ['httpNode.', "server.on('upgrade'", 'new WebSocketServer', 'createServer(', 'comms.']) {
          if (!text.includes(door)) continue;
          const known = doors[file.replaceAll('\\', '/')] ?? [];
          assert.ok(
            known.some((one) => door.startsWith(one)),
            `${file} has ${door}: say in this test and in docs/security.md who may use it`,
          );
        }
  });
});
