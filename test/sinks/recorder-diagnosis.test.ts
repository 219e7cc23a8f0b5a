import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DiagnosisEvent } from '../../src/core/events';
import { CallRecorder } from '../../src/sinks/call-recorder';
import { RecorderDiagnosis } from '../../src/sinks/recorder-diagnosis';
import { callAudio, callInfo } from './audio';

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

describe('recorder whose calls are wired without their audio', () => {
  let dir: string;
  const told: DiagnosisEvent[] = [];

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'recorder-'));
    told.length = 0;
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  for (const log of [true, false])
    it(`says so ${log ? 'with' : 'without'} a call log`, async () => {
      const recorder = new CallRecorder({ dir, log }, { diagnosis: (event) => told.push(event) });
      for (let n = 1; n <= 3; n++) recorder.told('end', callInfo({ id: `id${n}`, call_num: n, state: 'ended' }));
      await recorder.close();
      assert.deepEqual(
        told.map(({ code, numbers }) => [code, numbers]),
        [['no_audio', { no_audio: 3 }]],
      );
      assert.equal(recorder.counters().no_audio, 3);
    });

  it('takes no call that was recorded, or was too short, for one without audio', async () => {
    const recorder = new CallRecorder({ dir, log: false, minLength: 1 });
    for (const [n, blocks] of [30, 3, 30].entries()) {
      const call = { id: `id${n}`, call_num: n };
      for (const message of callAudio(`s${n}`, blocks, call)) await recorder.write(message);
      recorder.told('end', callInfo({ ...call, state: 'ended' }));
    }
    await recorder.close();
    const { recorded, too_short, no_audio } = recorder.counters();
    assert.deepEqual([recorded, too_short, no_audio], [2, 1, 0]);
  });
});
