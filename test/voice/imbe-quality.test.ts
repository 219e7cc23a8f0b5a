import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { capture, needsCaptures } from '../support/captures';
import { bandLevels, jointRoughness, powerSpectrum, voicedDifferences, withoutOffset } from './spectrum';
import { decodeAll, FRAME, REFERENCES, readWav, recording, rms } from './support';

/** Where mbelib's own output, not somebody's automatic gain, is the reference. */
const PLAIN = Object.keys(REFERENCES).filter((file) => file !== 'voice/imbe_1.imb');

describe('IMBE: sound beside mbelib', () => {
  for (const file of Object.keys(REFERENCES)) {
    it(`third-octave levels of ${file}`, function () {
      needsCaptures(this, file, REFERENCES[file]);
      const { frames, format } = recording(file);
      const ours = bandLevels(decodeAll(frames, format).samples);
      const theirs = bandLevels(withoutOffset(readWav(REFERENCES[file])));
      // imbe_1's reference went through an automatic gain: only its spectrum can be compared.
      const { voiced, differences } = voicedDifferences(ours, theirs, !PLAIN.includes(file));
      assert.ok(voiced > 60);
      differences.forEach((difference, band) => {
        assert.ok(Math.abs(difference) <= 1.5, `band ${band}: ${difference.toFixed(2)} dB`);
      });
    });
  }

  for (const file of PLAIN) {
    it(`joints between the frames of ${file}`, function () {
      needsCaptures(this, file, REFERENCES[file]);
      const { frames, format } = recording(file);
      const ours = jointRoughness(decodeAll(frames, format).samples);
      const theirs = jointRoughness(readWav(REFERENCES[file]));
      assert.ok(ours < 1.15 && ours < theirs, `ours ${ours.toFixed(2)}, mbelib ${theirs.toFixed(2)}`);
    });

    it(`loudness of ${file}`, function () {
      needsCaptures(this, file, REFERENCES[file]);
      const { frames, format } = recording(file);
      const { samples } = decodeAll(frames, format);
      const difference = 20 * Math.log10(rms(samples) / rms(withoutOffset(readWav(REFERENCES[file]))));
      assert.ok(Math.abs(difference) < 1, `${difference.toFixed(2)} dB`);
    });
  }

  it('corrects the same bits as mbelib', function () {
    const file = 'voice/imbe_fec_400frames.bits';
    needsCaptures(this, file);
    const { frames, format } = recording(file);
    const { errors, clean, repeats, mutes, counters } = decodeAll(frames, format);
    assert.deepEqual({ errors, clean, repeats, mutes }, { errors: 1047, clean: 400, repeats: 0, mutes: 0 });
    assert.equal(counters.corrected_u0, 0);
  });

  it('makes a 1011 Hz tone of the standard test pattern', function () {
    const file = 'p25/testpattern_1011.hex';
    needsCaptures(this, file);
    const pattern = Buffer.from(readFileSync(capture(file), 'utf8').replace(/\s/g, ''), 'hex');
    const { samples, errors } = decodeAll([...voiceOfLdus(pattern), ...voiceOfLdus(pattern)], 'packed');
    assert.equal(errors, 0);
    // The second round is the steady tone.
    for (let start = 18 * FRAME; start + 2 * FRAME <= samples.length; start += FRAME) {
      const power = powerSpectrum(samples, start);
      const peak = power.indexOf(Math.max(...power));
      assert.ok(Math.abs((peak * 8000) / 1024 - 1011) < 12, `${(peak * 8000) / 1024} Hz`);
      let near = 0;
      let all = 0;
      for (let k = 0; k < power.length; k++) {
        all += power[k];
        if (Math.abs(k - peak) <= 8) near += power[k];
      }
      assert.ok(near / all > 0.98, `only ${near / all} of the power is in the tone`);
    }
  });
});

/** The 18 voice frames of an LDU1 and an LDU2 with sync and status symbols (TIA-102.BAAA 8.2). */
function voiceOfLdus(bytes: Buffer): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let ldu = 0; ldu < 2; ldu++) {
    const bits: number[] = [];
    // Each 36th dibit is a status symbol.
    for (let dibit = 0; dibit < 864; dibit++) {
      if (dibit % 36 === 35) continue;
      for (let bit = 2 * dibit; bit < 2 * dibit + 2; bit++) {
        const at = ldu * 1728 + bit;
        bits.push((bytes[at >> 3] >> (7 - (at & 7))) & 1);
      }
    }
    // 40 bits of signalling lie before the third to eighth frame, 32 of low speed data before the ninth.
    for (let frame = 0, at = 112; frame < 9; frame++, at += 144) {
      if (frame >= 2) at += frame < 8 ? 40 : 32;
      const packed = new Uint8Array(18);
      for (let i = 0; i < 144; i++) packed[i >> 3] |= bits[at + i] << (7 - (i & 7));
      frames.push(packed);
    }
  }
  return frames;
}
