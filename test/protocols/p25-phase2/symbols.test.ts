import assert from 'node:assert/strict';
import { readSymbolFile } from '../../../src/protocols/p25-phase2/symbol-file';
import { needsCaptures } from '../../support/captures';
import { certain, feed, KEY, listen, TWO_CALLS, truth } from './support';

/** The symbols that another project's encoder sent: 42 superframes with a call in each slot. */
describe('P25 phase 2 decoder on the symbols of another encoder', () => {
  beforeEach(function () {
    needsCaptures(this, `${TWO_CALLS}.symbols.bin`);
  });

  it('reads every burst of both calls', () => {
    const { decoder, events, voice } = listen();
    feed(decoder, certain(truth()));
    const counters = decoder.counters();
    assert.equal(counters.voice_frames, 1260);
    assert.equal(counters.voice_4, 280);
    assert.equal(counters.voice_2, 70);
    assert.equal(counters.mac_bad, 0);
    assert.equal(counters.ess_ok, 70);
    assert.equal(counters.ess_bad, 0);
    assert.equal(counters.corrected, 0);
    assert.ok(counters.mac >= 153);
    for (const output of [0, 1]) {
      const frames = voice.filter((part) => part.output === output);
      assert.equal(
        frames.reduce((sum, part) => sum + part.frames, 0),
        630,
      );
      const talkers = events.filter((event) => event.output === output && event.type === 'talker');
      assert.ok(talkers.length > 30);
      for (const talker of talkers) {
        assert.equal(talker.talkgroup, 9101 + output);
        assert.equal(talker.source, output ? 700010 : 700001);
        assert.equal(talker.encrypted, false);
      }
      assert.equal(
        talkers.some(({ emergency }) => emergency),
        output === 1,
      );
      const [header] = events.filter((event) => event.output === output && event.type === 'header');
      assert.equal(header.algorithm_name, 'clear');
    }
    assert.deepEqual(decoder.status(), { locked: true, text: 'NAC 3C1' });
  });

  it('tells voice without holes, after its header and before its terminator', () => {
    const { decoder, events, voice } = listen();
    feed(decoder, certain(truth()));
    for (const output of [0, 1]) {
      const parts = voice.filter((part) => part.output === output);
      for (let i = 1; i < parts.length; i++)
        assert.equal(parts[i].time, parts[i - 1].time + 20 * parts[i - 1].frames, `part ${i}`);
      const last = parts[parts.length - 1];
      const [header] = events.filter((event) => event.output === output && event.type === 'header');
      const [terminator] = events.filter((event) => event.output === output && event.type === 'terminator');
      assert.ok((header.time as number) < parts[0].time);
      assert.ok((terminator.time as number) >= last.time + 20 * last.frames);
      assert.equal(terminator.talkgroup, 9101 + output);
    }
  });

  it('reads files of symbols, wherever they begin', () => {
    const symbols = truth();
    for (const data of [symbols, symbols.subarray(77)]) {
      let frames = 0;
      let until = 0;
      for (const { info } of readSymbolFile(data, { stream: 'file' })) {
        assert.ok(Math.abs(info.time - until) < 1e-6);
        until = info.time + info.duration;
        frames += info.frames.length;
      }
      assert.equal(frames, data === symbols ? 504 : 503);
    }
    assert.throws(() => [...readSymbolFile(new Uint8Array(1000), { stream: 'file' })], /no sync/);
    assert.throws(() => [...readSymbolFile(symbols, { stream: 'file', format: 'marks' })], /dibits or packed/);
  });

  it('takes only the slot it is asked for', () => {
    const { decoder, events, voice } = listen({ ...KEY, slot: 1 });
    feed(decoder, certain(truth()));
    assert.equal(decoder.counters().voice_frames, 630);
    assert.ok(decoder.counters().other_channel > 200);
    assert.ok(voice.every(({ output }) => output === undefined));
    const talkers = events.filter(({ type }) => type === 'talker');
    assert.ok(talkers.every(({ talkgroup }) => talkgroup === 9102));
  });

  it('learns the identities from unscrambled messages', () => {
    const { decoder, events } = listen({});
    feed(decoder, certain(truth()));
    const { no_scrambling, voice_frames } = decoder.counters();
    const found = events.find(({ type }) => type === 'system');
    if (found) assert.equal(found.wacn, '92F70');
    assert.ok(no_scrambling > 0 || voice_frames === 1260);
  });

  it('says what is missing, and gives no voice under a wrong key', () => {
    const unknown = listen({ system: '3C5', nac: '3C1', slot: 0 });
    const wrong = listen({ ...KEY, nac: '123' });
    const symbols = truth();
    feed(unknown.decoder, certain(symbols.subarray(0, 180 * 120)));
    feed(wrong.decoder, certain(symbols));
    if (unknown.decoder.counters().mac === 0) {
      assert.deepEqual(unknown.decoder.status(), { locked: false, text: 'WACN unknown', code: 'no_identity' });
      assert.equal(unknown.voice.length, 0);
    }
    assert.ok(wrong.decoder.counters().voice_frames < 100);
    assert.equal(wrong.events.filter(({ type }) => type === 'talker').length, 0);
  });

  it('finds its place from any slot on, and after lost slots', () => {
    const symbols = certain(truth());
    for (const first of [1, 2, 3, 5, 7, 10]) {
      const { decoder } = listen();
      feed(decoder, symbols.subarray(720 * (24 + first), 720 * 96), 30 * (24 + first));
      feed(decoder, symbols.subarray(720 * 101, 720 * 204), 30 * 101);
      const { mac_bad, ess_bad, unplaced } = decoder.counters();
      assert.ok(unplaced <= 5, `${unplaced} not placed from slot ${first}`);
      assert.equal(mac_bad, 0);
      // The word that the gap cut loses a part, which is an erasure.
      assert.equal(ess_bad, 0);
    }
  });
});
