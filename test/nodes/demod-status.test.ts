import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChannelSync } from '../../nodes/demod/channel-sync';
import { STATUS_LENGTH } from '../../nodes/lib/status-line';
import { flowGate } from '../../src/core/flow-gate';
import type { IqInfo, SymbolsInfo } from '../../src/core/messages';
import { toNodeMessage } from '../../src/core/ports';
import { modesBeside } from '../../src/protocols/other-modes';
import { until } from '../e2e/until';
import { capture, needsCaptures } from '../support/captures';
import { noise, toCs16 } from '../support/channel-simulator';
import { type Message, TestFlow } from './flow';

const RATE = 48_000;

describe('status of a demod', () => {
  let flow: TestFlow;
  beforeEach(async () => {
    flowGate.open('test', { lossless: true });
    flow = await TestFlow.load([
      { id: 'demod', type: 'radio-demod', signal: 'p25', modulation: '', polarity: 'auto', wires: [['symbols']] },
      { id: 'symbols', type: 'helper' },
      { id: 'status', type: 'status', scope: ['demod'], wires: [['shown']] },
      { id: 'shown', type: 'helper' },
    ]);
  });
  afterEach(async () => {
    await flow.close();
    flowGate.close('test');
  });

  /** Feeds IQ of 48 kS/s, the stream going on; resolves when the status shows a text. */
  async function shows(text: string, bytes: Buffer, format: 'cu8' | 'cs16', more: Partial<IqInfo> = {}): Promise<void> {
    const width = format === 'cu8' ? 2 : 4;
    const size = (RATE / 20) * width;
    for (let at = 0, seq = 0; at + size <= bytes.length; at += size, seq++) {
      const sample = at / width;
      const time = 1_700_000_000_000 + (1000 * sample) / RATE;
      const info = { stream: 'test', seq, time, rate: RATE, format, sample, center: 851e6, dropped: 0, ...more };
      const payload = Buffer.from(bytes.subarray(at, at + size));
      flow.node('demod').receive(toNodeMessage({ port: 'iq', payload, info }) as Message);
    }
    await until(() => flow.at('shown').some(({ status }) => status.text === text && status.fill === 'yellow'), text);
  }

  const MODES = { 'dmr/capmax_ras_control_48k.cu8': 'looksLike', 'synth/nbfm_ctcss100_48k.cu8': 'fmVoice' };
  for (const [name, text] of Object.entries(MODES))
    it(`says of ${name} what it looks like`, async function () {
      needsCaptures(this, name);
      // Two seconds of it are looked at, and the answer stands in what comes after.
      const recording = readFileSync(capture(name));
      await shows(`status.${text}`, Buffer.concat([recording, recording]), 'cu8');
    });

  it('says that a channel is empty', () => shows('status.noCarrier', toCs16(noise(3 * RATE, 1)), 'cs16'));

  it('says that the receiver is overloaded, though a channelizer stands between', () =>
    shows('status.overloaded', toCs16(noise(3 * RATE, 1)), 'cs16', { clipped: 0.2 }));

  it('fits under the node in every language, whatever the mode and the figures', () => {
    const modes = modesBeside('').map(({ name }) => name);
    const most = { snr: '30', value: '12', count: '99', streams: '99', mode: '' };
    for (const language of ['en-US', 'de', 'es']) {
      const path = join(__dirname, '../../nodes/demod/locales', language, 'demod.json');
      const { status } = JSON.parse(readFileSync(path, 'utf8')) as { status: Record<string, string> };
      for (const [name, text] of Object.entries(status)) {
        const filled = (mode: string) => {
          const values: Record<string, string> = { ...most, mode, ...(name === 'offFrequency' && { value: '+2500' }) };
          return text.replace(/__(\w+)__/g, (_all, key: string) => values[key]);
        };
        for (const mode of modes)
          assert.ok(filled(mode).length <= STATUS_LENGTH, `${language}: ${filled(mode)} is too long`);
      }
    }
  });
});

describe('sync of a channel', () => {
  const span = (time: number, more: Partial<SymbolsInfo> = {}) =>
    ({ time, duration: 500, frames: [], ...more }) as unknown as SymbolsInfo;
  const frame = { snr: 12 } as SymbolsInfo['frames'][number];

  it('is lost after a second, and what is wrong is judged once a second', () => {
    const sync = new ChannelSync();
    sync.observe(span(0, { frames: [frame] }), false);
    assert.deepEqual([sync.inSync, sync.snr], [true, 12]);
    for (const time of [500, 1000]) sync.observe(span(time, { looksLike: 'DMR' }), false);
    assert.equal(sync.inSync, false);
    assert.deepEqual(sync.problem, { code: 'wrong_protocol', words: 'looks like DMR', looksLike: 'DMR' });
    sync.observe(span(1500, { stats: { offset: -2500, snr: 15 } }), false);
    assert.equal(sync.problem?.code, 'wrong_protocol');
    sync.observe(span(2000, { stats: { offset: -2500, snr: 15 } }), false);
    assert.deepEqual(sync.problem, { code: 'wrong_frequency', words: 'off -2500 Hz', value: '-2500' });
    sync.observe(span(3000, { stats: { offset: 0, snr: 3.4 } }), false);
    assert.deepEqual(sync.problem, { code: 'too_weak', words: 'too weak 3 dB', value: 3 });
  });

  it('tells once that it may be a whole band, if there never was a frame', () => {
    const wide = new ChannelSync();
    const told = [0, 500, 1000, 1500, 2000, 2500].map((time) => wide.observe(span(time), true));
    assert.deepEqual(told, [false, false, false, false, true, false]);
    const found = new ChannelSync();
    found.observe(span(0, { frames: [frame] }), true);
    assert.ok(![500, 1000, 3000].some((time) => found.observe(span(time), true)));
  });
});
