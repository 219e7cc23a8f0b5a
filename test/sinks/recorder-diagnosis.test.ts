import assert from 'node:assert/strict';
import { RecorderDiagnosis } from '../../src/sinks/recorder-diagnosis';

describe('recorder diagnosis', () => {
  it('tells at the third call running that was not recorded why, by the most frequent reason', () => {
    const diagnosis = new RecorderDiagnosis();
    const told = (['encrypted', 'too_short', 'encrypted', 'encrypted'] as const).map((reason, i) =>
      diagnosis.observe(reason, 1000 * i),
    );
    assert.deepEqual(
      told.map((event) => event && [event.time, event.code, event.words, event.numbers]),
      [undefined, undefined, [2000, 'encrypted', 'all encrypted', { encrypted: 2, too_short: 1 }], undefined],
    );
    assert.equal(diagnosis.problem?.words, 'all encrypted');
    const over = diagnosis.observe(null, 9000);
    assert.deepEqual([over?.node, over?.state, over?.time], ['recorder', 'ok', 9000]);
    assert.equal(diagnosis.problem, null);
  });

  it('is silent while some calls are recorded', () => {
    const diagnosis = new RecorderDiagnosis();
    for (let i = 0; i < 20; i++) assert.equal(diagnosis.observe(i % 3 === 2 ? null : 'not_wanted', i), undefined);
    assert.equal(diagnosis.problem, null);
  });
});
