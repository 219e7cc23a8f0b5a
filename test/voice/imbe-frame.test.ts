import assert from 'node:assert/strict';
import { decodeGolay23Soft } from '../../src/coding/golay';
import { allocationFor } from '../../src/voice/imbe/allocation';
import { ImbeFrame } from '../../src/voice/imbe/frame';
import { decodeParameters } from '../../src/voice/imbe/parameters';
import { enhance } from '../../src/voice/mbe/enhancement';
import { MbeModel } from '../../src/voice/mbe/model';
import { AmplitudePredictor } from '../../src/voice/mbe/prediction';
import { distinct, gaussian, uniform } from '../support/random';
import { asBytes, codeOf, decodeAll, encodeSoft, nistFrames, vectorLines, vectorsOf } from './support';

function read(bytes: Uint8Array, format: 'soft' | 'packed' | 'bare'): ImbeFrame {
  const frame = new ImbeFrame();
  frame.read(bytes, format);
  return frame;
}

describe('IMBE: frames', () => {
  it('reads the vectors NIST published for a sentence', () => {
    const published = vectorLines('imbe_nist_uvectors.txt').filter(
      (line) => line.startsWith('U_') && !/Hex/.test(line),
    );
    const frames = nistFrames();
    assert.equal(published.length, 8 * frames.length);
    frames.forEach((bare, i) => {
      const expected = published.slice(8 * i, 8 * i + 8).map((line) => line.replace(/^U_\d: /, '').trim());
      assert.equal(Array.from(read(bare, 'bare').bits).join(''), expected.join(''), `frame ${i}`);
    });
  });

  it('spends exactly 88 bits for every number of harmonics', () => {
    for (let harmonics = 9; harmonics <= 56; harmonics++) {
      const { bits, blocks, value } = allocationFor(harmonics);
      assert.equal(value.length, 88);
      assert.equal(
        blocks.reduce((sum, length) => sum + length),
        harmonics,
      );
      const used = new Array(bits.length).fill(0);
      for (const owner of value) used[owner]++;
      assert.deepEqual(used, Array.from(bits), `L = ${harmonics}`);
    }
  });

  it('decodes the speech models another decoder finds in the sentence', () => {
    const frame = new ImbeFrame();
    const model = new MbeModel();
    const predictor = new AmplitudePredictor();
    const expected = new Map(vectorLines('imbe_nist_models.txt').map((line) => [Number(line.split(' ')[0]), line]));
    nistFrames().forEach((bare, i) => {
      frame.read(bare, 'bare');
      assert.ok(decodeParameters(frame.bits, predictor, model));
      const line = expected.get(i);
      if (!line) return;
      const [, fundamental, voicing, ...logs] = line.split(' ');
      assert.ok(Math.abs(model.fundamental - Number(fundamental)) < 1e-6);
      assert.equal(model.harmonics, logs.length);
      assert.equal(Array.from(model.voiced.subarray(1, model.harmonics + 1)).join(''), voicing);
      logs.forEach((log, l) => {
        assert.ok(Math.abs(Math.log2(model.amplitude[l + 1]) - Number(log)) < 2e-4, `frame ${i}, harmonic ${l + 1}`);
      });
    });
  });

  it('enhancement keeps the energy and the lowest eighth of the harmonics in proportion', () => {
    const model = new MbeModel();
    model.harmonics = 40;
    model.fundamental = Math.PI / 42;
    const next = uniform(1);
    for (let l = 1; l <= 40; l++) model.amplitude[l] = 2 ** (8 * next());
    const before = Float32Array.from(model.amplitude);
    const energy = enhance(model);
    let after = 0;
    for (let l = 1; l <= 40; l++) after += model.amplitude[l] ** 2;
    assert.ok(Math.abs(after / energy - 1) < 1e-5);
    for (let l = 2; l <= 5; l++) {
      assert.ok(Math.abs(model.amplitude[l] / before[l] / (model.amplitude[1] / before[1]) - 1) < 1e-5);
    }
  });

  it('refuses reserved pitch values without touching the model', () => {
    const model = new MbeModel();
    const predictor = new AmplitudePredictor();
    for (let pitch = 208; pitch < 256; pitch++) {
      const bits = new Uint8Array(88);
      for (let i = 0; i < 8; i++) bits[i < 6 ? i : 79 + i] = (pitch >> (7 - i)) & 1;
      assert.equal(decodeParameters(bits, predictor, model), false);
    }
    assert.deepEqual(model, new MbeModel());
  });

  it('reads packed and soft frames as bare ones, and three errors in every Golay and one in every Hamming code', () => {
    const next = uniform(2);
    for (const bare of nistFrames()) {
      const soft = encodeSoft(bare);
      const packed = new Uint8Array(18);
      for (let i = 0; i < soft.length; i++) if (soft[i] > 0) packed[i >> 3] |= 0x80 >> (i & 7);
      const expected = read(bare, 'bare').bits;
      for (const frame of [read(asBytes(soft), 'soft'), read(packed, 'packed')]) {
        assert.deepEqual(frame.bits, expected);
        assert.equal(frame.totalErrors, 0);
      }
      // As many errors as each code can correct.
      const wrong = Int8Array.from(soft);
      const room = [3, 3, 3, 3, 1, 1, 1];
      for (const place of distinct(next, 144, 144)) {
        const code = codeOf(place);
        if (code === 7 || room[code] === 0) continue;
        room[code]--;
        // Less sure than the right ones, as on the air.
        wrong[place] = -wrong[place] / 4;
      }
      const corrected = read(asBytes(wrong), 'soft');
      assert.deepEqual(corrected.bits, expected);
      assert.deepEqual(Array.from(corrected.errors), [3, 3, 3, 3, 1, 1, 1]);
      assert.equal(corrected.totalErrors, 15);
    }
  });

  it('gets more out of soft bits than out of hard ones', () => {
    const next = uniform(3);
    const noise = gaussian(next);
    let softWrong = 0;
    let hardWrong = 0;
    for (const bare of nistFrames()) {
      const soft = encodeSoft(bare).map((bit) => Math.max(-127, Math.min(127, bit / 2 + 42 * noise())));
      const u = vectorsOf(bare);
      const hard = soft.map((bit) => (bit > 0 ? 1 : -1));
      const differs = (bits: Uint8Array): number => {
        const packed = Buffer.alloc(11);
        bits.forEach((bit, i) => {
          packed[i >> 3] |= bit << (7 - (i & 7));
        });
        return vectorsOf(packed)
          .slice(0, 7)
          .filter((value, i) => value !== u[i]).length;
      };
      softWrong += differs(read(asBytes(soft), 'soft').bits);
      hardWrong += differs(read(asBytes(hard), 'soft').bits);
    }
    assert.ok(softWrong < 0.7 * hardWrong, `${softWrong} soft, ${hardWrong} hard`);
  });

  it('takes the strongest negative soft bit', () => {
    const soft = encodeSoft(nistFrames()[9]).map((bit) => (bit > 0 ? 127 : -128));
    assert.deepEqual(read(asBytes(soft), 'soft').bits, read(nistFrames()[9], 'bare').bits);
  });

  it('gives the same samples in every format and every time', () => {
    const bare = nistFrames();
    const once = decodeAll(bare, 'bare').samples;
    assert.deepEqual(decodeAll(bare, 'bare').samples, once);
    assert.deepEqual(
      decodeAll(
        bare.map((frame) => asBytes(encodeSoft(frame))),
        'soft',
      ).samples,
      once,
    );
  });

  it('finds the first vector by what the whole frame says, where its own code alone is wrong', () => {
    const noise = gaussian(uniform(71));
    let alone = 0;
    let together = 0;
    let count = 0;
    for (let round = 0; round < 3; round++) {
      for (const bare of nistFrames()) {
        const received = encodeSoft(bare).map((bit) => Math.max(-127, Math.min(127, bit / 2 + 42 * noise())));
        const first = Int8Array.from(received.filter((_, place) => codeOf(place) === 0));
        const sent = read(bare, 'bare').bits.slice(0, 12);
        const value = sent.reduce((sum, bit) => 2 * sum + bit, 0);
        if (decodeGolay23Soft(first).data !== value) alone++;
        if (read(asBytes(received), 'soft').bits.some((bit, i) => i < 12 && bit !== sent[i])) together++;
        count++;
      }
    }
    assert.ok(alone > 12 && together < 0.5 * alone, `${alone} wrong alone, ${together} together of ${count}`);
  });
});
