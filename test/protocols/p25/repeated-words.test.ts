import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { decodeNidSoft } from '../../../src/coding/bch63';
import { asFloat32 } from '../../../src/core/shared-buffer';
import { DUID } from '../../../src/protocols/p25/data-units';
import { ENCRYPTION_SYNC, LINK_CONTROL } from '../../../src/protocols/p25/ldu';
import { RepeatedWords } from '../../../src/protocols/p25/repeated-words';
import { SoftFrame } from '../../../src/protocols/p25/soft-frame';
import { readSymbolFile } from '../../../src/protocols/p25/symbol-file';
import { capture, needsCaptures } from '../../support/captures';
import { gaussian, uniform } from '../../support/random';
import { ldu, metricsOf } from './frames';

const TALKER = '00 00 84 00 238E 0AAE6A';
/** The same but for the last bit of the source. */
const NEIGHBOUR = '00 00 84 00 238E 0AAE6B';
const CLEAR = '000000000000000000 80 0000';
const voice = new Uint8Array(9 * 144);
const soft = new SoftFrame();

function llr(words: string, sigma: number, seed: number): Float32Array {
  const dibits = ldu(0x293, words, voice);
  soft.load(metricsOf(dibits, sigma, seed), dibits.length);
  return soft.llr;
}

const hex = (octets: Uint8Array | null): string | null => octets && Buffer.from(octets).toString('hex').toUpperCase();
const plain = (words: string): string => words.replace(/ /g, '');

describe('P25 words that are repeated', () => {
  it('read link control alone where erasing symbols does not, and never another one', () => {
    let erasing = 0;
    let alone = 0;
    const word = new Float32Array(LINK_CONTROL.bits);
    for (let seed = 1; seed <= 60; seed++) {
      const frame = llr(TALKER, 1.3, seed);
      LINK_CONTROL.gather(frame, word);
      if (LINK_CONTROL.decode(word).octets) erasing++;
      const { octets, repeated } = new RepeatedWords(LINK_CONTROL).read(frame);
      assert.equal(repeated, false);
      if (!octets) continue;
      assert.equal(hex(octets), plain(TALKER));
      alone++;
    }
    assert.ok(alone >= erasing + 15 && alone > 30, `${erasing} ${alone} of 60`);
  });

  it('read a frame that says again what was read before, and say so', () => {
    const words = new RepeatedWords(LINK_CONTROL);
    assert.equal(hex(words.read(llr(TALKER, 0, 1)).octets), plain(TALKER));
    let again = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const { octets, repeated } = words.read(llr(TALKER, 1.6, seed));
      if (!octets) continue;
      assert.equal(hex(octets), plain(TALKER));
      if (repeated) again++;
    }
    assert.ok(again > 30, `${again} of 40`);
    // Another transmission: nothing is known of it.
    words.reset();
    assert.equal(words.read(llr(TALKER, 2, 7)).octets, null);
  });

  it('add up frames that cannot be read alone', () => {
    let read = 0;
    let single = 0;
    for (let seed = 0; seed < 20; seed++) {
      const words = new RepeatedWords(LINK_CONTROL);
      for (let i = 1; i <= 5; i++) {
        const { octets, repeated } = words.read(llr(TALKER, 1.6, 10 * seed + i));
        if (!octets) continue;
        assert.equal(hex(octets), plain(TALKER));
        if (repeated) read++;
        else single++;
        break;
      }
    }
    assert.ok(read >= 8 && read + single >= 17, `${read} summed, ${single} alone of 20`);
  });

  it('do not take another word for the one known, however little differs', () => {
    for (const sigma of [0, 0.8, 1.2, 1.5]) {
      const words = new RepeatedWords(LINK_CONTROL);
      words.read(llr(NEIGHBOUR, 0, 1));
      words.read(llr(TALKER.replace('84', '04'), 0, 2));
      for (let seed = 1; seed <= 25; seed++) {
        const { octets } = words.read(llr(TALKER, sigma, seed));
        if (octets) assert.equal(hex(octets), plain(TALKER), `sigma ${sigma} seed ${seed}`);
      }
    }
  });

  it('make nothing of noise, nor of what they know when there is only noise', () => {
    const noise = gaussian(uniform(51));
    const next = uniform(52);
    for (const code of [LINK_CONTROL, ENCRYPTION_SYNC]) {
      const words = new RepeatedWords(code);
      words.read(llr(code === LINK_CONTROL ? TALKER : CLEAR, 0, 1));
      const before = code === LINK_CONTROL ? TALKER : '010203040506070809 81 0001';
      words.read(llr(before, 0, 1));
      const frame = new Float32Array(2000);
      let found = 0;
      for (let trial = 0; trial < 500; trial++) {
        for (let i = 0; i < frame.length; i++) frame[i] = noise() * (trial % 2 ? 1 : -Math.log(next()));
        if (words.read(frame).octets) found++;
      }
      assert.equal(found, 0);
    }
  });

  it('read what another encoder sent through noise, and nothing else', function () {
    needsCaptures(this, 'synth/p25_voice_c4fm.symbols.bin');
    const noise = gaussian(uniform(53));
    const kinds = { [DUID.LDU1]: LINK_CONTROL, [DUID.LDU2]: ENCRYPTION_SYNC };
    const clean = { [DUID.LDU1]: new RepeatedWords(LINK_CONTROL), [DUID.LDU2]: new RepeatedWords(ENCRYPTION_SYNC) };
    const noisy = { [DUID.LDU1]: new RepeatedWords(LINK_CONTROL), [DUID.LDU2]: new RepeatedWords(ENCRYPTION_SYNC) };
    const read = { [DUID.LDU1]: 0, [DUID.LDU2]: 0 };
    for (const message of readSymbolFile(readFileSync(capture('synth/p25_voice_c4fm.symbols.bin')), {
      stream: 'file',
    })) {
      const metrics = asFloat32(message.payload);
      for (const { start, symbols } of message.info.frames) {
        soft.load(metrics.subarray(4 * start, 4 * (start + symbols)), symbols);
        const duid = decodeNidSoft(soft.llr, 0x293, 48)?.duid as keyof typeof kinds;
        if (!(duid in kinds)) continue;
        const sent = clean[duid].read(soft.llr).octets;
        assert.ok(sent);
        const { octets } = noisy[duid].read(soft.llr.map((bit) => Math.sign(bit) + 1.4 * noise()));
        if (!octets) continue;
        assert.equal(hex(octets), hex(sent));
        read[duid]++;
      }
    }
    // One bit in four is wrong; of 70 each.
    assert.ok(read[DUID.LDU1] > 60 && read[DUID.LDU2] > 55, JSON.stringify(read));
  });
});
