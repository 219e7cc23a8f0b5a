import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TrunkflowError } from '../../../src/core/errors';
import type { IqInfo, StreamMessage } from '../../../src/core/messages';
import { GeneratorSource } from '../../../src/sources/generator/generator-source';
import { Signal } from '../../../src/sources/generator/signal';
import { writeSignal } from '../../../src/sources/generator/write-signal';
import { checkStream, RecordingSink } from '../../support/source-sink';

const options = { driver: 'generator', stream: 'gen', signal: 'nfm', rate: 48_000 } as const;

describe('signal generator source', () => {
  it('plays as fast as it is taken, and waits for whoever takes it', async () => {
    const sink = new RecordingSink();
    let release = () => {};
    let held = 0;
    const slow = {
      status: sink.status.bind(sink),
      error: sink.error.bind(sink),
      block(message: StreamMessage) {
        assert.equal(held++, 0, 'a block came before the last one was taken');
        sink.block(message);
        return new Promise<void>((resolve) => {
          release = () => {
            release = () => {};
            held--;
            resolve();
          };
        });
      },
    };
    const source = new GeneratorSource({ ...options, paced: false, seconds: 1, start: 5000 }, slow);
    assert.equal(source.lossless, true);
    await source.start();
    while (sink.statuses.at(-1)?.state !== 'ended') {
      release();
      await new Promise(setImmediate);
    }
    checkStream(sink.messages);
    assert.equal(sink.messages[0].info.time, 5000);
    assert.equal(sink.messages.at(-1)!.info.end, true);
    assert.equal((sink.messages.at(-1)!.info as IqInfo).sample, 48_000);
    assert.ok(sink.bytes().equals(new Signal({ ...options, seconds: 1 }).read(48_000)));
    assert.equal(source.counters().samples, 48_000);
    await source.stop();
  });

  it('plays in real time by default: never ahead of the clock', async () => {
    const sink = new RecordingSink();
    const begin = Date.now();
    const source = new GeneratorSource({ ...options, seconds: 0.2 }, sink);
    assert.equal(source.lossless, false);
    await source.start();
    await sink.untilState('ended');
    assert.ok(Date.now() - begin >= 190);
    checkStream(sink.messages);
    assert.ok(sink.messages[0].info.time >= begin);
    assert.ok(sink.bytes().equals(new Signal({ ...options, seconds: 0.2 }).read(48_000)));
    await source.stop();
  });

  for (const [what, step] of [
    ['the computer slept', 3_600_000],
    ['the clock was set back', -3_600_000],
  ] as const)
    it(`begins a new stream with the same content when ${what}`, async () => {
      const sink = new RecordingSink();
      let clock = 10_000_000;
      const source = new GeneratorSource(options, sink, () => clock);
      await source.start();
      clock += 100;
      await sink.until(() => sink.messages.length >= 3);
      clock += step;
      await sink.until(() => sink.messages.some(({ info }) => info.end));
      await new Promise(setImmediate);
      clock += 100;
      const end = sink.messages.findIndex(({ info }) => info.end);
      await sink.until(() => sink.messages.length > end + 3);
      await source.stop();
      const again = sink.messages.slice(end + 1);
      assert.equal(again[0].info.seq, 0);
      assert.equal(again[0].info.time, 10_000_000 + 100 + step);
      assert.ok(again[0].payload.equals(sink.messages[0].payload));
      assert.equal(source.counters().restarts, 1);
      checkStream(sink.messages);
    });

  it('stops, starts again, and refuses what it cannot do', async () => {
    const sink = new RecordingSink();
    const source = new GeneratorSource({ ...options, paced: false }, sink);
    await source.start();
    await source.start();
    await sink.until(() => sink.messages.length > 5);
    for (const command of [{ tune: 1e6 }, { gain: 10 }, { ppm: 1 }]) {
      await assert.rejects(source.control(command), (error) => error instanceof TrunkflowError);
    }
    await source.control({ stop: true });
    assert.equal(sink.messages.at(-1)!.info.end, true);
    assert.equal(sink.statuses.at(-1)!.state, 'stopped');
    const stopped = sink.messages.length;
    await source.control({ start: true });
    await sink.until(() => sink.messages.length > stopped + 2);
    await source.stop();
    await source.stop();
    checkStream(sink.messages);
    assert.deepEqual(sink.errors, []);
  });
});

describe('signal generator with a length', () => {
  it('starts again when it has ended', async () => {
    const sink = new RecordingSink();
    const source = new GeneratorSource(
      { driver: 'generator', stream: 'test', signal: 'noise', rate: 48_000, seconds: 0.1, paced: false },
      sink,
    );
    for (let run = 1; run <= 2; run++) {
      await source.start();
      await sink.until(() => sink.statuses.filter(({ state }) => state === 'ended').length === run);
    }
    assert.equal(sink.messages.filter(({ info }) => info.end).length, 2);
    checkStream(sink.messages);
    await source.stop();
  });
});

describe('writeSignal', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'trunkflow-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('writes raw samples in the format of the extension', async () => {
    const path = join(folder, 'tone.cs16');
    const { samples, settings } = await writeSignal(path, { signal: 'nfm', rate: 48_000, seconds: 2 });
    assert.equal(samples, 96_000);
    assert.equal(settings.format, 'cs16');
    const expected = new Signal({ signal: 'nfm', rate: 48_000, format: 'cs16', seconds: 2 }).read(96_000);
    assert.ok(readFileSync(path).equals(expected));
    await writeSignal(join(folder, 'tone.raw'), { signal: 'nfm', rate: 48_000, seconds: 0.1 });
    assert.equal(readFileSync(join(folder, 'tone.raw')).length, 9600);
  });

  it('needs a length and a place to write to', async () => {
    const code = (expected: string) => (error: unknown) => error instanceof TrunkflowError && error.code === expected;
    await assert.rejects(writeSignal(join(folder, 'x.cu8'), { signal: 'noise' }), code('bad-setting'));
    await assert.rejects(writeSignal(join(folder, 'no', 'x.cu8'), { signal: 'noise', seconds: 1 }), code('storage'));
  });
});
