import assert from 'node:assert/strict';
import type { EventObject } from '../../../src/core/messages';
import { P25Decoder } from '../../../src/protocols/p25/decoder';
import { readSymbolFile } from '../../../src/protocols/p25/symbol-file';
import { uniform } from '../../support/random';
import { hdu, ldu, metricsOf, pdu, symbolFrame, tdu, tdulc, tsdu } from './frames';

const FRAMES = 100_000;
const TALKER = '00 00 04 00 238E 0AAE6A';
const random = uniform(99);
const below = (limit: number): number => Math.floor(random() * limit);
const VOICE = Uint8Array.from({ length: 9 * 144 }, () => below(2));

/** Clean frames to mutate; long ones are rarer, since they take longer. */
const CLEAN = [
  tdulc(0x293, TALKER),
  tdulc(0x293, '4F 0000000000 0AAE6A'),
  tsdu(0x293, '8000 04 20F0 238D 0AAE61'),
  tdu(0x293),
  tdulc(0x293, TALKER),
  tsdu(0x293, 'BD00 2322D032 0A250BC0'),
  tdu(0x293),
  hdu(0x293, '000000000000000000 00 80 0000 238E'),
  pdu(0x293, '37FD00 05 014C 81 3B 0000', 'BEE000 2064 20C8 70 00000000'),
  ldu(0x293, TALKER, VOICE),
].map((dibits) => metricsOf(dibits));

/** Damages a frame in place in one of the ways air, software and malice do. */
function mutate(metrics: Float32Array): void {
  const count = metrics.length / 4;
  const from = random() < 0.5 ? 57 : 0;
  const size = random() < 0.3 ? count : below(count);
  const kind = below(5);
  for (let i = 0; i < size; i++) {
    const at = 4 * (from + below(Math.max(1, count - from)));
    if (kind === 0) metrics.subarray(at, at + 4).reverse();
    else if (kind === 1) metrics.fill(0, at, at + 4);
    else if (kind === 2) metrics[at + below(4)] = [Number.NaN, Infinity, -Infinity, 1e38, -1e38][below(5)];
    else for (let j = 0; j < 4; j++) metrics[at + j] += (random() - 0.5) * (kind === 3 ? 8 : 40);
  }
}

describe('P25 decoder fuzz', function () {
  this.timeout(300_000);

  it(`survives ${FRAMES} mutated frames without false calls or growth`, () => {
    const known = new Set([0x238d, 0x238e]);
    const strange: EventObject[] = [];
    let events = 0;
    let voice = 0;
    const decoder = new P25Decoder(
      {
        event(event) {
          events++;
          if (typeof event.talkgroup === 'number' && !known.has(event.talkgroup)) strange.push(event);
          if (event.type === 'unknown' || event.type === 'protected') strange.push(event);
          if (event.type === 'encryption' && event.encrypted) strange.push(event);
        },
        voice(_, frames, bits) {
          voice += frames;
          assert.equal(bits.length, frames * 144);
        },
      },
      {},
    );
    const scratch = new Float32Array(864 * 4);
    const counters = Object.keys(decoder.counters()).length;
    let heap = 0;
    for (let i = 0; i < FRAMES; i++) {
      const clean = CLEAN[below(CLEAN.length)];
      const metrics = scratch.subarray(0, clean.length);
      metrics.set(clean);
      mutate(metrics);
      const symbols = random() < 0.1 ? below(metrics.length / 4) : metrics.length / 4;
      decoder.frame({ ...symbolFrame(0, symbols, 37.5 * i), frequency: 0 }, metrics.subarray(0, symbols * 4));
      if (i === FRAMES / 2) heap = process.memoryUsage().heapUsed;
    }
    const result = decoder.counters();
    assert.equal(result.frames, FRAMES);
    assert.equal(Object.keys(result).length, counters);
    assert.ok(events > FRAMES / 20 && voice > 0, 'the mutations leave nothing to decode');
    // Chance lets a CRC-16 pass once in 65536 blocks.
    assert.ok(strange.length <= 5, JSON.stringify(strange));
    assert.ok(process.memoryUsage().heapUsed - heap < 64e6);
  });

  it('survives random metrics of any size', () => {
    const decoder = new P25Decoder({ event: () => {}, voice: () => {} }, {});
    for (let i = 0; i < 3000; i++) {
      const symbols = below(900);
      const scale = 10 ** (below(60) - 30);
      const metrics = Float32Array.from({ length: 4 * symbols }, () => (random() - 0.5) * scale);
      decoder.frame({ ...symbolFrame(0, symbols, 50 * i), frequency: 0 }, metrics);
    }
    const { frames, tsbk, rs_ok } = decoder.counters();
    assert.deepEqual([frames, tsbk, rs_ok], [3000, 0, 0]);
  });

  it('survives any bytes as a symbol file', () => {
    for (let i = 0; i < 300; i++) {
      const bytes = Uint8Array.from({ length: 1 + below(4000) }, () => below(i % 3 === 0 ? 4 : 256));
      for (const format of ['hex', 'marks', 'dibits', 'packed'] as const) {
        try {
          for (const { info, payload } of readSymbolFile(bytes, { stream: 'fuzz', format })) {
            assert.equal(payload.length, 16 * info.frames.reduce((sum, { symbols }) => sum + symbols, 0));
          }
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'bad-file');
        }
      }
    }
  });
});
