import assert from 'node:assert/strict';
import { TrunkflowError } from '../../src/core/errors';
import type { AudioInfo, CallInfo, StreamMessage, VoiceInfo } from '../../src/core/messages';
import { asInt16 } from '../../src/core/shared-buffer';
import { VoiceStage } from '../../src/voice/stage';
import { uniform } from '../support/random';
import { encodeSoft as encodeAmbe2, encodeFrame, pack, sentence } from './ambe2-support';
import { asBytes, decodeAll, encodeSoft, FRAME, nistFrames } from './support';

const BARE = nistFrames();
const START = 1_700_000_000_000;

function voice(frames: Uint8Array[], time: number, more: Partial<VoiceInfo> = {}): StreamMessage {
  return {
    port: 'voice',
    payload: Buffer.concat(frames),
    info: {
      stream: 'src/call-1',
      seq: 0,
      time,
      codec: 'imbe',
      format: 'bare',
      frames: frames.length,
      duration: 20 * frames.length,
      frequency: 851_000_000,
      errors: 0,
      ...more,
    },
  };
}

interface Heard {
  samples: Int16Array;
  infos: AudioInfo[];
}

function run(stage: VoiceStage, messages: StreamMessage[], heard: Heard[] = []): Heard[] {
  const outputs = [...messages.map((message) => stage.process(message)), stage.flush()].flat();
  for (const output of outputs) {
    assert.equal(output.port, 'audio');
    if (output.port === 'audio') heard.push({ samples: asInt16(output.payload), infos: [output.info] });
  }
  return heard;
}

/** All samples by their place in stream time. */
function timeline(heard: Heard[]): Map<number, number> {
  const samples = new Map<number, number>();
  for (const { samples: block, infos } of heard) {
    block.forEach((sample, n) => {
      samples.set(Math.round((infos[0].time - START) * 8) + n, sample);
    });
  }
  return samples;
}

function join(heard: Heard[]): number[] {
  return heard.flatMap(({ samples }) => Array.from(samples));
}

describe('voice stage', () => {
  it('gives the decoder’s samples at the time of the frames, and a fade at the end', () => {
    const heard = run(new VoiceStage(), [voice(BARE.slice(0, 9), START), voice(BARE.slice(9, 18), START + 180)]);
    assert.deepEqual(
      heard.map(({ infos }) => infos[0].time - START),
      [0, 180, 360],
    );
    assert.deepEqual(join(heard).slice(0, 18 * FRAME), Array.from(decodeAll(BARE.slice(0, 18), 'bare').samples));
    const last = heard.at(-1)!;
    assert.equal(last.infos[0].end, true);
    assert.equal(last.samples.length, FRAME);
    assert.ok(Math.abs(last.samples.at(-1)!) < 0.01 * Math.max(...last.samples));
    assert.deepEqual(
      heard.map(({ infos }) => infos[0].seq),
      [0, 1, 2],
    );
    const { rate, stream, frequency } = heard[0].infos[0];
    assert.deepEqual({ rate, stream, frequency }, { rate: 8000, stream: 'src/call-1', frequency: 851_000_000 });
  });

  it('makes the same of any division into messages, in every format', () => {
    const next = uniform(1);
    // Two transmissions and a short gap, in time steps of 20 ms.
    const slots: (Uint8Array | undefined)[] = [
      ...BARE.slice(0, 60),
      ...new Array(12).fill(undefined),
      ...BARE.slice(72, 120),
      ...new Array(70).fill(undefined),
      ...BARE.slice(0, 40),
    ];
    const divide = (length: () => number, format: 'bare' | 'soft'): StreamMessage[] => {
      const messages: StreamMessage[] = [];
      for (let at = 0; at < slots.length; ) {
        let end = at + 1;
        const most = at + length();
        while (end < slots.length && end < most && Boolean(slots[end]) === Boolean(slots[at])) end++;
        const frames = slots.slice(at, end).filter((frame) => frame !== undefined);
        const coded = format === 'bare' ? frames : frames.map((frame) => asBytes(encodeSoft(frame)));
        messages.push(voice(coded, START + 20 * at, { format, duration: 20 * (end - at) }));
        at = end;
      }
      return messages;
    };
    const expected = run(
      new VoiceStage(),
      divide(() => 9, 'bare'),
    );
    for (const length of [() => 1, () => 1000, () => 1 + Math.floor(20 * next())]) {
      for (const format of ['bare', 'soft'] as const) {
        const heard = run(new VoiceStage(), divide(length, format));
        assert.deepEqual(join(heard), join(expected));
        assert.deepEqual(timeline(heard), timeline(expected));
      }
    }
    // Messages without frames need not come at all.
    const without = divide(() => 9, 'bare').filter((message) => message.payload.length > 0);
    assert.deepEqual(timeline(run(new VoiceStage(), without)), timeline(expected));
  });

  it('fills a short gap so that the audio stays in time, and leaves a long one out', () => {
    const short = run(new VoiceStage(), [voice(BARE.slice(0, 18), START), voice(BARE.slice(18, 27), START + 540.5)]);
    const samples = timeline(short);
    assert.equal(join(short).length, samples.size);
    for (let n = 0; n < (540.5 + 180 + 20) * 8; n++) assert.ok(samples.has(n), `no sample ${n}`);
    for (let n = 380 * 8; n < 540 * 8; n++) assert.equal(samples.get(n), 0);

    const long = run(new VoiceStage(), [voice(BARE.slice(0, 18), START), voice(BARE.slice(0, 9), START + 5000)]);
    assert.deepEqual(
      long.map(({ infos, samples: block }) => [infos[0].time - START, block.length / FRAME]),
      [
        [0, 18],
        [360, 1],
        [5000, 9],
        [5180, 1],
      ],
    );
    // A new transmission is decoded from the start.
    assert.deepEqual(Array.from(long[2].samples), Array.from(decodeAll(BARE.slice(0, 9), 'bare').samples));
  });

  it('fades out as soon as time passes without voice, and says nothing more', () => {
    const stage = new VoiceStage();
    stage.process(voice(BARE.slice(90, 99), START));
    const at = (time: number) => stage.process(voice([], START + time, { duration: 60 }));
    assert.deepEqual(at(180), []);
    const [fade] = at(240);
    assert.ok(fade.port === 'audio' && fade.payload.length === 2 * FRAME && fade.info.time === START + 180);
    assert.deepEqual(at(300), []);
    const [end] = stage.flush();
    assert.ok(end.port === 'audio' && end.info.end && end.payload.length === 0);
  });

  it('tolerates times that jitter by less than a few frames', () => {
    const messages = Array.from({ length: 18 }, (_, i) =>
      voice(BARE.slice(9 * i, 9 * i + 9), START + 180 * i + (i % 3) * 30),
    );
    const heard = run(new VoiceStage(), messages);
    assert.deepEqual(join(heard).slice(0, 162 * FRAME), Array.from(decodeAll(BARE.slice(0, 162), 'bare').samples));
    assert.deepEqual(timeline(heard).size, join(heard).length);
  });

  it('gives the end of a talker to that talker, although it comes with the next one', () => {
    const source = (src: number, pos: number) => ({ src, time: 0, pos, emergency: 0, signal_system: '', tag: '' });
    const first = { sources: [source(1, 0)] } as unknown as CallInfo;
    const both = { sources: [source(1, 0), source(2, 0.18)] } as unknown as CallInfo;
    const said = BARE.slice(0, 9);
    const talkers = (heard: Heard[]) => heard.map(({ infos: [{ call, end }] }) => [call!.sources.length, end ?? false]);
    // The frames of the next talker come, or only word of it.
    for (const next of [
      voice(said, START + 1000, { call: both }),
      voice([], START + 300, { call: both, duration: 180 }),
    ]) {
      const heard = run(new VoiceStage(), [voice(said, START, { call: first }), next]);
      assert.deepEqual(talkers(heard).slice(0, 2), [
        [1, false],
        [1, false],
      ]);
      assert.equal(heard[1].samples.length, FRAME);
      assert.deepEqual(talkers(heard).at(-1), [2, true]);
    }
  });

  it('passes the call on with its error figures', () => {
    const call = { id: 'x', talkgroup: 9101, error_count: 0, spike_count: 0 } as CallInfo;
    const reserved = Uint8Array.from(BARE[20]);
    reserved[0] = 0xff;
    const broken = encodeSoft(BARE[20]);
    broken[2] = -broken[2];
    const stage = new VoiceStage();
    const coded = [...BARE.slice(0, 20), reserved].map((frame) => asBytes(encodeSoft(frame)));
    const heard = run(stage, [
      voice([...coded, asBytes(broken)], START, { format: 'soft', call }),
      voice([], START + 440, { call: { ...call, state: 'ended', reason: 'terminator' } }),
    ]);
    const final = heard.at(-1)!.infos[0];
    assert.equal(final.end, true);
    assert.equal(final.call!.talkgroup, 9101);
    assert.equal(final.call!.reason, 'terminator');
    assert.deepEqual([final.call!.error_count, final.call!.spike_count], [1, 1]);
    assert.equal(call.error_count, 0);
    const { voice_frames, voice_clean, voice_errors, voice_repeats, voice_mutes, corrected_u2 } = stage.counters();
    assert.deepEqual(
      [voice_frames, voice_clean, voice_errors, voice_repeats, voice_mutes, corrected_u2],
      [22, 22, 1, 1, 0, 1],
    );
  });

  it('refuses messages it cannot use, says why, and stays usable', () => {
    const stage = new VoiceStage();
    const refuse = (message: StreamMessage, code: string, words: RegExp) =>
      assert.throws(
        () => stage.process(message),
        (error) => error instanceof TrunkflowError && error.code === code && words.test(error.message),
      );
    refuse({ ...voice([], START), port: 'symbols' } as unknown as StreamMessage, 'wrong-port', /symbols/);
    refuse(voice([], START, { codec: 'acelp' as 'imbe' }), 'bad-message', /imbe or ambe2.*acelp/);
    refuse(voice([], START, { codec: 'toString' as 'imbe' }), 'bad-message', /toString/);
    refuse(voice([], START, { format: 'flac' as 'bare' }), 'bad-message', /soft or packed or bare.*flac/);
    refuse(voice(BARE.slice(0, 2), START, { frames: 3 }), 'bad-message', /33 bytes.*22 bytes/);
    refuse(voice([], START, { frames: -1 }), 'bad-message', /frames/);
    refuse(voice([], START, { frames: 0.5 }), 'bad-message', /frames/);
    refuse(voice([], Number.NaN), 'bad-message', /time/);
    refuse(voice([], START, { duration: Number.NaN }), 'bad-message', /duration/);
    assert.throws(() => new VoiceStage({ fill: -1 }), TrunkflowError);
    const heard = run(stage, [voice(BARE.slice(0, 9), START)]);
    assert.deepEqual(join(heard).slice(0, 9 * FRAME), Array.from(decodeAll(BARE.slice(0, 9), 'bare').samples));
  });

  it('plays AMBE+2 in every format and however the frames are divided, to the bit', () => {
    const bare = sentence();
    const whole = Array.from(decodeAll(bare, 'bare', 'ambe2').samples);
    const formats = {
      bare,
      packed: bare.map((frame) => pack(encodeFrame(frame))),
      soft: bare.map((frame) => asBytes(encodeAmbe2(frame))),
    } as const;
    for (const [format, frames] of Object.entries(formats) as [keyof typeof formats, Uint8Array[]][]) {
      for (const size of [1, 3, 18, 168]) {
        const messages: StreamMessage[] = [];
        for (let i = 0; i < frames.length; i += size) {
          messages.push(voice(frames.slice(i, i + size), START + 20 * i, { codec: 'ambe2', format }));
        }
        const stage = new VoiceStage();
        assert.deepEqual(join(run(stage, messages)).slice(0, whole.length), whole, `${format} by ${size}`);
        assert.equal(stage.counters().voice_clean, frames.length);
      }
    }
  });

  it('changes from one codec to another within a stream', () => {
    const stage = new VoiceStage();
    const heard = run(stage, [
      voice(BARE.slice(0, 40), START),
      voice(sentence().slice(40, 80), START + 800, { codec: 'ambe2' }),
    ]);
    const samples = join(heard);
    assert.deepEqual(samples.slice(0, 40 * FRAME), Array.from(decodeAll(BARE.slice(0, 40), 'bare').samples));
    assert.equal(samples.length, 81 * FRAME);
  });

  it('never fills more than it was told, whatever the times', () => {
    const next = uniform(9);
    const stage = new VoiceStage({ fill: 1000 });
    let time = START;
    for (let i = 0; i < 2000; i++) {
      const outputs = stage.process(voice([BARE[i % BARE.length]], time));
      const bytes = outputs.reduce((sum, output) => sum + (output.payload as Buffer).length, 0);
      assert.ok(bytes <= 16 * (1000 + 20 + 20));
      time += (next() - 0.2) * 10 ** (8 * next());
    }
  });

  it('forgets the past on reset', () => {
    const stage = new VoiceStage();
    stage.process(voice(BARE.slice(80, 120), START));
    stage.reset();
    const [output] = stage.process(voice(BARE.slice(0, 9), START + 90_000));
    assert.ok(output.port === 'audio' && output.info.time === START + 90_000);
    assert.deepEqual(asInt16(output.payload as Buffer), decodeAll(BARE.slice(0, 9), 'bare').samples);
  });

  it('has nothing to say about a stream it never heard', () => {
    const stage = new VoiceStage();
    assert.deepEqual(stage.flush(), []);
    stage.close();
    assert.equal(stage.counters().voice_frames, 0);
  });
});
