import assert from 'node:assert/strict';
import { Overload } from '../../nodes/source/overload';

describe('overload of a source', () => {
  it('is told when it lasts, and when it is over', () => {
    const overload = new Overload();
    const steps: [number, number][] = [
      [4000, 0],
      [8000, 200],
      [12_000, 400],
      [16_000, 400],
    ];
    const told = steps.map(([checked, clipped]) => overload.observe({ checked, clipped }));
    assert.deepEqual(
      told.map((event) => event && [event.code, event.words, event.numbers]),
      [undefined, undefined, ['overload', 'overloaded 5 %', { clipped: 0.05 }], ['ok', 'ok', { clipped: 0 }]],
    );
    assert.equal(overload.words, '');
  });

  it('says nothing of sources that count no clipping, and begins anew with a new source', () => {
    const overload = new Overload();
    assert.equal(overload.observe({ blocks: 5 }), undefined);
    overload.observe({ checked: 100_000, clipped: 0 });
    overload.observe({ checked: 4000, clipped: 400 });
    assert.equal(overload.words, 'overloaded 10 %');
  });
});
