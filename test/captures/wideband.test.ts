import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { CallInfo, StreamMessage } from '../../src/core/messages';
import { findChannels } from '../../src/receiver/find-channel';
import { fileInput } from '../../src/receiver/play-file';
import { Receiver } from '../../src/receiver/receiver';
import { describeSignalFile } from '../../src/sources/file/signal-file';
import { capture, needsCaptures } from '../support/captures';

const FILE = 'wideband/site_2400k.cu8';
const RATE = 2_400_000;
const CENTER = 852_300_000;
const CONTROL = 851_625_000;
const START = 1_700_000_000_000;

interface Result {
  calls: CallInfo[];
  /** Seconds of audio and its hash by call stream. */
  audio: Map<string, { seconds: number; hash: string }>;
}

/** The whole job on the recording, cut into blocks of the sizes given in turn. */
function wholeJob(data: Buffer, blockSizes: number[]): Result {
  const calls: CallInfo[] = [];
  const hashes = new Map<string, { samples: number; hash: ReturnType<typeof createHash> }>();
  const receiver = new Receiver(
    { protocol: 'p25', channels: [{ frequency: CONTROL }], follow: { conventional: false } },
    {
      call: (call, happened) => (happened === 'end' || happened === 'not_followed') && calls.push(call),
      audio: ({ payload, info }) => {
        const entry = hashes.get(info.stream) ?? { samples: 0, hash: createHash('sha256') };
        entry.samples += payload.length / 2;
        entry.hash.update(payload);
        hashes.set(info.stream, entry);
      },
    },
  );
  for (let at = 0, seq = 0; at < data.length; seq++) {
    const payload = data.subarray(at, at + 2 * blockSizes[seq % blockSizes.length]);
    const sample = at / 2;
    at += payload.length;
    const time = START + (1000 * sample) / RATE;
    const end = at >= data.length;
    const info = {
      stream: 'file',
      format: 'cu8',
      rate: RATE,
      center: CENTER,
      seq,
      sample,
      time,
      dropped: 0,
      end,
    } as const;
    receiver.receive({ port: 'iq', payload, info } satisfies StreamMessage);
  }
  const audio = new Map(
    [...hashes].map(([stream, { samples, hash }]) => [stream, { seconds: samples / 8000, hash: hash.digest('hex') }]),
  );
  return { calls, audio };
}

/** The recording as a receiver has it that is `gain` dB less sensitive and `offset` Hz off tune: rounded to 8 bits again. */
function moved(data: Buffer, gain: number, offset: number): Buffer {
  const scale = 10 ** (gain / 20);
  const out = Buffer.alloc(data.length);
  const turn = (2 * Math.PI * offset) / RATE;
  for (let i = 0; i < data.length; i += 2) {
    const re = (data[i] - 127.5) * scale;
    const im = (data[i + 1] - 127.5) * scale;
    const [c, s] = [Math.cos((turn * i) / 2), Math.sin((turn * i) / 2)];
    out[i] = Math.round(re * c - im * s + 127.5);
    out[i + 1] = Math.round(re * s + im * c + 127.5);
  }
  return out;
}

describe('wideband recording: a P25 site from one 2.4 MS/s file', function () {
  this.timeout(120_000);
  let data: Buffer;
  let result: Result;
  before(function () {
    needsCaptures(this as unknown as Mocha.Context, FILE);
    data = readFileSync(capture(FILE));
    result = wholeJob(data, [32_768]);
  });

  it('follows both clear calls to their ends with the right metadata', () => {
    const call = (talkgroup: number) => result.calls.find((one) => one.talkgroup === talkgroup)!;
    const first = call(9101);
    assert.equal(first.state, 'ended');
    assert.equal(first.freq, 852_500_000);
    assert.deepEqual(
      first.sources.map(({ src }) => src),
      [700_001],
    );
    assert.equal(first.emergency, false);
    const second = call(9102);
    assert.equal(second.state, 'ended');
    assert.equal(second.freq, 852_625_000);
    assert.deepEqual(
      second.sources.map(({ src }) => src),
      [700_010],
    );
    assert.equal(second.emergency, true);
    assert.equal(first.nac, '3C1');
    // The carriers last 6.3 and 5.2 s, which hold 6.14 and 5.06 s of voice.
    const seconds = [...result.audio.values()].map((one) => one.seconds);
    assert.equal(seconds.length, 2);
    assert.ok(seconds[0] >= 6.1 && seconds[1] >= 5, `${seconds}`);
  });

  it('follows both as completely 8 dB weaker and 1150 Hz off tune', () => {
    const { calls, audio } = wholeJob(moved(data, -8, 1150), [32_768]);
    for (const talkgroup of [9101, 9102]) {
      const [good, weak] = [result, { calls }].map((one) => one.calls.find((call) => call.talkgroup === talkgroup)!);
      assert.equal(weak.state, 'ended');
      assert.deepEqual(
        weak.sources.map(({ src }) => src),
        good.sources.map(({ src }) => src),
      );
      assert.ok(Math.abs(weak.length! - good.length!) < 0.1, `${talkgroup}: ${weak.length} s of ${good.length} s`);
    }
    const seconds = (of: Result['audio']) => [...of.values()].map((one) => one.seconds);
    assert.deepEqual(seconds(audio), seconds(result.audio));
  });

  it('says once that the encrypted call is not followed, and why', () => {
    const skipped = result.calls.filter(({ state }) => state === 'not_followed');
    assert.deepEqual(
      skipped.map(({ talkgroup, reason }) => [talkgroup, reason]),
      [[9103, 'encrypted']],
    );
  });

  it('gives the same calls and the same audio to the bit whatever the block sizes', () => {
    assert.deepEqual(wholeJob(data, [600_000]), result);
    assert.deepEqual(wholeJob(data, [1000, 77_777, 4096, 13]), result);
  });

  it('finds the control channels among the carriers', async () => {
    const file = await describeSignalFile(capture(FILE), { rate: RATE, center: CENTER });
    const heard = (await findChannels(fileInput(file), 'p25', 12_500)).filter(
      ({ control_messages }) => control_messages > 0,
    );
    assert.deepEqual(
      heard.map(({ frequency, nac }) => [frequency, nac]),
      [
        [CONTROL, '3C1'],
        [852_200_000, '293'],
      ],
    );
  });
});
