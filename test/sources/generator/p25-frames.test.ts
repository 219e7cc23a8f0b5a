import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { packBits, unpackBits } from '../../../src/coding/bits';
import { nistSpeech } from '../../../src/sources/generator/nist-speech';
import { encodeImbeFrame } from '../../../src/sources/generator/p25/imbe-frame';
import {
  adjacentStatus,
  composeTsdu,
  finishTsbk,
  groupAffiliation,
  groupGrant,
  groupGrantUpdate,
  identifierUpdate,
  networkStatus,
  rfssStatus,
  systemServices,
  unitRegistration,
} from '../../../src/sources/generator/p25/tsbk';
import {
  CLEAR,
  callTermination,
  composeHdu,
  composeLdu1,
  composeLdu2,
  composeTdu,
  composeTdulc,
  groupVoiceUser,
} from '../../../src/sources/generator/p25/voice';
import { capture, needsCaptures } from '../../support/captures';

const hex = (bits: Uint8Array) => Buffer.from(packBits(bits)).toString('hex');
const fromHex = (text: string) => Buffer.from(text, 'hex');
const lines = (name: string) => readFileSync(capture(name), 'utf8').trim().split('\n');

/** The symbols one of the recordings' transmitters sent. */
const symbols = (name: string) => readFileSync(capture(`synth/${name}.symbols.bin`));

interface RecordedCall {
  talkgroup: number;
  source: number;
  options: number;
}

/** Composes calls as the recordings' transmitters did: header, 70 LDUs, two terminators with link control, one without. */
function composeCalls(
  nac: number,
  calls: RecordedCall[],
  voice: Uint8Array[],
  end: (call: RecordedCall) => Uint8Array,
) {
  const dibits: number[] = [];
  let at = 0;
  for (const call of calls) {
    const user = groupVoiceUser(call.options, call.talkgroup, call.source);
    dibits.push(...composeHdu(nac, CLEAR, call.talkgroup, 2));
    for (let ldu = 0; ldu < 70; ldu++, at += 9) {
      const frames = voice.slice(at, at + 9);
      dibits.push(...(ldu % 2 === 0 ? composeLdu1(nac, user, frames, 2) : composeLdu2(nac, CLEAR, frames, 2)));
    }
    for (let i = 0; i < 2; i++) dibits.push(...composeTdulc(nac, end(call), 2));
    dibits.push(...composeTdu(nac, 2));
  }
  return Buffer.from(dibits);
}

describe('P25 frame composer', () => {
  it('makes the trunking blocks other encoders make', () => {
    const control = { identifier: 2, number: 0x064 };
    const here = { lra: 1, system: 0x3c5, rfss: 2, site: 17, control, services: 0x30 };
    const table = { identifier: 2, base: 851e6, spacing: 6250, bandwidth: 12_500, transmitOffset: -45e6 };
    const a = { identifier: 2, number: 0x0f0 };
    const b = { identifier: 2, number: 0x104 };
    const blocks: [Uint8Array, string, boolean][] = [
      [identifierUpdate(table), '3d002322d0320a250bc08ba5', false],
      [identifierUpdate(table), 'bd002322d0320a250bc06f91', true],
      [rfssStatus(here), '3a000113c50211206430cd55', false],
      [networkStatus(here, 0x92f70), 'bb000192f703c520643039d3', true],
      [groupGrant(0x04, a, 9101, 700001), '00000420f0238d0aae618837', false],
      [groupGrant(0x84, b, 9102, 700010), '0000842104238e0aae6a707d', false],
      [groupGrantUpdate(a, 9101, { identifier: 2, number: 0 }, 0), '020020f0238d20000000ba89', false],
      [systemServices(0x2000, 0x2000), 'b80000002000002000004fd5', true],
      [
        adjacentStatus({ ...here, site: 18, control: { identifier: 2, number: 0x0c8 } }),
        '3c000123c5021220c83024a8',
        false,
      ],
      [unitRegistration(0x3c5, 700003), '2c0003c50aae630aae63e2fe', false],
    ];
    for (const [message, expected, last] of blocks) assert.equal(hex(finishTsbk(message, last)), expected);
    // The recording's response names an announcement group too, and sets the bit for a local affiliation.
    assert.equal(hex(groupAffiliation(0x238d, 9101, 700003)), '280000238d238d0aae63');
  });

  it('makes trunking signalling units symbol by symbol as recorded', function () {
    needsCaptures(this, 'synth/p25_control_c4fm.symbols.bin');
    const sent = symbols('p25_control_c4fm');
    const status = 2;
    const here = {
      lra: 1,
      system: 0x3c5,
      rfss: 2,
      site: 17,
      control: { identifier: 2, number: 0x064 },
      services: 0x30,
    };
    const table = { identifier: 2, base: 851e6, spacing: 6250, bandwidth: 12_500, transmitOffset: -45e6 };
    const unit = composeTsdu(0x3c1, [identifierUpdate(table), rfssStatus(here), networkStatus(here, 0x92f70)], status);
    assert.equal(unit.length, 360);
    for (let i = 0; i < unit.length; i++) {
      // The recording's status symbols vary.
      if (i % 36 !== 35) assert.equal(unit[i], sent[i], `symbol ${i}`);
    }
    // A unit of one block, padded: UU_V_CH_GRANT, 1800 symbols in.
    const single = composeTsdu(0x3c1, [unpackBits(fromHex('040021400aae620aae61'))], status);
    assert.equal(single.length, 180);
    for (let i = 0; i < single.length; i++) if (i % 36 !== 35) assert.equal(single[i], sent[1800 + i], `symbol ${i}`);
  });

  it('makes two calls symbol by symbol as recorded, from their coded voice', function () {
    needsCaptures(this, 'synth/p25_voice_c4fm.symbols.bin', 'synth/p25_voice_c4fm.imbe144.hex');
    const voice = lines('synth/p25_voice_c4fm.imbe144.hex').map((line) => unpackBits(fromHex(line)));
    const calls = [
      { talkgroup: 1234, source: 567890, options: 0 },
      { talkgroup: 5678, source: 123456, options: 0 },
    ];
    const end = ({ options, talkgroup, source }: RecordedCall) => groupVoiceUser(options, talkgroup, source);
    const made = composeCalls(0x293, calls, voice, end);
    assert.ok(made.equals(symbols('p25_voice_c4fm')));
  });

  it('makes an emergency call symbol by symbol as recorded, from its speech bits', function () {
    needsCaptures(this, 'synth/p25_voice_emergency.symbols.bin', 'synth/p25_voice_emergency.imbe88.hex');
    const voice = lines('synth/p25_voice_emergency.imbe88.hex').map((line) => encodeImbeFrame(fromHex(line)));
    const calls = [
      { talkgroup: 9101, source: 700001, options: 0x04 },
      { talkgroup: 9102, source: 700010, options: 0x84 },
    ];
    // That transmitter leaves the address of who ends the call empty.
    const end = callTermination().fill(0, 48);
    const made = composeCalls(0x3c1, calls, voice, () => end);
    const sent = symbols('p25_voice_emergency');
    assert.equal(made.length, sent.length);
    for (let i = 0; i < sent.length; i++) if (i % 36 !== 35) assert.equal(made[i], sent[i], `symbol ${i}`);
  });

  it('encodes the frames of the standard test patterns', function () {
    needsCaptures(this, 'p25/testpattern_1011.hex', 'p25/testpattern_silence.hex');
    const starts = [112, 256, 440, 624, 808, 992, 1176, 1360, 1536];
    const patterns = { '1011': '09b0880cc621f680a826', silence: '040cfd7bfb7df27b3d9e' };
    for (const [name, speech] of Object.entries(patterns)) {
      const text = readFileSync(capture(`p25/testpattern_${name}.hex`), 'utf8').replace(/\s/g, '');
      const raw = unpackBits(fromHex(text.slice(0, 432)));
      const bits = raw.filter((_, i) => (i >> 1) % 36 !== 35);
      let wrong = 0;
      for (const [n, start] of starts.entries()) {
        // The last bit is the codec's synchronisation bit, which alternates.
        const last = (name === 'silence' ? 0x44 : 0x00) + (n % 2);
        const frame = encodeImbeFrame(fromHex(speech + last.toString(16).padStart(2, '0')));
        for (let i = 0; i < 144; i++) if (frame[i] !== bits[start + i]) wrong++;
      }
      // The recording of the silence pattern has two wrong bits in its first frame, which the codes correct.
      assert.ok(wrong <= (name === 'silence' ? 2 : 0), `${name}: ${wrong}`);
    }
  });
});

describe('the demo sentence', () => {
  it('is the published one, and fills whole LDUs', function () {
    assert.equal(nistSpeech().length, 171);
    needsCaptures(this, 'voice/imbe_nist_uvectors.txt');
    const vectors = readFileSync(capture('voice/imbe_nist_uvectors.txt'), 'utf8')
      .split(/frame_\d+/)
      .slice(1);
    assert.equal(vectors.length, 168);
    vectors.forEach((text, i) => {
      const bits = [...text.matchAll(/U_\d: ([01]+)/g)].map((match) => match[1]).join('');
      assert.equal(bits.length, 88);
      const speech = packBits(Uint8Array.from(bits, Number));
      assert.deepEqual(nistSpeech()[i], encodeImbeFrame(speech), `frame ${i}`);
    });
  });
});
