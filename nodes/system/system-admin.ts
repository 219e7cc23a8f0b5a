import type { ServerResponse } from 'node:http';
import type { NodeAPI } from 'node-red';
import { TrunkflowError } from '../../src/core/errors';
import { inSlices } from '../../src/trunking/slices';
import { inputRecords } from '../../src/trunking/store/table-input';
import { checkTableName } from '../../src/trunking/system-tables';
import { kindOf } from '../../src/trunking/tables/kinds';
import { mergeTable } from '../../src/trunking/tables/merge';
import { readRecords } from '../../src/trunking/tables/read-table';
import { makeReport } from '../../src/trunking/tables/report';
import { MAX_TABLE_BYTES } from '../../src/trunking/text-file';
import { answering, headers, type Request, runningSystem, send } from './system-requests';

/** Rows written to a response between two turns of the event loop. */
const ROWS_AT_ONCE = 500;

/**
 * What the dialog of a radio system asks the runtime for: to read a table it was given, and the tables that are kept in
 * files. A table in a file is written only there, and only by those who may.
 */
export function serveTables(RED: NodeAPI): void {
  const { httpAdmin, auth } = RED;
  const handle = answering();

  // A table of the dialog and one that is put to it: changes nothing here.
  httpAdmin.post(
    '/trunkflow/tables/:table',
    auth.needsPermission('radio-system.read'),
    handle(async (request, response) => {
      const name = checkTableName(request.params.table);
      const body = await readBody(request, 2 * MAX_TABLE_BYTES);
      const present = Number(request.headers['x-present-length'] ?? 0);
      if (!(Number.isInteger(present) && present >= 0 && present <= body.length))
        throw new TrunkflowError('bad-message', 'Unusable length of the present table');
      const kind = kindOf(name);
      const before = await inSlices(readRecords(kind, await inSlices(inputRecords(body.subarray(0, present)))));
      const old = before.rows.map(({ row }) => kind.complete(row as never));
      const records = await inSlices(inputRecords(body.subarray(present)));
      const read = await inSlices(readRecords(kind, records));
      const remove = request.query.mode === 'replace';
      const merged = await inSlices(mergeTable<object>(kind, old, read, { remove, carry: true }));
      const report = makeReport({
        system: '',
        table: name,
        mode: remove ? 'replace' : 'merge',
        origin: 'upload',
        encoding: records.encoding,
        kept: false,
        read,
        merged,
      });
      await sendRows(response, merged.rows, { report });
    }),
  );

  httpAdmin.get(
    '/trunkflow/systems/:id/:table',
    auth.needsPermission('radio-system.read'),
    handle(async (request, response) => {
      const { store, name } = find(RED, request);
      // Reads what could not be read before, or says why it cannot.
      store.load(name);
      const { path, version, report } = {
        path: store.path(name),
        version: store.version(name),
        report: store.report(name),
      };
      await sendRows(response, store.rows(name), { path, version, report });
    }),
  );

  httpAdmin.put(
    '/trunkflow/systems/:id/:table',
    auth.needsPermission('radio-system.write'),
    handle(async (request, response) => {
      const { store, name } = find(RED, request);
      const body = await readBody(request, MAX_TABLE_BYTES);
      if (store.path(name) === undefined)
        throw new TrunkflowError('bad-setting', 'This table is kept in the flow', {
          hint: 'Deploy the flow to change it',
        });
      if (Number(request.headers['x-version']) !== store.version(name))
        throw new TrunkflowError('bad-file', 'The file has changed since the table was opened', {
          hint: 'Open the dialog anew and change it there',
        });
      const report = await store.import(name, body, { mode: 'replace', origin: 'dialog', keep: true });
      send(response, JSON.stringify({ report, version: store.version(name) }));
    }),
  );
}

/** @throws TrunkflowError 'bad-setting' */
function find(RED: NodeAPI, { params }: Request) {
  return { store: runningSystem(RED, params.id).store(), name: checkTableName(params.table) };
}

/** @throws TrunkflowError 'bad-file' */
async function readBody(request: Request, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    // Read on to its end, so that the answer is heard.
    if (length <= most) chunks.push(chunk as Buffer);
    else chunks.length = 0;
    if (length > 2 * most) request.destroy();
  }
  if (length <= most) return Buffer.concat(chunks);
  throw new TrunkflowError('bad-file', 'The table is too big', {
    expected: `at most ${MAX_TABLE_BYTES / 1024 / 1024} MB`,
    status: 'table too big',
  });
}

/** Rows may be many: they are written a few hundred at a time. */
async function sendRows(response: ServerResponse, rows: readonly object[], more: object): Promise<void> {
  headers(response);
  response.write(`${JSON.stringify(more).slice(0, -1)},"rows":[`);
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    const part = rows.slice(at, at + ROWS_AT_ONCE).map((row) => JSON.stringify(row));
    response.write((at > 0 ? ',' : '') + part.join(','));
    await new Promise((resolve) => setImmediate(resolve));
    if (response.destroyed) return;
  }
  response.end(']}');
}
