import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { CallInfo } from '../../src/core/messages';
import { Receiver } from '../../src/receiver/receiver';
import { capture, needsCaptures } from '../support/captures';

const T0 = 1_700_000_000_000;
const RATE = 48_000;

/** The calls of discriminator audio (s16le) given in blocks of `block` samples. */
function conventionalCalls(data: Buffer, block: number): { ended: CallInfo[]; audio: Buffer } {
  const ended: CallInfo[] = [];
  const audio: Buffer[] = [];
  const receiver = new Receiver(
    { protocol: 'p25', follow: {} },
    {
      call: (call, happened) => happened === 'end' && ended.push(call),
      audio: ({ payload }) => audio.push(payload),
    },
  );
  const samples = data.length >> 1;
  for (let sample = 0, seq = 0; sample < samples; sample += block, seq++) {
    const payload = Buffer.from(data.subarray(2 * sample, 2 * (sample + block)));
    const time = T0 + (1000 * sample) / RATE;
    const info = {
      stream: 'disc',
      seq,
      time,
      rate: RATE,
      kind: 'discriminator' as const,
      end: sample + block >= samples,
    };
    receiver.receive({ port: 'audio', payload, info });
  }
  return { ended, audio: Buffer.concat(audio) };
}

describe('call follower: recordings', () => {
  it('makes calls of voice that no control channel granted, the same at any block size', async function () {
    needsCaptures(this, 'p25/voice_disc_48k.s16');
    const data = await readFile(capture('p25/voice_disc_48k.s16'));
    const { ended, audio } = conventionalCalls(data, 4800);
    assert.ok(ended.length > 0);
    for (const { talkgroup, unit, conventional, nac, sources } of ended) {
      assert.deepEqual([talkgroup, unit, conventional, nac], [1, 1, true, '293']);
      assert.ok(sources.every(({ src }) => src === 1));
    }
    const seconds = ended.reduce((sum, { length }) => sum + length, 0);
    assert.ok(seconds > 14.2, `${seconds} s of 14.4 s of voice`);
    for (const block of [333, 100_000]) {
      const other = conventionalCalls(data, block);
      assert.deepEqual(other.ended, ended);
      assert.ok(other.audio.equals(audio));
    }
  });
});
