import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { EventObject } from '../../../src/core/messages';
import { p25 } from '../../../src/protocols/p25';
import { readSymbolFile, type SymbolFileFormat } from '../../../src/protocols/p25/symbol-file';
import { DecoderStage } from '../../../src/protocols/stage';
import { capture, needsCaptures } from '../../support/captures';
import { ldu, tsdu } from './frames';

const GRANT = '8000 04 20F0 238D 0AAE61';
const VOICE = new Uint8Array(9 * 144).map((_, i) => (i * i) % 2);
const DIBITS = Uint8Array.from([
  ...[0, 1, 3, 2, 1],
  ...tsdu(0x3c1, GRANT),
  ...tsdu(0x3c1, GRANT),
  ...ldu(0x3c1, '00 00 04 00 238E 0AAE6A', VOICE),
]);

export function decodeFile(data: Uint8Array, format?: SymbolFileFormat) {
  const stage = new DecoderStage(p25);
  const events: EventObject[] = [];
  const voice: Int8Array[] = [];
  const polarities = new Set<number>();
  for (const message of readSymbolFile(data, { stream: 'file', format })) {
    for (const frame of message.info.frames) polarities.add(frame.polarity);
    for (const out of stage.process(message)) {
      if (out.port === 'event') events.push(out.payload);
      if (out.port === 'voice')
        voice.push(new Int8Array(out.payload.buffer, out.payload.byteOffset, out.payload.length));
    }
  }
  stage.flush();
  const frames = voice.flatMap((bits) =>
    Array.from({ length: bits.length / 144 }, (_, i) => Uint8Array.from(bits.subarray(144 * i, 144 * i + 144), toBit)),
  );
  return { events, frames, counters: stage.counters(), polarities: [...polarities] };
}

const toBit = (soft: number): number => (soft > 0 ? 1 : 0);
const packed = (bits: Uint8Array): string =>
  BigInt(`0b${bits.join('')}`)
    .toString(16)
    .padStart(36, '0');

const nibbles = (dibits: Uint8Array): string => {
  let hex = '';
  for (let i = 0; i + 1 < dibits.length; i += 2) hex += ((dibits[i] << 2) | dibits[i + 1]).toString(16);
  return hex;
};

describe('P25 symbol files', () => {
  const expected = { tsbk: 2, ldu1: 1, voice_frames: 9 };
  const check = (data: Uint8Array, format?: SymbolFileFormat): ReturnType<typeof decodeFile> => {
    const result = decodeFile(data, format);
    for (const [name, value] of Object.entries(expected)) assert.equal(result.counters[name], value, name);
    return result;
  };

  it('reads a byte per symbol', () => {
    const { polarities, events } = check(DIBITS);
    assert.deepEqual(polarities, [1]);
    // 5 symbols before the first sync.
    assert.ok(Math.abs((events[0].time as number) - 5000 / 4800) < 1e-9);
  });

  it('reads inverted symbols', () => {
    assert.deepEqual(check(DIBITS.map((dibit) => dibit ^ 2)).polarities, [-1]);
  });

  it('reads hexadecimal text and packed symbols', () => {
    const hex = nibbles(DIBITS.subarray(1));
    check(Buffer.from(hex.replace(/(.{3})/g, '$1 ').toUpperCase()));
    check(Buffer.from(hex, 'hex'), 'packed');
    check(Buffer.from(hex, 'hex'));
  });

  it('reads symbols without status symbols, and frames without their sync', () => {
    const strip = (dibits: Uint8Array): Uint8Array => dibits.filter((_, i) => i % 36 !== 35);
    const bare = [tsdu(0x3c1, GRANT), tsdu(0x3c1, GRANT), ldu(0x3c1, '00 00 04 00 238E 0AAE6A', VOICE)].map(strip);
    check(Uint8Array.from(bare.flatMap((dibits) => [...dibits])));
    const marks = bare
      .map((dibits) => [...dibits.subarray(24)].flatMap((dibit) => [dibit >> 1, dibit & 1]))
      .map((bits) => bits.map((bit) => (bit ? '#' : '-')).join(''))
      .join('\n');
    check(Buffer.from(marks));
  });

  it('finds syncs with bit errors', () => {
    const damaged = DIBITS.slice();
    for (const at of [6, 9, 14, 20, 25]) damaged[at] ^= 1;
    check(damaged);
  });

  it('refuses files without symbols', () => {
    assert.throws(() => [...readSymbolFile(new Uint8Array(0), { stream: 'x' })], { code: 'bad-file' });
    assert.throws(() => [...readSymbolFile(Buffer.from('hello'), { stream: 'x', format: 'marks' })], {
      code: 'bad-file',
    });
  });

  it('finds nothing in other files', () => {
    const { counters, events } = decodeFile(Buffer.from('The quick brown fox jumps over the lazy dog. '.repeat(200)));
    assert.equal(counters.frames, 0);
    assert.ok(events.every(({ type }) => type === 'stats'));
  });

  describe('recordings', () => {
    it('reads every block of the synthetic control channel', function () {
      needsCaptures(this, 'synth/p25_control_c4fm.symbols.bin');
      const { events, counters } = decodeFile(readFileSync(capture('synth/p25_control_c4fm.symbols.bin')));
      assert.equal(counters.tsdu, 178);
      assert.equal(counters.tsbk, 464);
      assert.equal(counters.tsbk_bad, 0);
      const grants = new Map(
        events.filter(({ type, update }) => type === 'grant' && !update).map((grant) => [grant.talkgroup, grant]),
      );
      assert.deepEqual(
        [9101, 9102, 9103].map((talkgroup) => {
          const { source, channel, frequency, emergency, encrypted } = grants.get(talkgroup)!;
          return [source, channel, frequency, emergency, encrypted];
        }),
        [
          [700001, '2-240', 852_500_000, false, false],
          [700010, '2-260', 852_625_000, true, false],
          [700020, '2-280', 852_750_000, false, true],
        ],
      );
      const unit = grants.get(undefined)!;
      assert.deepEqual([unit.source, unit.target, unit.frequency], [700001, 700002, 853_000_000]);
      const has = (fields: Record<string, unknown>): void => {
        const found = events.some((event) => Object.entries(fields).every(([name, value]) => event[name] === value));
        assert.ok(found, JSON.stringify(fields));
      };
      has({
        type: 'system',
        wacn: '92F70',
        system: '3C5',
        rfss: 2,
        site: 17,
        nac: '3C1',
        control_channel: 851_625_000,
      });
      has({ type: 'iden_update', identifier: 2, base_frequency: 851e6, spacing: 6250, transmit_offset: -45e6 });
      has({ type: 'adjacent_site', rfss: 2, site: 18, control_frequency: 852_250_000 });
      has({ type: 'affiliation', source: 700003, talkgroup: 9101, accepted: true });
      has({ type: 'registration', source: 700003, accepted: true });
      has({ type: 'deny', additional: 700004, reason: 0x2f });
      has({ type: 'secondary_control_channel', channel: '2-120' });
    });

    it('gives the voice bits that were sent', function () {
      needsCaptures(this, 'synth/p25_voice_c4fm.symbols.bin', 'synth/p25_voice_c4fm.imbe144.hex');
      const { events, frames, counters } = decodeFile(readFileSync(capture('synth/p25_voice_c4fm.symbols.bin')));
      assert.equal(counters.ldu1 + counters.ldu2, 140);
      const truth = readFileSync(capture('synth/p25_voice_c4fm.imbe144.hex'), 'latin1').trim().split('\n');
      assert.equal(truth.length, 1260);
      assert.deepEqual(frames.map(packed), truth);
      const talkers = events.filter(({ type }) => type === 'talker');
      assert.equal(talkers.length, 70);
      assert.deepEqual(
        [...new Set(talkers.map(({ talkgroup, source }) => `${talkgroup} ${source}`))],
        ['1234 567890', '5678 123456'],
      );
      assert.deepEqual(
        events.filter(({ type }) => type === 'terminator').map(({ talkgroup }) => talkgroup),
        [1234, 5678],
      );
      assert.ok(events.every(({ type, algorithm }) => type !== 'encryption' || algorithm === 0x80));
    });

    it('reads the emergency flag', function () {
      needsCaptures(this, 'synth/p25_voice_emergency.symbols.bin');
      const { events, counters } = decodeFile(readFileSync(capture('synth/p25_voice_emergency.symbols.bin')));
      assert.equal(counters.voice_frames, 1260);
      const talkers = events.filter(({ type }) => type === 'talker');
      assert.deepEqual(
        [...new Set(talkers.map(({ talkgroup, emergency }) => `${talkgroup} ${emergency}`))],
        ['9101 false', '9102 true'],
      );
      assert.equal(events.filter(({ type, call }) => type === 'terminator' && call).length, 2);
    });

    it('reads the standard test patterns without an error', function () {
      const names = ['1011', 'busy', 'idle', 'silence'].map((name) => `p25/testpattern_${name}.hex`);
      needsCaptures(this, ...names);
      for (const name of names) {
        const { counters } = decodeFile(readFileSync(capture(name)));
        assert.deepEqual([counters.ldu1, counters.ldu2, counters.voice_frames, counters.rs_ok], [1, 1, 18, 2], name);
        assert.equal(counters.corrected + counters.cyclic_corrected, 0, name);
      }
    });

    it('reads frames written as marks, without their syncs', function () {
      needsCaptures(this, 'p25/ldu_bits.txt');
      const { events, counters } = decodeFile(readFileSync(capture('p25/ldu_bits.txt')));
      assert.deepEqual([counters.ldu1, counters.ldu2, counters.voice_frames], [28, 28, 504]);
      assert.ok(events.every(({ nac }) => nac === '293' || nac === undefined));
    });
  });
});
