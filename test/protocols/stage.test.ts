import assert from 'node:assert/strict';
import type { EventObject, PortMessage, SymbolsInfo, VoiceInfo } from '../../src/core/messages';
import { p25 } from '../../src/protocols/p25';
import { DecoderStage } from '../../src/protocols/stage';
import { ldu, symbolsMessage, tdulc, tsdu } from './p25/frames';

const GRANT = '8000 04 20F0 238D 0AAE61';
const TALKER = '00 00 04 00 238E 0AAE6A';
const CLEAR = '000000000000000000 80 0000';
const VOICE = Uint8Array.from({ length: 9 * 144 }, (_, i) => (i % 3 === 0 ? 1 : 0));

const events = (out: PortMessage[]): EventObject[] => out.flatMap((m) => (m.port === 'event' ? [m.payload] : []));
const voices = (out: PortMessage[]): { info: VoiceInfo; payload: Buffer }[] =>
  out.flatMap((m) => (m.port === 'voice' ? [m] : []));

describe('decoder stage', () => {
  it('gives events with protocol and stream, then one voice message that says time passed', () => {
    const stage = new DecoderStage(p25);
    const out = stage.process(symbolsMessage([{ dibits: tsdu(0x3c1, GRANT) }], { time: 5000, stream: 'a/b' }));
    assert.deepEqual(
      out.map(({ port }) => port),
      ['event', 'event', 'voice'],
    );
    const [system, grant] = events(out);
    assert.deepEqual([system.type, system.protocol, system.stream, system.time], ['system', 'p25', 'a/b', 5000]);
    assert.equal(grant.talkgroup, 9101);
    const [{ info, payload }] = voices(out);
    assert.equal(payload.length, 0);
    assert.deepEqual(
      [info.stream, info.seq, info.time, info.duration, info.frames, info.codec, info.format, info.frequency],
      ['a/b', 0, 5000, 37.5, 0, 'imbe', 'soft', 851_000_000],
    );
  });

  it('gives voice as soft bits at the time of its frame', () => {
    const stage = new DecoderStage(p25);
    stage.process(symbolsMessage([], { time: 1000, duration: 100 }));
    const dibits = ldu(0x293, TALKER, VOICE);
    const out = stage.process(symbolsMessage([{ dibits, sigma: 0.3 }], { time: 1100, seq: 1, level: -20, noise: -60 }));
    const [{ info, payload }] = voices(out);
    assert.equal(voices(out).length, 1);
    assert.deepEqual([info.time, info.frames, info.duration, info.level, info.noise], [1100, 9, 180, -20, -60]);
    assert.equal(payload.length, 9 * 144);
    const bits = new Int8Array(payload.buffer, payload.byteOffset, payload.length);
    assert.ok(bits.every((bit, i) => bit > 0 === (VOICE[i] === 1) && bit !== 0));
    const mean = bits.reduce((sum, bit) => sum + Math.abs(bit), 0) / bits.length;
    assert.ok(mean > 25 && mean < 40, `mean ${mean}`);
  });

  it('keeps events and voice of one message in the order of the air', () => {
    const stage = new DecoderStage(p25);
    const out = stage.process(
      symbolsMessage([
        { dibits: ldu(0x293, TALKER, VOICE) },
        { dibits: ldu(0x293, CLEAR, VOICE) },
        { dibits: tdulc(0x293, TALKER) },
      ]),
    );
    const order = out.map((m) => (m.port === 'event' ? m.payload.type : `${(m as { info: VoiceInfo }).info.frames}`));
    assert.deepEqual(order, ['system', 'talker', '9', 'encryption', '9', 'terminator', '0']);
    const spans = voices(out).map(({ info }) => [info.time, info.duration]);
    assert.deepEqual(spans, [
      [0, 180],
      [180, 180],
      [360, 45],
    ]);
  });

  it('gives the same however the frames are spread over messages', () => {
    const frames = Array.from({ length: 24 }, (_, i) => ({
      dibits: i % 6 === 5 ? tdulc(0x293, TALKER) : ldu(0x293, i % 2 ? CLEAR : TALKER, VOICE),
    }));
    const results = [1, 2, 7, 24].map((size) => {
      const stage = new DecoderStage(p25);
      const out: PortMessage[] = [];
      let time = 0;
      for (let i = 0; i < frames.length; i += size) {
        const message = symbolsMessage(frames.slice(i, i + size), { time, seq: i / size });
        time += message.info.duration;
        out.push(...stage.process(message));
      }
      out.push(...stage.flush());
      return {
        events: events(out),
        voice: Buffer.concat(voices(out).map(({ payload }) => payload)),
        times: voices(out).flatMap(({ info }) => (info.frames > 0 ? [info.time] : [])),
      };
    });
    for (const result of results) assert.deepEqual(result, results[0]);
    assert.equal(results[0].voice.length, 20 * 9 * 144);
  });

  it('emits statistics once a second of stream time and at the end', () => {
    const stage = new DecoderStage(p25);
    const out: PortMessage[] = [];
    for (let i = 0; i < 60; i++) {
      out.push(...stage.process(symbolsMessage([{ dibits: tsdu(0x3c1, GRANT) }], { time: 10_000 + 37.5 * i, seq: i })));
    }
    out.push(...stage.flush());
    const stats = events(out).filter(({ type }) => type === 'stats');
    assert.deepEqual(
      stats.map(({ time, locked, reason }) => [time, locked, reason]),
      [
        [11_000, true, ''],
        [12_000, true, ''],
        [12_250, true, ''],
      ],
    );
    assert.ok(stats.every(({ rate }) => Math.abs((rate as number) - 27) < 4));
    assert.equal((stats[2].counters as Record<string, number>).tsbk, 60);
    const last = out.at(-1)!;
    assert.equal(last.port, 'voice');
    assert.equal((last as { info: VoiceInfo }).info.end, true);
  });

  it('says in words what is wrong while it is not locked', () => {
    const reasonFor = (info: Partial<SymbolsInfo>): unknown => {
      const stage = new DecoderStage(p25);
      const out = [0, 1, 2].flatMap((i) =>
        stage.process(symbolsMessage([], { time: 700 * i, seq: i, duration: 700, ...info })),
      );
      return events(out)[0].reason;
    };
    assert.equal(reasonFor({}), 'no sync');
    assert.equal(reasonFor({ level: -60, noise: -61 }), 'no carrier');
    assert.equal(reasonFor({ stats: { no_carrier_ms: 1400 } }), 'no carrier');
    assert.equal(reasonFor({ stats: { offset: 1812.4, snr: 20 } }), 'off +1812 Hz');
    assert.equal(reasonFor({ stats: { offset: 30, snr: 3.7 } }), 'too weak 4 dB');
  });

  it('survives a jump in stream time without a flood of statistics', () => {
    const stage = new DecoderStage(p25);
    stage.process(symbolsMessage([], { time: 0, duration: 100 }));
    const out = stage.process(symbolsMessage([], { time: 1e12, duration: 100, seq: 7 }));
    assert.ok(events(out).length <= 2);
    assert.equal(stage.counters().gaps, 1);
  });

  it('begins again when stream time begins again', () => {
    const stage = new DecoderStage(p25);
    const play = (from: number) =>
      Array.from({ length: 40 }, (_, i) =>
        stage.process(symbolsMessage([{ dibits: tsdu(0x3c1, GRANT) }], { time: from + 37.5 * i, seq: i })),
      ).flat();
    play(1e9);
    const again = events(play(0));
    assert.equal(again[0].type, 'system');
    const stats = again.filter(({ type }) => type === 'stats');
    assert.deepEqual(
      stats.map(({ time, locked }) => [time, locked]),
      [[1000, true]],
    );
  });

  it('refuses what it cannot read and goes on', () => {
    const stage = new DecoderStage(p25);
    const good = symbolsMessage([{ dibits: tsdu(0x3c1, GRANT) }]);
    const [frame] = good.info.frames;
    const bad: Partial<SymbolsInfo>[] = [
      { protocol: 'dmr' },
      { levels: 2 },
      { duration: Number.NaN },
      { duration: -1 },
      { time: Number.POSITIVE_INFINITY },
      { frames: undefined },
      { frames: [{ ...frame, start: 1 }] },
      { frames: [{ ...frame, start: -1 }] },
      { frames: [{ ...frame, symbols: 0.5 }] },
      { frames: [{ ...frame, time: Number.NaN }] },
      { frames: [null as never] },
    ];
    for (const fields of bad) {
      const message = { ...good, info: { ...good.info, ...fields } as SymbolsInfo };
      assert.throws(
        () => stage.process(message),
        { name: 'TrunkflowError', code: 'bad-message' },
        JSON.stringify(fields),
      );
    }
    const cut = { ...good, payload: good.payload.subarray(0, good.payload.length - 3) };
    assert.throws(() => stage.process(cut), { code: 'bad-message' });
    const wrong = { port: 'iq', payload: good.payload, info: good.info } as never;
    assert.throws(() => stage.process(wrong), { code: 'wrong-port', status: 'needs symbols' });
    assert.equal(events(stage.process(good)).length, 2);
  });

  it('reads payloads that are not aligned', () => {
    const stage = new DecoderStage(p25);
    const good = symbolsMessage([{ dibits: tsdu(0x3c1, GRANT) }]);
    const shifted = Buffer.alloc(good.payload.length + 1).subarray(1);
    good.payload.copy(shifted);
    assert.equal(events(stage.process({ ...good, payload: shifted })).length, 2);
  });

  it('has nothing to say when flushed unused', () => {
    assert.deepEqual(new DecoderStage(p25).flush(), []);
  });
});
