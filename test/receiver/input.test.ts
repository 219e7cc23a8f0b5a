import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import type { StreamMessage } from '../../src/core/messages';
import { findChannels } from '../../src/receiver/find-channel';
import { PipedInput } from '../../src/receiver/piped-input';
import { fileInput } from '../../src/receiver/play-file';
import type { PlayOptions, SignalInput } from '../../src/receiver/signal-input';
import { SummaryCollector } from '../../src/receiver/summary';
import { describeSignalFile } from '../../src/sources/file/signal-file';
import { uniform } from '../support/random';
import { CENTER, CONTROL, generate, VOICE } from './support';

const RATE = 48_000;
const random = uniform(3);
const DATA = Buffer.from(Uint8Array.from({ length: 2 * RATE }, () => 256 * random()));

async function taken(input: SignalInput, options?: PlayOptions) {
  const messages: StreamMessage[] = [];
  const seconds = await input.play((message) => void messages.push(message), options);
  return { messages, seconds, bytes: Buffer.concat(messages.map(({ payload }) => payload)) };
}

function piped(data: Buffer, sizes = [4096]): SignalInput {
  const parts: Buffer[] = [];
  for (let at = 0, n = 0; at < data.length; n++) {
    parts.push(data.subarray(at, at + sizes[n % sizes.length]));
    at += parts.at(-1)!.length;
  }
  return new PipedInput(Readable.from(parts), { format: 'cu8', rate: RATE, center: CENTER });
}

describe('receiver: inputs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trunkflow-input-'));
  const path = join(folder, 'noise_48k.cu8');
  before(() => writeFileSync(path, DATA));
  after(() => rmSync(folder, { recursive: true }));
  const file = async () => fileInput(await describeSignalFile(path));

  const INPUTS: Record<string, () => Promise<SignalInput>> = {
    'a file': file,
    'a pipe': async () => piped(DATA),
    'a pipe that gives odd bits at a time': async () => piped(DATA, [1, 3, 1000, 70_001]),
  };
  for (const [name, open] of Object.entries(INPUTS)) {
    describe(name, () => {
      it('gives every sample once, numbered and timed, and its end last', async () => {
        const { messages, seconds, bytes } = await taken(await open());
        assert.equal(seconds, 1);
        assert.ok(bytes.equals(DATA));
        messages.forEach(({ info }, n) => {
          assert.equal(info.seq, n);
          assert.equal(info.end ?? false, n === messages.length - 1);
        });
        const start = messages[0].info.time;
        const samples = (messages.at(-1)!.info as { sample: number }).sample;
        assert.equal(samples, RATE);
        assert.ok(Math.abs(messages.at(-1)!.info.time - start - 1000) < 1e-3);
      });

      it('stops after so many seconds, at the end of a block', async () => {
        const { messages, seconds } = await taken(await open(), { seconds: 0.4 });
        assert.ok(seconds >= 0.4 && seconds < 0.43, `${seconds}`);
        assert.ok(messages.at(-1)!.info.end);
        assert.equal(messages.at(-1)!.payload.length, 0);
      });

      it('is played again from its beginning when that was asked for', async () => {
        const input = await open();
        const [first, second] = [
          await taken(input, { seconds: 0.3, again: true }),
          await taken(input, { seconds: 0.5, again: true }),
        ];
        assert.ok(first.bytes.equals(DATA.subarray(0, first.bytes.length)) && first.seconds < 0.34);
        assert.ok(second.bytes.equals(DATA.subarray(0, second.bytes.length)) && second.seconds >= 0.5);
        const whole = await taken(input);
        assert.ok(whole.bytes.equals(DATA));
      });

      it('waits for each block to be taken', async () => {
        let busy = false;
        let blocks = 0;
        await (await open()).play(async () => {
          assert.ok(!busy);
          busy = true;
          await new Promise((resolve) => setImmediate(resolve));
          busy = false;
          blocks++;
        });
        assert.ok(blocks > 30 && !busy);
      });

      it('takes no more after a block that could not be taken', async () => {
        let blocks = 0;
        const failing = (await open()).play(() => {
          if (++blocks === 3) throw new Error('enough');
        });
        await assert.rejects(failing, { message: 'enough' });
        await new Promise((resolve) => setTimeout(resolve, 20));
        assert.equal(blocks, 3);
      });

      it('ends early when stopped, or does not begin', async () => {
        const stopping = new AbortController();
        const messages: StreamMessage[] = [];
        await (await open()).play(
          (message) => {
            messages.push(message);
            if (messages.length === 5) stopping.abort();
          },
          { stop: stopping.signal },
        );
        assert.ok(messages.length <= 7 && messages.at(-1)!.info.end, `${messages.length}`);
        const none = await taken(await open(), { stop: stopping.signal });
        assert.equal(none.bytes.length, 0);
      });
    });
  }

  it('a pipe: half a sample at the end is left out; nothing at all is an error; a stop ends the waiting', async () => {
    const { bytes } = await taken(piped(DATA.subarray(0, 1001)));
    assert.equal(bytes.length, 1000);
    await assert.rejects(taken(piped(Buffer.alloc(0))), { name: 'TrunkflowError', code: 'bad-file' });
    const open = new PassThrough();
    open.write(DATA.subarray(0, 30_000));
    const stopping = new AbortController();
    const input = new PipedInput(open, { format: 'cu8', rate: RATE, center: 0 });
    const playing = taken(input, { stop: stopping.signal });
    setTimeout(() => stopping.abort(), 50);
    const stopped = await playing;
    assert.equal(stopped.bytes.length, 30_000);
    assert.ok(stopped.messages.at(-1)!.info.end);
    assert.throws(() => new PipedInput(open, { format: 'cu8', rate: 5, center: 0 }), { code: 'bad-setting' });
  });

  it('a pipe that breaks says so', async () => {
    const broken = Readable.from(
      (async function* () {
        yield DATA.subarray(0, 50_000);
        throw new Error('the cable was pulled');
      })(),
    );
    const input = new PipedInput(broken, { format: 'cu8', rate: RATE, center: 0 });
    await assert.rejects(taken(input), { name: 'TrunkflowError', message: /the cable was pulled/ });
  });

  describe('the search for channels', () => {
    const search = (data: Buffer, format: 'cu8' | 'cf32' = 'cu8') => {
      const input = new PipedInput(Readable.from([data]), { format, rate: 240_000, center: CENTER });
      return findChannels(input, 'p25', 12_500);
    };

    it('tells the control channel from voice and from carriers of other kinds', async () => {
      const found = await search(generate({ rate: 240_000, seconds: 3 }));
      assert.deepEqual(
        found.map(({ frequency, nac, control_messages }) => [frequency, nac, control_messages > 0]),
        [
          [CONTROL, '3A1', true],
          [VOICE[0], '3A1', false],
        ],
      );
      const carrier = await search(
        generate({ signal: 'carrier', rate: 240_000, seconds: 3, frequency: CENTER + 50_000 }),
      );
      assert.deepEqual(
        carrier.map(({ frequency, messages }) => [frequency, messages]),
        [[CENTER + 50_000, 0]],
      );
    });

    it('finds nothing in noise, silence, or what is no number', async () => {
      assert.deepEqual(await search(generate({ signal: 'noise', rate: 240_000, seconds: 2 })), []);
      assert.deepEqual(await search(Buffer.alloc(480_000, 127)), []);
      assert.deepEqual(await search(Buffer.alloc(1_920_000), 'cf32'), []);
      assert.deepEqual(await search(Buffer.alloc(1_920_000, 0xff), 'cf32'), []);
      assert.deepEqual(await search(Buffer.alloc(100, 3)), []);
    });
  });

  it('a summary is bounded and says why there is nothing', () => {
    const summary = new SummaryCollector();
    for (let n = 0; n < 100_000; n++) summary.event({ type: 'grant', talkgroup: n, source: n });
    summary.event({ type: 'stats', locked: false, reason: 'too weak 1 dB' });
    const facts = { protocol: 'p25', searched: true, seconds: 2, elapsed: 0 };
    const result = summary.result(facts, {});
    assert.equal((result.talkgroups as number[]).length, 65_536);
    assert.deepEqual([result.protocol, result.reason, result.polarity], ['none', 'too weak 1 dB', 'unknown']);
    assert.ok(Number.isFinite(result.realtime_factor));
    assert.equal(summary.result({ ...facts, searched: false }, {}).protocol, 'p25');
  });
});
