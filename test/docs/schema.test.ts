import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fieldsOf } from '../../scripts/schema/interfaces';
import { chapters, eventSections, jsonType, page, type Row } from '../../scripts/schema/page';
import type { StreamMessage } from '../../src/core/messages';
import { Receiver, type ReceiverOptions } from '../../src/receiver/receiver';
import { ROOT } from '../package/package-files';
import { CONTROL, generate, iqMessages } from '../receiver/support';
import { capture, needsCaptures } from '../support/captures';

const SECTIONS = new Map(
  chapters().flatMap(({ sections }) =>
    sections.map(({ title, rows }) => [title, new Map(rows.map((row) => [row.name, row]))]),
  ),
);
const EVERY_EVENT = SECTIONS.get('every event')!;

/** What of an object the page does not say, or says otherwise. */
function differences(title: string, object: Record<string, unknown>, common?: Map<string, Row>): string[] {
  const rows = SECTIONS.get(title);
  if (!rows) return [`${title} is not on the page`];
  const found: string[] = [];
  for (const [name, value] of Object.entries(object)) {
    if (value === undefined) continue;
    const row = rows.get(name) ?? common?.get(name);
    if (!row) found.push(`${title}.${name} is not on the page`);
    else if (!allows(row, value)) found.push(`${title}.${name} is ${JSON.stringify(value)}, not ${row.type}`);
  }
  for (const { name, always } of rows.values())
    if (always && object[name] === undefined) found.push(`${title}.${name} is missing`);
  return found;
}

function allows({ type }: Row, value: unknown): boolean {
  const types = type.split(', ');
  if (types.some((one) => one === `\`${value}\``)) return true;
  if (Array.isArray(value)) return types.some((one) => one.startsWith('list of '));
  return types.includes(jsonType(value));
}

/** What of all that a receiver tells the page does not say, and which kinds of things it told. */
function observe(options: Partial<ReceiverOptions>, messages: Iterable<StreamMessage>) {
  const found = new Set<string>();
  const seen = new Set<string>();
  const check = (title: string, object: object, common?: Map<string, Row>) => {
    seen.add(title);
    for (const text of differences(title, { ...object }, common)) found.add(text);
  };
  const receiver = new Receiver(
    { protocol: 'p25', ...options },
    {
      event(event) {
        check(event.type, event, EVERY_EVENT);
        if (event.type === 'stats') check('counters', event.counters as object);
      },
      channel: (event) => check('channel', event, EVERY_EVENT),
      call(call) {
        check('call', call);
        for (const source of call.sources) check('call source', source);
      },
    },
  );
  for (const message of messages) receiver.receive(message);
  return { found: [...found], seen: [...seen] };
}

describe('schema', function () {
  this.timeout(60_000);

  it('is what the code says: otherwise run "npm run schema"', () => {
    assert.equal(readFileSync(join(ROOT, 'docs', 'schema.md'), 'utf8'), page());
  });

  it('lists every event the decoder can give', () => {
    const types = eventSections().map(({ title }) => title);
    assert.ok(types.length > 50);
    for (const type of ['grant', 'talker', 'emergency_alarm', 'packet', 'system', 'unknown', 'other_nac'])
      assert.ok(types.includes(type), type);
    const grant = SECTIONS.get('grant')!;
    assert.deepEqual([grant.get('frequency')!.type, grant.get('frequency')!.unit], ['number, null', 'Hz']);
    assert.equal(grant.get('update')!.always, true);
    assert.equal(grant.get('talkgroup')!.always, false);
  });

  it('lists what the events that all protocols share are declared with', () => {
    for (const name of ['Grant', 'Talker', 'Encryption', 'Terminator', 'System', 'Stats', 'Channel'])
      for (const field of fieldsOf('src/core/events.ts', `${name}Event`)) {
        const row = SECTIONS.get(name.toLowerCase())!.get(field.name) ?? EVERY_EVENT.get(field.name);
        assert.ok(row, `${name}.${field.name}`);
        if (/^(number|boolean|string)$/.test(field.type))
          assert.ok(row.type.includes(field.type), `${name}.${field.name}`);
      }
  });

  it('lists what a call recorder says of a recording', () => {
    const code = readFileSync(join(ROOT, 'nodes', 'recorder', 'recorder.ts'), 'utf8');
    const [, literal] = /recording: \{ (.*archive: node\.id) \}/.exec(code)!;
    const names = literal.replace(/\.\.\.\((\w+) \? \{ \1 \} : \{\}\)/g, '$1').split(', ');
    assert.deepEqual(names.map((name) => name.split(':')[0]).sort(), [...SECTIONS.get('msg.recording')!.keys()].sort());
  });

  it('would notice a field that is not there, or of another type', () => {
    const right = { type: 'status_query', message: 'STS_Q', target: 1, source: 2 };
    assert.deepEqual(differences('status_query', right, EVERY_EVENT), []);
    assert.deepEqual(differences('status_query', { ...right, target: '1', more: 1, source: undefined }, EVERY_EVENT), [
      'status_query.target is "1", not number',
      'status_query.more is not on the page',
      'status_query.source is missing',
    ]);
  });

  it('describes all that a generated site makes a receiver tell', () => {
    const rate = 240_000;
    const channels = [{ frequency: CONTROL }, { frequency: 900e6 }];
    const messages = iqMessages(generate({ rate, seconds: 10 }), { rate, sizes: [6600] });
    const { found, seen } = observe({ channels, follow: {} }, messages);
    assert.deepEqual(found, []);
    for (const title of [
      'stats',
      'counters',
      'system',
      'grant',
      'talker',
      'terminator',
      'channel',
      'call',
      'call source',
    ])
      assert.ok(seen.includes(title), `${title} was seen`);
  });

  for (const name of ['c4fm_control_48k.cu8', 'c4fm_voice_48k.cu8'])
    it(`describes all that ${name} makes it tell`, function () {
      needsCaptures(this, `p25/${name}`);
      const { found, seen } = observe({ follow: {} }, iqMessages(readFileSync(capture(`p25/${name}`))));
      assert.deepEqual(found, []);
      assert.ok(seen.length > 3, seen.join());
    });
});
