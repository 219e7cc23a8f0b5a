import assert from 'node:assert/strict';
import { MAX_RECORD, MAX_RECORDS } from '../../src/trunking/csv';
import { atOnce } from '../../src/trunking/slices';
import { readJsonList, TOO_LONG } from '../../src/trunking/store/json-list';
import { inputRecords } from '../../src/trunking/store/table-input';

const read = (text: string) => atOnce(readJsonList(text));

/** What is read at once. */
function whole(text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value;
    return value && typeof value === 'object' ? [value] : undefined;
  } catch {
    return undefined;
  }
}

const TEXT = ` [ {"a": 1, "b":"x,]}[{ \\" \\\\", "c":[1,{"d":[]}]} ,null,"\\\\" , -1.5e3,[ ],
 {} , true\t]\r\n`;

describe('a JSON list, value by value', () => {
  it('is what it is at once, also cut and changed anywhere', () => {
    assert.equal(read(TEXT)!.length, 7);
    for (const text of [
      TEXT,
      '[]',
      ' [ ] ',
      '[[]]',
      '{}',
      ' {"a":[1]} ',
      '[1',
      '[1,]',
      '[,1]',
      '[] x',
      '[1]2',
      '',
      '1',
    ])
      assert.deepEqual(read(text), whole(text), text);
    for (let at = 0; at < TEXT.length; at++) {
      assert.deepEqual(read(TEXT.slice(0, at)), whole(TEXT.slice(0, at)), `cut at ${at}`);
      for (const other of ['', '"', '\\', ',', '[', ']', '{', '}', 'x', ' ']) {
        const text = TEXT.slice(0, at) + other + TEXT.slice(at + 1);
        assert.deepEqual(read(text), whole(text), text);
      }
    }
  });

  it('is read in small pieces', () => {
    const rows = Array.from({ length: 10_000 }, (_, id) => ({ id, name: `Group ${id}, "dispatch"` }));
    const text = JSON.stringify(rows);
    const work = readJsonList(text);
    let pieces = 0;
    let step = work.next();
    for (; !step.done; step = work.next()) pieces++;
    assert.deepEqual(step.value, rows);
    assert.ok(pieces > text.length / 2000, `${pieces}`);
  });

  it('has bounds', () => {
    const long = { a: 'x'.repeat(MAX_RECORD) };
    assert.deepEqual(read(JSON.stringify([{ id: 1 }, long, { id: 2 }])), [{ id: 1 }, TOO_LONG, { id: 2 }]);
    assert.deepEqual(read(JSON.stringify(long)), [TOO_LONG]);
    assert.equal(read(`[${'1,'.repeat(MAX_RECORDS + 10)}1]`)!.length, MAX_RECORDS + 1);
    const { records } = atOnce(inputRecords(JSON.stringify([{ id: 1 }, long])));
    assert.deepEqual(records[1], { line: 1, fields: ['1'] });
    assert.match(records[2].malformed!, /^longer than/);
  });
});
