import assert from 'node:assert/strict';
import { unpackBits } from '../../src/coding/bits';
import { type CrcSpec, crc, crcBytes, crcFits, P25_CRC_9, P25_CRC_32, P25_CRC_CCITT } from '../../src/coding/crc';
import { uniform } from '../support/random';

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));

describe('CRC', () => {
  it('gives the catalogue check values for "123456789"', () => {
    const check = Uint8Array.from(Buffer.from('123456789'));
    const cases: [CrcSpec, number][] = [
      [P25_CRC_CCITT, 0xce3c], // CRC-16/GSM
      [{ ...P25_CRC_CCITT, xorOut: 0 }, 0x31c3], // CRC-16/XMODEM
      [{ width: 16, poly: 0x1021, init: 0xffff, xorOut: 0 }, 0x29b1], // CRC-16/IBM-3740
      [{ width: 32, poly: 0x04c11db7, init: 0xffffffff, xorOut: 0xffffffff }, 0xfc891918], // CRC-32/BZIP2
      [P25_CRC_32, 0x765e7680], // CRC-32/CKSUM without the length
      [{ width: 8, poly: 0x07, init: 0, xorOut: 0 }, 0xf4], // CRC-8/SMBUS
    ];
    for (const [spec, value] of cases) {
      assert.equal(crcBytes(check, spec), value);
      assert.equal(crc(unpackBits(check), spec), value);
    }
  });

  it('gives the values of the published packet data vectors', () => {
    // blip25-specs, pdu_crc_test_vectors.csv.
    assert.equal(crcBytes(hex('00000000000000000000'), P25_CRC_CCITT), 0xffff);
    assert.equal(crcBytes(hex('55FD0011223382000000'), P25_CRC_CCITT), 0x7267);
    assert.equal(crcBytes(hex('03210011223380000000'), P25_CRC_CCITT), 0x0cb9);
    assert.equal(crcBytes(hex('00112233445566778899AABBCCDDEEFF00112233'), P25_CRC_32), 0x9fff50b4);
    const confirmed = (serial: number, data: string) => {
      const bits = new Uint8Array(135);
      bits.set(unpackBits(Uint8Array.of(serial << 1)).subarray(0, 7));
      bits.set(unpackBits(hex(data)), 7);
      return crc(bits, P25_CRC_9);
    };
    assert.equal(confirmed(1, '00000000000000000000000000000000'), 0x122);
    assert.equal(confirmed(0, 'FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF'), 0x183);
    assert.equal(confirmed(5, '0011223344556677889900AABBCCDDEE'), 0x07f);
  });

  it('gives the 32-bit value published with p25.rs', () => {
    assert.equal(crcBytes(Uint8Array.of(0b1010), P25_CRC_32), 0b11010000011101010010100100101001);
  });

  it('accepts TSBKs heard on air', () => {
    for (const tsbk of ['16000040FFFFFFFF00015FCB', '3400E505C06401EE89907FA6']) {
      const bits = unpackBits(hex(tsbk));
      assert.ok(crcFits(bits, P25_CRC_CCITT));
      assert.equal(crc(bits, P25_CRC_CCITT, 0, 80), Number.parseInt(tsbk.slice(-4), 16));
      assert.ok(crcFits(Uint8Array.of(1, 1, ...bits), P25_CRC_CCITT, 2));
      bits[37] ^= 1;
      assert.ok(!crcFits(bits, P25_CRC_CCITT));
    }
  });

  it('catches every burst no longer than its width', () => {
    const next = uniform(1);
    for (const spec of [P25_CRC_9, P25_CRC_CCITT, P25_CRC_32]) {
      for (let trial = 0; trial < 500; trial++) {
        const word = Uint8Array.from({ length: 150 }, () => (next() < 0.5 ? 1 : 0));
        const value = crc(word, spec, 0, 150 - spec.width);
        for (let i = 0; i < spec.width; i++) word[150 - spec.width + i] = (value >>> (spec.width - 1 - i)) & 1;
        assert.ok(crcFits(word, spec));
        const length = 1 + Math.floor(next() * spec.width);
        const start = Math.floor(next() * (151 - length));
        word[start] ^= 1;
        for (let i = 1; i < length; i++) if (next() < 0.5) word[start + i] ^= 1;
        assert.ok(!crcFits(word, spec));
      }
    }
  });
});
