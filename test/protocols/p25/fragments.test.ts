import assert from 'node:assert/strict';
import { Fragments } from '../../../src/protocols/p25-shared/fragments';
import type { MessageEvent } from '../../../src/protocols/p25-shared/messages/definition';
import { readMotorolaAlias } from '../../../src/protocols/p25-shared/motorola-alias';
import { layout } from './bit-layout';
import { octets } from './frames';

/** The words of one alias as a Motorola system sent them in terminators (sdrtrunk's pull request 2317). */
const HEADER = '15902D2A060100E4AF';
const BLOCKS = [
  '179001EBEE0740F04D',
  '179002EFCF2D21681A',
  '179003E1B52FFBFBFE',
  '179004EE53BD506FA3',
  '179005E123445C7C35',
  '179006E08ADD330000',
];

const add = (fragments: Fragments, words: string[], time = 0): MessageEvent[] =>
  words.flatMap((word) => fragments.add(Number.parseInt(word.slice(2, 4), 16), octets(word), time));

const ALIAS = {
  type: 'talker_alias',
  message: 'MOT_LC_TALKER_ALIAS',
  wacn: 'BEE07',
  system: '40F',
  source: 319439,
  text: 'SPPD-706813',
  talkgroup: 11562,
};

describe('P25 fragments of link control', () => {
  it('make a Motorola alias that was heard on air', () => {
    assert.deepEqual(add(new Fragments(), [HEADER, ...BLOCKS]), [ALIAS]);
    // In any order, with repetitions, told once.
    assert.deepEqual(add(new Fragments(), [...BLOCKS.toReversed(), HEADER, HEADER, ...BLOCKS]), [ALIAS]);
  });

  it('make no alias of what does not belong together', () => {
    assert.deepEqual(add(new Fragments(), [HEADER, ...BLOCKS.slice(1)]), []);
    const damaged = BLOCKS.with(3, '179004EE53BD506FA2');
    assert.deepEqual(add(new Fragments(), [HEADER, ...damaged]), []);
    const fragments = new Fragments();
    add(fragments, [HEADER, ...BLOCKS.slice(0, 3)]);
    assert.deepEqual(add(fragments, BLOCKS.slice(3), 60_000), []);
    assert.deepEqual(add(fragments, [HEADER, ...BLOCKS.slice(0, 3)], 60_000), [ALIAS]);
    // Another sequence number, another alias.
    assert.deepEqual(add(new Fragments(), [HEADER, ...BLOCKS.slice(0, 5), '179006F08ADD330000']), []);
    // A header that promises too many blocks does no harm.
    assert.deepEqual(add(new Fragments(), ['15902D2AFF0100E4AF', ...BLOCKS]), []);
  });

  it('read another alias heard on air, with the zeros after it', () => {
    // Unit 200062 of a phase 2 system (GopherTrunk's issue 376); the framing is the same.
    const stream = 'BEE00164030D7E2444F6FF2FA9AC3EC34432FA63CC81C3C5D96A96';
    for (const zeros of ['', '00', '000000000000']) {
      assert.deepEqual(readMotorolaAlias(octets(stream + zeros)), {
        wacn: 'BEE00',
        system: '164',
        source: 200062,
        text: 'CRIO 0062',
      });
    }
    assert.equal(readMotorolaAlias(octets(stream.replace('7E24', '7E25'))), null);
    assert.equal(readMotorolaAlias(new Uint8Array(40)), null);
  });

  it('make a Harris alias of two words or four', () => {
    const word = (opcode: number, text: string): string =>
      Buffer.from([opcode, 0xa4, ...Buffer.from(text.padEnd(7, '\0'), 'latin1')]).toString('hex');
    const fragments = new Fragments();
    fragments.talker(700001);
    const first = add(fragments, [word(0x32, 'ENGINE '), word(0x33, '12')]);
    assert.deepEqual(first, [
      { type: 'talker_alias', message: 'HARRIS_LC_TALKER_ALIAS', text: 'ENGINE 12', source: 700001 },
    ]);
    // The second pair repeats the first, or goes on.
    assert.deepEqual(add(fragments, [word(0x34, 'ENGINE '), word(0x35, '12')]), []);
    fragments.talker(700002);
    const parts = ['BATTALI', 'ON CHIE', 'F NORTH', ' SIDE'].map((text, i) => word(0x32 + i, text));
    const texts = add(fragments, parts).map(({ text, source }) => [text, source]);
    assert.deepEqual(texts.at(-1), ['BATTALION CHIEF NORTH SIDE', 700002]);
    // The halves of two talkers do not meet.
    fragments.talker(700003);
    add(fragments, [word(0x32, 'LADDER ')]);
    fragments.ended();
    assert.deepEqual(add(fragments, [word(0x33, '12')]), []);
  });

  it('make a Harris position', () => {
    // Bits as sdrtrunk's L3HarrisGPS names them: 40 degrees 26.4636 minutes north, 79 degrees 58.7546 minutes west.
    const position = layout(
      14,
      [0, 16, 4636],
      [17, 7, 26],
      [24, 8, 40],
      [32, 16, 7546],
      [48, 1, 1],
      [49, 7, 58],
      [56, 8, 79],
      [64, 16, 75_000 - 65_536],
      [80, 1, 1],
      [95, 9, 271],
    );
    const words = [0, 7].map((at, i) =>
      Buffer.from([0x2a + i, 0xa4, ...position.subarray(at, at + 7)]).toString('hex'),
    );
    const [event, ...more] = add(new Fragments(), words);
    assert.deepEqual(more, []);
    assert.ok(Math.abs((event.latitude as number) - 40.44106) < 1e-5);
    assert.ok(Math.abs((event.longitude as number) + 79.979243) < 1e-5);
    assert.deepEqual([event.type, event.heading, event.measured], ['location', 271, '20:50:00']);
    // A receiver without satellites, a place that is none.
    assert.deepEqual(add(new Fragments(), ['2AA400000000000000', '2BA400000000000000']), []);
    assert.deepEqual(add(new Fragments(), ['2AA4000000FF000000', '2BA400000000000000']), []);
  });
});
