import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { flowGate } from '../../src/core/flow-gate';
import { toNodeMessage } from '../../src/core/ports';
import { until } from '../e2e/until';
import { iqMessages } from '../receiver/support';
import { capture, needsCaptures } from '../support/captures';
import { type FlowNode, type Message, SYSTEM, TestFlow } from './flow';

const VOICE = 'synth/p25p2_two_calls_48k.cu8';
const SECONDS = 4;
const SIGNAL = { protocol: 'p25-phase2', slot: 1, wacn: '92F70', system: '3C5', nac: '3C1' };

/** Demod and trunk decoder as they are set for phase 1. */
const FLOW: FlowNode[] = [
  SYSTEM,
  { id: 'demod', type: 'radio-demod', name: '', signal: 'p25', modulation: '', polarity: 'auto', wires: [['decoder']] },
  { id: 'decoder', type: 'radio-decoder', name: '', system: 'system', wires: [['events'], ['voice']] },
  { id: 'events', type: 'helper' },
  { id: 'voice', type: 'helper' },
];

describe('nodes and time slots', function () {
  this.timeout(60_000);
  let flow: TestFlow | undefined;
  beforeEach(() => flowGate.open('air', { lossless: true }));
  afterEach(async () => {
    await flow?.close();
    flowGate.close('air');
  });

  it('take what is known of a channel in place of their settings', async function () {
    needsCaptures(this, VOICE);
    flow = await TestFlow.load(FLOW);
    const { at, node } = { at: flow.at.bind(flow), node: flow.node('demod') };
    for (const message of iqMessages(readFileSync(capture(VOICE)).subarray(0, 2 * 48_000 * SECONDS))) {
      Object.assign(message.info, { signal: SIGNAL });
      node.receive(toNodeMessage(message) as Message);
    }
    await until(() => at('voice').some(({ voice }) => voice.end), 'the end of the voice');
    const talkers = at('events').filter(({ payload }) => payload.type === 'talker');
    assert.ok(talkers.length > 5);
    for (const { payload } of talkers) {
      assert.deepEqual([payload.protocol, payload.talkgroup, payload.nac], ['p25-phase2', 9102, '3C1']);
      assert.equal(payload.stream, 'air');
    }
    const frames = at('voice').reduce((sum, { voice }) => sum + voice.frames, 0);
    assert.ok(frames > 100, `${frames} frames`);
    assert.ok(at('voice').every(({ voice }) => voice.codec === 'ambe2' && voice.stream === 'air'));
  });
});
