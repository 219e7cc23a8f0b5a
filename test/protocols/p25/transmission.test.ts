import assert from 'node:assert/strict';
import type { Header } from '../../../src/protocols/p25/hdu';
import { Transmission } from '../../../src/protocols/p25/transmission';
import { encryption } from '../../../src/protocols/p25-shared/encryption';

const CLEAR = encryption(0x80, 0, '000000000000000000');
const AES = encryption(0x84, 0x1234, '0123456789ABCDEF01');
const NOISE = encryption(0x04, 0x4149, 'FEDCBA9876543210FE');

/** The algorithms told, one for each word heard; none where nothing was told. */
const told = (transmission: Transmission, words: (typeof CLEAR)[]) =>
  words.map((word) => transmission.encryption(word)[0]?.algorithm);

describe('P25 transmission', () => {
  it('does not believe one word that contradicts what the transmission said of its encryption', () => {
    const transmission = new Transmission();
    transmission.header({ ...CLEAR, mfid: 0, talkgroup: 1 } satisfies Header);
    transmission.voice();
    assert.deepEqual(told(transmission, [CLEAR, NOISE, CLEAR, NOISE, CLEAR]), [0x80, undefined, 0x80, undefined, 0x80]);
  });

  it('believes two in turn: the beginning of another transmission was missed', () => {
    const transmission = new Transmission();
    transmission.voice();
    assert.deepEqual(told(transmission, [CLEAR, AES, AES, AES]), [0x80, undefined, 0x84, 0x84]);
    assert.deepEqual(told(transmission, [CLEAR, NOISE, CLEAR]), [undefined, undefined, undefined]);
  });

  it('takes the first word of each transmission as it is', () => {
    const transmission = new Transmission();
    transmission.voice();
    assert.deepEqual(told(transmission, [CLEAR]), [0x80]);
    transmission.terminator(1000, []);
    transmission.voice();
    assert.deepEqual(told(transmission, [AES]), [0x84]);
    transmission.header({ ...CLEAR, mfid: 0, talkgroup: 1 } satisfies Header);
    assert.deepEqual(told(transmission, [CLEAR]), [0x80]);
  });
});
