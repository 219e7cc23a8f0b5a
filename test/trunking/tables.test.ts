import assert from 'node:assert/strict';
import { parseCsv } from '../../src/trunking/csv';
import { formatFrequency } from '../../src/trunking/frequency';
import { System } from '../../src/trunking/system';
import { TalkgroupTable } from '../../src/trunking/talkgroups';
import { UnitTags } from '../../src/trunking/unit-tags';
import { uniform } from '../support/random';

describe('CSV', () => {
  it('reads quotes, line breaks, byte order marks and every line ending', () => {
    const records = parseCsv('\ufeffa, "b ""x"", c" ,d\r\n\r\n"two\r\nlines",e\rf,\n , \n');
    assert.deepEqual(records, [
      { line: 1, fields: ['a', 'b "x", c', 'd'] },
      { line: 3, fields: ['two\r\nlines', 'e'] },
      { line: 5, fields: ['f', ''] },
      { line: 6, fields: ['', ''] },
    ]);
    assert.deepEqual(parseCsv(''), []);
    assert.equal(parseCsv('a\n"open').at(-1)!.unterminated, true);
  });

  it('ends for any text', () => {
    const next = uniform(7);
    const alphabet = 'ab,"\n\r \t\ufeff1';
    for (let i = 0; i < 3000; i++) {
      const text = Array.from({ length: 30 }, () => alphabet[Math.floor(next() * alphabet.length)]).join('');
      parseCsv(text);
      UnitTags.parse(text);
    }
  });
});

describe('talkgroup table', () => {
  const HEADER = 'Decimal,Hex,Mode,Alpha Tag,Description,Tag,Category,Priority,Preferred NAC,Comment';

  it("reads trunk-recorder's columns", () => {
    const table = TalkgroupTable.parse(
      `${HEADER}\n9101,238d,D,FIRE 1,"Fire, dispatch",Fire Dispatch,Fire,2,3c1,note\n9102,,DE,SEC,,,,,,\n9103,,Te,X,,,,-1,,\n`,
    );
    assert.equal(table.size, 3);
    assert.deepEqual(table.get(9101), {
      id: 9101,
      mode: 'D',
      alphaTag: 'FIRE 1',
      description: 'Fire, dispatch',
      tag: 'Fire Dispatch',
      category: 'Fire',
      encryption: 'none',
      priority: 2,
      preferredNac: '3C1',
      comment: 'note',
    });
    assert.equal(table.get(9102)!.encryption, 'always');
    assert.equal(table.get(9102)!.priority, 1);
    assert.equal(table.get(9103)!.encryption, 'sometimes');
    assert.equal(table.get(9103)!.priority, -1);
    assert.deepEqual(table.problems.list, []);
    assert.deepEqual(
      [...table].map(({ id }) => id),
      [9101, 9102, 9103],
    );
  });

  it('reads the columns of RadioReference, in their order', () => {
    const table = TalkgroupTable.parse(
      '\ufeff"Decimal","Hex","Alpha Tag","Mode","Description","Tag","Category"\r\n"1","001","A","T","B","C","D"\r\n',
    );
    assert.deepEqual(table.get(1), {
      id: 1,
      mode: 'T',
      alphaTag: 'A',
      description: 'B',
      tag: 'C',
      category: 'D',
      encryption: 'none',
      priority: 1,
    });
  });

  it('leaves bad lines out, says which, and uses the rest', () => {
    const table = TalkgroupTable.parse(
      `${HEADER}\nx,,D,A\n5,,D,B\n99999999,,D,C\n6,,D,D,,,,high\n5,,D,E\n-3,,D,F\n7,,D,"open`,
    );
    assert.deepEqual(
      table.problems.list.map(({ line }) => line),
      [2, 4, 5, 6, 7, 8],
    );
    assert.equal(table.get(5)!.alphaTag, 'E');
    assert.equal(table.get(6)!.priority, 1);
    assert.equal(table.size, 2);
    assert.match(table.problems.list[0].text, /"x" is no talkgroup number/);
  });

  it('bounds what it says of a file that is all wrong', () => {
    const table = TalkgroupTable.parse(`${HEADER}\n${'nonsense\n'.repeat(5000)}`);
    assert.equal(table.problems.list.length, 100);
    assert.equal(table.problems.count, 5000);
  });

  it('asks for a header line where no layout fits', () => {
    assert.throws(() => TalkgroupTable.parse('Fire,9101\nPolice,9102'), {
      code: 'bad-file',
      message: /Add a header line that names the columns/,
      status: 'unknown layout',
    });
    assert.equal(TalkgroupTable.parse('').size, 0);
  });
});

describe('unit tags', () => {
  it('takes the first line that matches: numbers, expressions and parts', () => {
    const tags = UnitTags.parse('7001,Engine 4\n70\\d\\d,Fire\n/^9(..)/,Truck $1\n(unclosed,bad\n5,\n12(\\d),Car $1\n');
    assert.equal(tags.name(7001), 'Engine 4');
    assert.equal(tags.name(7002), 'Fire');
    assert.equal(tags.name(70021), '');
    assert.equal(tags.name(98765), 'Truck 87');
    assert.equal(tags.name(123), 'Car 3');
    assert.equal(tags.name(5), '');
    assert.deepEqual(
      tags.problems.list.map(({ line }) => line),
      [4, 5],
    );
  });

  it('remembers a bounded number of units', () => {
    const tags = UnitTags.parse('/5/,five');
    for (let unit = 0; unit < 20_000; unit++) assert.equal(tags.name(unit), String(unit).includes('5') ? 'five' : '');
  });
});

describe('system', () => {
  it('accepts its protocol and NACs only', () => {
    const system = new System({ shortName: 'a', protocol: 'p25', nac: ['0x3c1', '293'] });
    assert.equal(system.accepts('p25', '3C1'), true);
    assert.equal(system.accepts('p25', '293'), true);
    assert.equal(system.accepts('p25', '294'), false);
    assert.equal(system.accepts('p25', undefined), false);
    assert.equal(system.accepts('dmr', '3C1'), false);
    assert.equal(new System({ shortName: 'a' }).accepts('p25', undefined), true);
    assert.equal(new System({ shortName: 'a', nac: ['0A1'] }).accepts('p25', 'A1'), true);
  });

  it('names the lines of its tables that are wrong', () => {
    const system = new System({ shortName: 'a', talkgroups: 'Decimal\nx', unitTags: '(,y' });
    assert.deepEqual(
      system.problems.map(({ table, problem }) => [table, problem.line]),
      [
        ['talkgroups', 2],
        ['units', 1],
      ],
    );
  });

  it('refuses names that are no file names', () => {
    for (const shortName of ['', '..', '.x', 'a/b', 'a b', 'x'.repeat(65)])
      assert.throws(() => new System({ shortName }), { code: 'bad-setting' });
  });
});

describe('frequency', () => {
  it('writes MHz', () => {
    assert.equal(formatFrequency(851_012_500), '851.0125 MHz');
    assert.equal(formatFrequency(851_006_250), '851.00625 MHz');
    assert.equal(formatFrequency(162_000_000), '162.0000 MHz');
    assert.equal(formatFrequency(851_006_251), '851.006251 MHz');
  });
});
