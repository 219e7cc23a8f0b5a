import assert from 'node:assert/strict';
import { VoiceLoss } from '../../nodes/voice/voice-loss';
import { flowGate } from '../../src/core/flow-gate';
import type { AudioInfo, StreamMessage, SymbolsInfo, VoiceInfo } from '../../src/core/messages';
import { toNodeMessage } from '../../src/core/ports';
import { until } from '../e2e/until';
import { callInfo } from '../sinks/audio';
import { uniform } from '../support/random';
import { nistFrames } from '../voice/support';
import { type Message, SYSTEM, TestFlow, watchers } from './flow';

const START = 1_700_000_000_000;

describe('status of voice and of channels', () => {
  let flow: TestFlow;
  beforeEach(() => flowGate.open('src', { lossless: true }));
  afterEach(async () => {
    await flow.close();
    flowGate.close('src');
  });

  const feed = (message: StreamMessage) => flow.node('node').receive(toNodeMessage(message) as Message);
  const shows = (text: string, fill: string) =>
    until(() => flow.at('shown').some(({ status }) => status.text === text && status.fill === fill), text);

  /** Four seconds of a call's voice, in blocks of nine frames. */
  function speak(frames: (index: number) => Uint8Array, format: 'soft' | 'bare'): void {
    for (let seq = 0; seq < 22; seq++) {
      const list = Array.from({ length: 9 }, (_, index) => frames(9 * seq + index));
      const info: VoiceInfo = {
        ...{ stream: 'src/call-1', seq, time: START + 180 * seq, codec: 'imbe', format, errors: 0 },
        ...{ frames: 9, duration: 180, frequency: 851e6, call: callInfo() },
      };
      feed({ port: 'voice', payload: Buffer.concat(list), info });
    }
  }

  const voice = async () => {
    flow = await TestFlow.load([{ id: 'node', type: 'radio-voice', wires: [['out1']] }, ...watchers(1)]);
  };

  it('of the voice decoder says how much of a call is lost', async () => {
    await voice();
    const random = uniform(3);
    speak(() => Uint8Array.from({ length: 144 }, () => Math.floor(256 * random())), 'soft');
    await shows('status.lost', 'yellow');
  });

  it('of the voice decoder says nothing of that while all is heard', async () => {
    await voice();
    const frames = nistFrames();
    speak((index) => frames[index % frames.length], 'bare');
    await until(() => flow.at('out1').length >= 22, 'the audio');
    await shows('status.calls', 'blue');
    assert.ok(!flow.at('shown').some(({ status }) => status.text === 'status.lost'));
  });

  it('of the trunk decoder tells what it sees on a channel before that others are empty', async () => {
    flow = await TestFlow.load([
      SYSTEM,
      { id: 'node', type: 'radio-decoder', system: 'system', wires: [['out1'], ['out2']] },
      ...watchers(2),
    ]);
    for (let second = 0; second < 6; second++)
      for (const [stream, more] of Object.entries({
        'src/empty': { stats: { no_carrier_ms: 1000 * (second + 1) } },
        'src/other': { looksLike: 'DMR', stats: { no_carrier_ms: 0 } },
      })) {
        const info: SymbolsInfo = {
          ...{ stream, seq: second, time: START + 1000 * second, duration: 1000, frequency: 851e6 },
          ...{ protocol: 'p25', modulation: 'C4FM', rate: 4800, levels: 4, frames: [], ...more },
        };
        feed({ port: 'symbols', payload: Buffer.alloc(0), info });
      }
    await shows('looks like DMR', 'yellow');
    const texts = flow.at('shown').map(({ status }) => status.text);
    assert.equal(texts.at(-1), 'looks like DMR');
  });
});

describe('loss of voice', () => {
  const heard = (loss: VoiceLoss, spikes: number, seconds: number) =>
    loss.observe({ rate: 8000, call: callInfo({ spike_count: spikes }) } as AudioInfo, 8000 * seconds);

  it('is judged every two seconds of voice, by the frames that were repeated or muted in them', () => {
    const loss = new VoiceLoss();
    heard(loss, 30, 1);
    assert.equal(loss.share, 0);
    heard(loss, 50, 1);
    assert.equal(loss.share, 0.5);
    heard(loss, 50, 2);
    assert.equal(loss.share, 0);
    heard(loss, 500, 2);
    assert.equal(loss.share, 1);
  });
});
