import assert from 'node:assert/strict';
import { Ambe2Frame, FRAME_BITS, INTERLEAVE } from '../../src/voice/ambe2/frame';
import { Ambe2Parameters } from '../../src/voice/ambe2/parameters';
import { decodeTone, toneOf } from '../../src/voice/ambe2/tone';
import { VOICE_CODECS } from '../../src/voice/codecs';
import { MbeModel } from '../../src/voice/mbe/model';
import { needsCaptures } from '../support/captures';
import { gaussian, uniform } from '../support/random';
import { Ambe2Encoder, transcode } from './ambe2-encoder';
import {
  encodeFrame,
  encodeSoft,
  fromValues,
  pack,
  packedFrames,
  RECORDINGS,
  sentence,
  toneFrame,
  unpack,
} from './ambe2-support';
import { powerSpectrum } from './spectrum';
import { asBytes, FRAME, nistFrames, rms, vectorLines } from './support';

const frame = new Ambe2Frame();

function read(bytes: Uint8Array, format: 'soft' | 'packed' | 'bare'): { bits: number[]; errors: number[] } {
  frame.read(bytes, format);
  return { bits: [...frame.bits], errors: [...frame.errors] };
}

/** Spectral peaks (Hz) of a tone held for 12 frames, strongest first, and its amplitude. */
function play(bare: Uint8Array): { samples: Float32Array; peaks: (count: number) => number[] } {
  const decoder = VOICE_CODECS.ambe2.create();
  const samples = new Float32Array(12 * FRAME);
  for (let i = 0; i < 12; i++) decoder.decodeFrame(bare, 'bare', samples.subarray(i * FRAME, (i + 1) * FRAME));
  const power = powerSpectrum(samples, 4 * FRAME);
  const peaks = (count: number): number[] =>
    Array.from({ length: count }, () => {
      const peak = power.indexOf(Math.max(...power));
      power.fill(0, Math.max(0, peak - 9), peak + 10);
      return (peak * 8000) / 1024;
    });
  return { samples, peaks };
}

describe('AMBE+2: frames', () => {
  for (const file of Object.keys(RECORDINGS)) {
    it(`${file} encoded again gives the transmitted bits`, function () {
      needsCaptures(this, file);
      for (const bytes of packedFrames(file)) {
        const { bits, errors } = read(bytes, 'packed');
        assert.deepEqual(errors, [0, 0]);
        assert.deepEqual(pack(encodeFrame(pack(bits))), Uint8Array.from(bytes));
      }
    });
  }

  it('every order of bits once', () => {
    assert.deepEqual(
      [...INTERLEAVE].sort((a, b) => a - b),
      [...INTERLEAVE.keys()],
    );
  });

  it('soft, packed and bare frames give the same bits', () => {
    for (const bare of sentence()) {
      const bits = unpack(bare, FRAME_BITS);
      assert.deepEqual(read(bare, 'bare').bits, bits);
      assert.deepEqual(read(pack(encodeFrame(bare)), 'packed'), { bits, errors: [0, 0] });
      assert.deepEqual(read(asBytes(encodeSoft(bare)), 'soft'), { bits, errors: [0, 0] });
    }
  });

  it('corrects any three bits of c0 and of c1', () => {
    const next = uniform(3);
    for (const bare of sentence()) {
      const bits = encodeFrame(bare);
      const coded = (from: number, to: number): number => {
        for (;;) {
          const place = Math.floor(72 * next());
          if (INTERLEAVE[place] >= from && INTERLEAVE[place] < to) return place;
        }
      };
      const wrong = new Set<number>();
      while (wrong.size < 3) wrong.add(coded(0, 24));
      while (wrong.size < 6) wrong.add(coded(24, 47));
      for (const place of wrong) bits[place] ^= 1;
      assert.deepEqual(read(pack(bits), 'packed'), { bits: unpack(bare, FRAME_BITS), errors: [3, 3] });
    }
  });

  it('finds more of a noisy frame from soft bits than from hard ones', () => {
    const noise = gaussian(uniform(11));
    let soft = 0;
    let hard = 0;
    for (let round = 0; round < 6; round++) {
      for (const bare of sentence()) {
        const noisy = encodeSoft(bare).map((bit) => Math.max(-127, Math.min(127, bit / 2 + 35 * noise())));
        const truth = unpack(bare, 24).join('');
        if (read(asBytes(noisy), 'soft').bits.slice(0, 24).join('') === truth) soft++;
        const signs = noisy.map((bit) => (bit > 0 ? 1 : -1));
        if (read(asBytes(signs), 'soft').bits.slice(0, 24).join('') === truth) hard++;
      }
    }
    assert.ok(soft > hard + 60 && soft > 900, `${soft} soft, ${hard} hard of 1008`);
  });
});

describe('AMBE+2: parameters', () => {
  it('the committed sentence is what the encoder makes of it', () => {
    assert.deepEqual(
      transcode(nistFrames()).map(({ bare }) => bare),
      sentence().map((bare) => Uint8Array.from(bare)),
    );
  });

  it('models are those of mbelib', () => {
    const decoder = new Ambe2Parameters();
    const model = new MbeModel();
    const models = new Map(
      vectorLines('ambe2_nist_models.txt').map((line) => [Number(line.split(' ')[0]), line.split(' ')]),
    );
    assert.equal(models.size, 8);
    sentence().forEach((bare, i) => {
      decoder.decode(Uint8Array.from(unpack(bare, FRAME_BITS)), model);
      const [, fundamental, voiced, ...amplitudes] = models.get(i) ?? [];
      if (!fundamental) return;
      assert.ok(Math.abs(model.fundamental - Number(fundamental)) < 1e-6);
      assert.equal(model.voiced.slice(1, model.harmonics + 1).join(''), voiced);
      const unvoiced = 0.2046 / Math.sqrt(model.fundamental);
      amplitudes.forEach((log, j) => {
        const got = Math.log2((9.2 * model.amplitude[j + 1]) / (model.voiced[j + 1] === 1 ? 1 : unvoiced));
        assert.ok(Math.abs(got - Number(log)) < 2e-4, `frame ${i} harmonic ${j + 1}: ${got}, not ${log}`);
      });
    });
  });

  it('amplitudes are those the encoder, written without the decoder, reckons with', () => {
    const encoder = new Ambe2Encoder();
    const decoder = new Ambe2Parameters();
    const model = new MbeModel();
    nistFrames().forEach((imbe, i) => {
      // One frame at a time: the encoder tells the amplitudes of its last one. The IMBE predictor may start anew.
      const [{ values, bare }] = transcode([imbe], encoder);
      assert.equal(decoder.decode(Uint8Array.from(unpack(bare, FRAME_BITS)), model), true);
      assert.equal(model.harmonics, encoder.amplitudes.length);
      const unvoiced = 0.2046 / Math.sqrt(model.fundamental);
      for (let l = 1; l <= model.harmonics; l++) {
        const wanted = 2 ** encoder.amplitudes[l - 1] / 9.2;
        const got = model.amplitude[l] / (model.voiced[l] === 1 ? 1 : unvoiced);
        assert.ok(Math.abs(got / wanted - 1) < 1e-4, `frame ${i} (b ${values}) harmonic ${l}: ${got}, not ${wanted}`);
      }
    });
  });

  it('pitch falls and harmonics rise with b0 from 400 to 65 Hz', () => {
    const model = new MbeModel();
    let last = Number.POSITIVE_INFINITY;
    for (let b0 = 0; b0 < 120; b0++) {
      const bits = Uint8Array.from(unpack(fromValues([b0, 0, 8, 0, 0, 0, 0, 0, 0]), FRAME_BITS));
      assert.equal(new Ambe2Parameters().decode(bits, model), true);
      assert.ok(model.fundamental < last);
      last = model.fundamental;
      const top = (model.fundamental * model.harmonics * 8000) / (2 * Math.PI);
      assert.ok(top > 3200 && top <= 3702, `b0 ${b0}: ${model.harmonics} harmonics up to ${top} Hz`);
      if (b0 === 0) assert.equal(model.harmonics, 9);
      if (b0 === 119) assert.equal(model.harmonics, 56);
    }
    assert.ok(Math.abs((last * 8000) / (2 * Math.PI) - 65) < 0.1);
  });

  it('erasures and stray tone codes change nothing, silence is noise', () => {
    const decoder = new Ambe2Parameters();
    const model = new MbeModel();
    for (const b0 of [120, 121, 122, 123, 126, 127]) {
      const bits = Uint8Array.from(unpack(fromValues([b0, 3, 8, 100, 50, 5, 5, 5, 5]), FRAME_BITS));
      assert.equal(decoder.decode(bits, model), false);
      assert.deepEqual(model, new MbeModel());
    }
    for (const b0 of [124, 125]) {
      const bits = Uint8Array.from(unpack(fromValues([b0, 0, 8, 100, 50, 5, 5, 5, 5]), FRAME_BITS));
      assert.equal(decoder.decode(bits, model), true);
      assert.equal(model.harmonics, 14);
      assert.ok(model.voiced.subarray(1, 15).every((voiced) => voiced === 0));
    }
  });
});

describe('AMBE+2: tones', () => {
  const DTMF: readonly [string, number, number][] = [
    ['0', 941, 1336],
    ['1', 697, 1209],
    ['5', 770, 1336],
    ['9', 852, 1477],
    ['D', 941, 1633],
    ['*', 941, 1209],
    ['#', 941, 1477],
  ];
  for (const [key, low, high] of DTMF) {
    it(`DTMF ${key}`, () => {
      const { peaks } = play(toneFrame(128 + '0123456789ABCD*#'.indexOf(key), 100));
      const [a, b] = peaks(2).sort((x, y) => x - y);
      assert.ok(Math.abs(a - low) < 5 && Math.abs(b - high) < 5, `${a} and ${b} Hz`);
    });
  }

  it('single tones are multiples of 31.25 Hz, sound pure and do not pulse', () => {
    for (const id of [5, 12, 32, 64, 96, 122]) {
      const { samples, peaks } = play(toneFrame(id, 110));
      assert.ok(Math.abs(peaks(1)[0] - 31.25 * id) < 5);
      const loud = [4, 6, 8, 10].map((at) => rms(samples.subarray(at * FRAME, (at + 2) * FRAME)));
      assert.ok(Math.max(...loud) / Math.min(...loud) < 1.1, String(loud));
      const amplitude = Math.SQRT2 * rms(samples.subarray(2 * FRAME));
      assert.ok(Math.abs(amplitude / 2 ** ((110 * 15) / 127) - 1) < 0.02, `${amplitude}`);
    }
  });

  it('number 255 is silent, unknown numbers are not used', () => {
    const model = new MbeModel();
    const bits = (id: number): Uint8Array => Uint8Array.from(unpack(toneFrame(id, 100), FRAME_BITS));
    for (const id of [0, 4, 123, 127, 164, 254]) {
      assert.equal(toneOf(bits(id)), id);
      assert.equal(decodeTone(bits(id), id, model), false);
    }
    assert.deepEqual(model, new MbeModel());
    const { samples } = play(toneFrame(255, 127));
    assert.ok(samples.subarray(FRAME).every((sample) => sample === 0));
  });

  it('is found with errors in one of the four copies, not in two, and never in speech', () => {
    const bits = Uint8Array.from(unpack(toneFrame(131, 90), FRAME_BITS));
    bits[40] ^= 1;
    bits[47] ^= 1;
    assert.equal(toneOf(bits), 131);
    bits[30] ^= 1;
    assert.equal(toneOf(bits), undefined);
    for (const bare of sentence()) assert.equal(toneOf(Uint8Array.from(unpack(bare, FRAME_BITS))), undefined);
  });
});
