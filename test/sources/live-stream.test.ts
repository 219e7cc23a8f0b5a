import { deepEqual, equal, ok } from 'node:assert/strict';
import type { IqInfo } from '../../src/core/messages';
import { LiveStream } from '../../src/sources/live-stream';
import { blockSamples } from '../../src/sources/stream-writer';
import { checkStream, RecordingSink } from '../support/source-sink';

const RATE = 48_000;

describe('live stream', () => {
  let sink: RecordingSink;
  let clock: number;
  let stream: LiveStream;
  /** What the clock was set by. */
  let set: number;
  const elapsed = () => clock - set;

  beforeEach(() => {
    sink = new RecordingSink();
    clock = 1_700_000_000_000;
    set = 0;
    stream = make('cu8', RATE);
  });

  function make(format: 'cu8' | 'cs16' | 's16', rate: number): LiveStream {
    return new LiveStream(
      { stream: 'radio', format, rate, center: 851e6 },
      sink,
      () => clock,
      () => elapsed(),
    );
  }

  /** Plays signal as a device does: portions of `portion` bytes at the clock's pace. */
  function play(bytes: Buffer, portion: number, byteRate = 2 * RATE): void {
    for (let at = 0; at < bytes.length; at += portion) {
      const piece = bytes.subarray(at, at + portion);
      clock += (1000 * piece.length) / byteRate;
      stream.write(piece);
    }
  }

  const infos = () => sink.messages.map((message) => message.info as IqInfo);
  const ramp = (count: number) => Buffer.from(Uint8Array.from({ length: count }, (_, i) => (i * 7) % 251));

  it('gives the same blocks whatever the portions, even odd ones', () => {
    const signal = ramp(30_000);
    const results = [1, 3, 511, 2640, 30_000].map((portion) => {
      sink = new RecordingSink();
      stream = make('cu8', RATE);
      play(signal, portion);
      stream.end();
      checkStream(sink.messages);
      deepEqual(sink.bytes(), signal);
      return sink.messages.map((message) => message.payload.length);
    });
    for (const result of results) deepEqual(result, results[0]);
    equal(results[0][0], 2 * blockSamples(RATE, 'cu8'));
  });

  it('keeps blocks near 27 ms and below 128 KiB', () => {
    equal(blockSamples(2_400_000, 'cu8'), 65_536);
    equal(blockSamples(2_400_000, 'cf32'), 16_384);
    equal(blockSamples(48_000, 's16'), 1320);
  });

  it('starts on the whole millisecond at which its first sample came', () => {
    clock += 0.6;
    play(ramp(9600), 4800);
    equal(infos()[0].time, 1_700_000_000_000);
    checkStream(sink.messages);
  });

  it('measures an interruption with the clock and makes receivers reset', () => {
    play(ramp(9601), 4800);
    stream.interrupt();
    clock += 5000;
    play(ramp(9600), 4800);
    stream.end();
    checkStream(sink.messages);
    const gap = infos().find((info) => info.dropped > 0)!;
    // The half sample at the break is lost, too.
    equal(gap.dropped, 5 * RATE + 1);
    equal(stream.counters().dropped, 5 * RATE + 1);
    deepEqual(sink.messages.filter((message) => message.info.end).length, 1);
    const after = sink.messages.slice(sink.messages.findIndex((message) => message.info === gap));
    deepEqual(Buffer.concat(after.map((message) => message.payload)), ramp(9600));
  });

  it('leaves out what was under way when it is tuned, on a whole sample', () => {
    play(ramp(4001), 4001);
    stream.retune(460e6, 10);
    // 10 ms are 480 samples; the first byte completes the sample that was cut.
    const signal = ramp(2 * 480 - 1 + 4800);
    play(signal, 777);
    stream.end();
    checkStream(sink.messages);
    const after = sink.messages.filter(({ info }) => (info as IqInfo).center === 460e6);
    equal((after[0].info as IqInfo).dropped, 480);
    deepEqual(Buffer.concat(after.map((message) => message.payload)), signal.subarray(2 * 480 - 1));
  });

  it('leaves out more when it is tuned again at once', () => {
    play(ramp(4000), 4000);
    stream.retune(460e6, 10);
    play(ramp(501), 501);
    stream.retune(461e6, 10);
    play(ramp(2 * 960 - 501 + 2640), 100);
    stream.end();
    checkStream(sink.messages);
    equal(stream.counters().dropped, 960);
    equal(sink.messages.at(-2)!.payload.length, 2640);
  });

  it('jumps ahead when samples were lost without a word, but not for a busy moment', () => {
    stream = make('cu8', 1000);
    const second = () => play(Buffer.alloc(2000), 50, 2000);
    for (let i = 0; i < 30; i++) second();
    clock += 4000;
    stream.write(Buffer.alloc(8000));
    for (let i = 0; i < 30; i++) second();
    equal(stream.counters().dropped, 0);
    clock += 4000;
    for (let i = 0; i < 30; i++) second();
    equal(stream.counters().gaps, 1);
    ok(Math.abs(stream.counters().dropped - 4000) < 60);
    checkStream(sink.messages);
    ok(Math.abs(sink.messages.at(-1)!.info.time - clock) < 60);
  });

  it('begins anew when a fast crystal has carried it two seconds ahead', () => {
    stream = make('cu8', 1000);
    for (let i = 0; i < 5000; i++) {
      clock += 49.5;
      stream.write(Buffer.alloc(100));
    }
    checkStream(sink.messages);
    equal(sink.messages.filter(({ info }) => info.end).length, 1);
    ok(Math.abs(sink.messages.at(-1)!.info.time - clock) < 2100);
  });

  it('begins anew when the clock was set, even while the signal was interrupted', () => {
    play(ramp(9600), 4800);
    stream.interrupt();
    clock += 50 * 365 * 86_400_000;
    play(ramp(9600), 4800);
    checkStream(sink.messages);
    equal(stream.counters().dropped, 0);
    equal(infos().at(-1)!.seq < 4, true);
    ok(Math.abs(sink.messages.at(-1)!.info.time - clock) < 100);
    stream.interrupt();
    clock -= 3_600_000;
    play(ramp(9600), 4800);
    checkStream(sink.messages);
    ok(Math.abs(sink.messages.at(-1)!.info.time - clock) < 100);
    equal(sink.messages.filter(({ info }) => info.end).length, 2);
  });

  it('tells how far a program is ahead of real time, and forgives a crystal its error', () => {
    const near = (wanted: number, most = 1e-6) =>
      ok(Math.abs(stream.excess - wanted) < most, `${stream.excess}, not ${wanted}`);
    stream = make('cu8', 1000);
    stream.write(Buffer.alloc(2000));
    near(0);
    stream.write(Buffer.alloc(2000));
    near(500 - 0.1);
    clock += 250;
    near(250 - 0.125);
    for (let i = 0; i < 1000; i++) {
      clock += 1000;
      stream.write(Buffer.alloc(2000));
    }
    near(250 - 100.1, 1);
  });

  for (const step of [-3_600_000, -30_000, 30_000, 3_600_000])
    it(`takes no setting of the clock by ${step / 1000} s for a program that is too fast`, () => {
      stream = make('cu8', 1000);
      const second = () => {
        for (let i = 0; i < 20; i++) play(Buffer.alloc(100), 100, 2000);
        equal(stream.excess, 0);
      };
      for (let i = 0; i < 30; i++) second();
      clock += step;
      set += step;
      for (let i = 0; i < 30; i++) second();
      checkStream(sink.messages);
      ok(Math.abs(sink.messages.at(-1)!.info.time - clock) < 100);
    });

  it('counts clipped values from a sparse sample', () => {
    const loud = Buffer.alloc(2640 * 4, 128);
    for (let i = 0; i < loud.length; i += 4) loud[i] = 255;
    play(loud, 2640);
    const { checked, clipped } = stream.counters();
    equal(checked, 4 * 64);
    ok(clipped > 0.15 * checked && clipped < 0.35 * checked, `${clipped} of ${checked}`);
  });

  it('sends audio on the audio port', () => {
    stream = make('s16', RATE);
    play(ramp(9600), 999);
    const [{ port, info }] = sink.messages;
    equal(port, 'audio');
    equal((info as unknown as { kind: string }).kind, 'discriminator');
    equal((info as unknown as { frequency: number }).frequency, 851e6);
  });

  it('ends only a stream that has begun, and begins a new one after that', () => {
    stream.end();
    equal(sink.messages.length, 0);
    play(ramp(3000), 3000);
    stream.end();
    play(ramp(3000), 3000);
    deepEqual(
      sink.messages.map(({ info }) => [info.seq, info.end ?? false]),
      [
        [0, false],
        [1, false],
        [2, true],
        [0, false],
      ],
    );
  });
});
