import assert from 'node:assert/strict';
import { NumberPattern } from '../../src/trunking/patterns/number-pattern';
import { compilePattern } from '../../src/trunking/unit-patterns';
import { UnitTags } from '../../src/trunking/unit-tags';
import { uniform } from '../support/random';

/** What JavaScript itself finds. */
function byJavaScript(source: string, number: number): (string | undefined)[] | null {
  const match = new RegExp(source).exec(String(number));
  return match && [...match];
}

describe('patterns of unit names', () => {
  it('mean what they mean in JavaScript', () => {
    const sources = [
      ...['^850(\\d{4})$', '85\\d', '^(?:4|5)0[1-4]$', '[^0-4]$', '^\\d+?5', '(1+)(1*)', '(?:(1)|2)+', '(1|12)(3|23)?'],
      ...[
        '^(?!12)\\d+$',
        '\\b7',
        '\\B7',
        '(?=.*9)1',
        '[1\\-3]',
        '[\\d]',
        '[\\D]',
        '[]',
        '[^]',
        '\\x31',
        '\\u0032',
        'a',
      ],
      ...[
        '1{2}',
        '1{2,}',
        '1{1,2}?',
        '1{',
        '^(1{0,2})(1{0,2})$',
        '(?<first>1)(2)',
        '(|1)+',
        '(1*)*',
        '^$',
        '1.3',
        '\\/',
      ],
    ];
    const numbers = [0, 1, 11, 111, 12, 123, 1239, 850_1234, 405, 707, 999, 16_777_215, 4_294_967_295];
    for (const source of sources)
      for (const number of numbers)
        assert.deepEqual(new NumberPattern(source).exec(number), byJavaScript(source, number), `${source}, ${number}`);
  });

  it('mean what they mean in JavaScript, whatever they are put together of', () => {
    const draw = uniform(7);
    const pick = <T>(list: readonly T[]) => list[Math.floor(draw() * list.length)];
    function part(depth: number): string {
      const atom = () => pick(['1', '2', '3', '.', '\\d', '[12]', '[^1]', '^', '$', '\\b']);
      if (depth === 0) return atom();
      const inner = () => part(depth - 1);
      // Which empty rounds of a repetition count is not defined here.
      const some = () => pick(['1', '2', '.', '[23]']);
      return pick([
        atom,
        () => inner() + inner(),
        () => `(${some()}${inner()})${pick(['', '', '*', '+', '?', '{2}', '{1,2}'])}`,
        () => `(?:${some()}${inner()}|${inner()}${some()})${pick(['', '*', '+?', '??'])}`,
        () => `${pick(['1', '[23]', '.'])}${pick(['*', '+', '?', '*?', '{0,2}'])}`,
        () => `(?${pick(['=', '!'])}${inner().replace(/\((?!\?)/g, '(?:')})`,
      ])();
    }
    let compared = 0;
    for (let n = 0; n < 4000; n++) {
      const source = part(4);
      let pattern: NumberPattern;
      try {
        pattern = new NumberPattern(source);
      } catch {
        continue;
      }
      for (const number of [1, 12, 213, 3321, 11_223]) {
        const found = pattern.exec(number);
        const wanted = byJavaScript(source, number);
        assert.deepEqual(found, wanted, `${source}, ${number}`);
        compared++;
      }
    }
    assert.ok(compared > 15_000, String(compared));
  });

  it('take no more than a moment, whatever they are', () => {
    const hostile = [
      '(\\d+)+x',
      '((((((\\d+)+)+)+)+)+)+x',
      `${'(|)'.repeat(60)}x`,
      `${'(.|.|.|.|.|.|.|.|.)'.repeat(8)}x`,
      '(.*)*(.*)*(.*)*(.*)*(.*)*x',
      '(?=(?:\\d+)+x)|(?:\\d*)*y',
    ];
    const started = performance.now();
    for (const source of hostile)
      for (const id of [source, `/${source}/`]) {
        const pattern = compilePattern(id);
        assert.ok(typeof pattern !== 'string', `${id} ${pattern}`);
        for (let unit = 4_294_900_000; unit < 4_294_900_100; unit++) assert.equal(pattern.exec(unit), null);
      }
    // JavaScript's own would take longer than the world has been there; these are 1200 matches.
    assert.ok(performance.now() - started < 10_000);
  });

  it('that cannot be taken are refused with the reason, by line', () => {
    for (const [id, why] of [
      ['(\\d)\\1', /refers to a group/],
      ['(?<=1)2', /looks back/],
      ['(?=(1))1', /group within/],
      ['\\d{300}', /too long/],
      ['(?:\\d{20}){20}', /too long/],
      ['(?:){1000000000}\\d{251}', /too long/],
      ['(', /neither a number nor/],
      [`${'1'.repeat(201)}x`, /longer than/],
    ] as const)
      assert.match(String(compilePattern(id)), why);
    const tags = UnitTags.parse('4021,Engine 21\n(\\d)\\1,Twice\n50(\\d\\d),Medic $1\n');
    assert.deepEqual(
      tags.problems.list.map(({ line }) => line),
      [2],
    );
    assert.equal(tags.name(5012), 'Medic 12');
  });
});
