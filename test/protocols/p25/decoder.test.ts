import assert from 'node:assert/strict';
import type { EventObject } from '../../../src/core/messages';
import { P25Decoder } from '../../../src/protocols/p25/decoder';
import { uniform } from '../../support/random';
import { frame, hdu, ldu, metricsOf, pdu, symbolFrame, tdu, tdulc, tsdu } from './frames';

const GRANT = '8000 04 20F0 238D 0AAE61';
const TALKER = '00 00 84 00 238E 0AAE6A';
const CLEAR = '000000000000000000 80 0000';
const random = uniform(2);
const VOICE = Uint8Array.from({ length: 9 * 144 }, () => (random() < 0.5 ? 0 : 1));

function listen(options = {}) {
  const events: EventObject[] = [];
  const voice: { time: number; frames: number; bits: Int8Array }[] = [];
  const decoder = new P25Decoder(
    {
      event: (event) => events.push(event),
      voice: (time, frames, bits) => voice.push({ time, frames, bits }),
    },
    options,
  );
  let time = 0;
  return {
    decoder,
    events,
    voice,
    types: () => events.map(({ type }) => type),
    /** Hears a frame `after` ms later than the last one began. */
    hear(dibits: Uint8Array, { sigma = 0, seed = 1, after = 180, symbols = dibits.length } = {}) {
      time += after;
      decoder.frame(
        { ...symbolFrame(0, symbols, time), frequency: 0 },
        metricsOf(dibits.slice(0, symbols), sigma, seed),
      );
      return time;
    },
  };
}

describe('P25 decoder', () => {
  it('reads one, two and three blocks of a TSDU and stops at the last-block flag', () => {
    const { hear, decoder, types } = listen();
    const more = '0000 04 20F0 238D 0AAE61';
    hear(tsdu(0x3c1, GRANT));
    assert.equal(decoder.counters().tsbk, 1);
    hear(tsdu(0x3c1, more, GRANT));
    assert.equal(decoder.counters().tsbk, 3);
    hear(tsdu(0x3c1, more, more, GRANT));
    assert.equal(decoder.counters().tsbk, 6);
    // A frame longer than its blocks: what follows the last block is not read.
    hear(Uint8Array.from([...tsdu(0x3c1, GRANT), ...new Uint8Array(180)]));
    const counters = decoder.counters();
    assert.equal(counters.tsbk, 7);
    assert.equal(counters.tsbk_bad, 0);
    assert.equal(types().filter((type) => type === 'grant').length, 7);
  });

  it('tells a message of an unknown kind when it is clear, not when it may be noise whose CRC fits', () => {
    const { decoder } = listen();
    /** Metrics in which a third of the symbols looks like a neighbour, hardly. */
    const doubtful = (dibits: Uint8Array): Float32Array => {
      const metrics = metricsOf(dibits);
      for (let symbol = 60; symbol < 157; symbol += 3) {
        const at = 4 * symbol;
        const sent = [0, 1, 2, 3].findIndex((level) => metrics[at + level] === 0);
        metrics[at + (sent === 3 ? 2 : sent + 1)] = 0.01;
      }
      return metrics;
    };
    const counts = (metrics: Float32Array): number[] => {
      const before = decoder.counters();
      decoder.frame({ ...symbolFrame(0, metrics.length / 4, 0), frequency: 0 }, metrics);
      const { tsbk, tsbk_bad, unknown } = decoder.counters();
      return [tsbk - before.tsbk, tsbk_bad - before.tsbk_bad, unknown - before.unknown];
    };
    const unknown = tsdu(0x3c1, '8055 04 20F0 238D 0AAE61');
    const grant = tsdu(0x3c1, GRANT);
    assert.deepEqual(counts(metricsOf(grant)), [1, 0, 0]);
    assert.deepEqual(counts(metricsOf(unknown)), [1, 0, 1]);
    assert.deepEqual(counts(doubtful(grant)), [1, 0, 0]);
    assert.deepEqual(counts(doubtful(unknown)), [0, 1, 0]);
  });

  it('takes nothing from the part of a frame that was not received', () => {
    const { hear, decoder, voice, types } = listen();
    hear(ldu(0x3c1, TALKER, VOICE));
    const metrics = metricsOf(ldu(0x3c1, TALKER, VOICE));
    // The signal ended after the second voice codeword and the first words of link control, which are zeros as the rest is.
    metrics.fill(0, 4 * 250);
    decoder.frame({ ...symbolFrame(0, 864, 1000), frequency: 0 }, metrics);
    assert.deepEqual(
      voice.map(({ frames }) => frames),
      [9, 2],
    );
    assert.equal(types().filter((type) => type === 'talker').length, 1);
    assert.equal(decoder.counters().cut_short, 1);
  });

  it('takes a bare carrier within a frame for no talkgroup and no encryption', () => {
    const { hear, decoder, voice, types } = listen();
    hear(ldu(0x3c1, TALKER, VOICE));
    hear(tdulc(0x3c1, '44 00 00 00 238E 0AAE6A'));
    const heard = types().length;
    const frames = [
      ldu(0x3c1, TALKER, VOICE),
      ldu(0x3c1, CLEAR, VOICE),
      tdulc(0x3c1, TALKER),
      hdu(0x3c1, '000000000000000000 00 80 0000 238E'),
    ];
    // After sync and NID the carrier stands still, which reads as zeros.
    for (const dibits of frames) hear(dibits.map((dibit, i) => (i < 57 ? dibit : 0)));
    assert.deepEqual(
      types()
        .slice(heard)
        .filter((type) => type !== 'terminator' && type !== 'low_speed_data'),
      [],
    );
    assert.equal(decoder.counters().rs_bad, 4);
    assert.equal(voice.length, 3);
  });

  it('believes no network identifier that a bare carrier makes as well', () => {
    for (const [nac, duid, bit] of [
      [0, 0, 0],
      [0xfff, 0xf, 1],
    ]) {
      const { hear, decoder, types } = listen();
      for (let i = 0; i < 5; i++) hear(frame(nac, duid, new Array(300).fill(bit)));
      assert.deepEqual(types(), []);
      assert.equal(decoder.counters().nid_bad, 5);
      // A NAC that other frames proved is no less for it.
      hear(tdu(nac));
      hear(tdu(nac));
      hear(tdulc(nac, '4F 00 00 000000 FFFFFF'));
      assert.ok(types().includes('terminator'), `${types()}`);
    }
  });

  it('reads a block that lacks its last symbols', () => {
    const { hear, decoder } = listen();
    const whole = tsdu(0x3c1, GRANT);
    hear(whole, { symbols: 153 });
    assert.equal(decoder.counters().tsbk, 1);
    hear(whole, { symbols: 140 });
    assert.equal(decoder.counters().tsbk, 1);
  });

  it('reads noisy blocks that hard decisions lose', () => {
    const { hear, decoder } = listen();
    const dibits = tsdu(0x3c1, GRANT);
    let read = 0;
    for (let seed = 1; seed <= 40; seed++) hear(dibits, { sigma: 0.9, seed });
    const counters = decoder.counters();
    read = counters.tsbk;
    // One symbol in four is decided wrongly here.
    assert.ok(read >= 36, `${read} of 40`);
    assert.ok(counters.trellis_corrected > 20 * read, String(counters.trellis_corrected));
    assert.ok(counters.nid_corrected > 40);
  });

  it('follows a transmission from header to release', () => {
    const { hear, events, types, voice } = listen();
    const start = hear(hdu(0x293, `${CLEAR.slice(0, 18)} 00 80 0000 238E`));
    hear(ldu(0x293, TALKER, VOICE), { after: 82.5 });
    hear(ldu(0x293, CLEAR, VOICE));
    hear(tdu(0x293));
    hear(tdulc(0x293, TALKER), { after: 15 });
    hear(tdulc(0x293, '4F 0000000000 0AAE6A'), { after: 45 });
    hear(tdulc(0x293, '4F 0000000000 0AAE6A'), { after: 45 });
    assert.deepEqual(types(), ['system', 'header', 'encryption', 'talker', 'encryption', 'terminator', 'terminator']);
    const [, header, , talker, encryption, end, release] = events;
    assert.equal(header.talkgroup, 9102);
    assert.equal(header.time, start);
    assert.equal(talker.emergency, true);
    assert.equal(talker.source, 700010);
    assert.equal(encryption.encrypted, false);
    assert.equal(end.call, false);
    assert.equal(release.call, true);
    assert.ok(events.every((event) => event.nac === '293'));
    assert.deepEqual(
      voice.map(({ frames }) => frames),
      [9, 9],
    );
    const hard = Uint8Array.from(voice[1].bits, (bit) => (bit > 0 ? 1 : 0));
    assert.deepEqual(hard, VOICE);
  });

  it('tells a terminator again while the channel is held, once a second', () => {
    const { hear, types } = listen();
    for (let i = 0; i < 60; i++) hear(tdulc(0x293, TALKER), { after: 45 });
    assert.deepEqual(types(), ['system', 'terminator', 'terminator', 'terminator']);
  });

  it('says what is encrypted', () => {
    const { hear, events } = listen();
    hear(ldu(0x293, '112233445566778899 84 1234', VOICE));
    const event = events.find(({ type }) => type === 'encryption')!;
    assert.deepEqual(
      [event.encrypted, event.algorithm, event.algorithm_name, event.key_id, event.message_indicator],
      [true, 0x84, 'AES-256', 0x1234, '112233445566778899'],
    );
  });

  it('does not make link control or encryption out of noise', () => {
    const { decoder, events } = listen();
    const noise = uniform(4);
    for (let i = 0; i < 400; i++) {
      const dibits = ldu(0x293, i % 2 ? TALKER : CLEAR, VOICE);
      const metrics = metricsOf(dibits);
      for (let j = 57 * 4; j < metrics.length; j++) metrics[j] = noise() * 12 - 12;
      decoder.frame({ ...symbolFrame(0, dibits.length, 180 * i), frequency: 0 }, metrics);
    }
    assert.equal(decoder.counters().rs_bad, 400);
    assert.deepEqual(
      events.filter(({ type }) => type !== 'low_speed_data').map(({ type }) => type),
      ['system'],
    );
  });

  it('gives the voice of a frame cut short as far as it goes', () => {
    const { hear, voice, decoder } = listen();
    hear(ldu(0x293, TALKER, VOICE), { symbols: 400 });
    assert.equal(voice[0].frames, 4);
    assert.equal(decoder.counters().cut_short, 1);
    hear(ldu(0x293, TALKER, VOICE), { symbols: 40 });
    assert.equal(decoder.counters().cut_short, 2);
  });

  it('keeps frames of another NAC out, and says so', () => {
    const { hear, events, decoder } = listen();
    hear(tsdu(0x3c1, GRANT), { after: 40 });
    hear(tsdu(0x293, GRANT), { after: 40 });
    hear(tsdu(0x3c1, GRANT), { after: 40 });
    hear(tsdu(0x293, GRANT), { after: 40 });
    const counters = decoder.counters();
    assert.equal(counters.wrong_nac, 2);
    assert.equal(counters.tsbk, 2);
    assert.deepEqual(
      events.map(({ type, nac, other_nac }) => [type, nac, other_nac ?? '']),
      [
        ['system', '3C1', ''],
        ['grant', '3C1', ''],
        ['other_nac', '3C1', '293'],
        ['grant', '3C1', ''],
      ],
    );
  });

  it('takes another NAC when the known one is silent or it comes three times in a row', () => {
    const silent = listen();
    silent.hear(tsdu(0x3c1, GRANT));
    silent.hear(tsdu(0x293, GRANT), { after: 400 });
    assert.equal(silent.decoder.counters().tsbk, 2);
    assert.deepEqual(
      silent.events.map(({ nac }) => nac),
      ['3C1', '3C1', '293', '293'],
    );
    // A frame that follows without a gap is of the same transmitter.
    const seamless = listen();
    seamless.hear(ldu(0x3c1, TALKER, VOICE));
    seamless.hear(ldu(0x293, CLEAR, VOICE), { after: 180 });
    assert.equal(seamless.voice.length, 2);
    const insistent = listen();
    insistent.hear(tsdu(0x3c1, GRANT), { after: 40 });
    for (let i = 0; i < 3; i++) insistent.hear(tsdu(0x293, GRANT), { after: 40 });
    assert.equal(insistent.decoder.counters().tsbk, 2);
    assert.equal(insistent.decoder.counters().wrong_nac, 2);
  });

  it('takes a weak NAC for a silent one when it repeats', () => {
    const { hear, decoder, events } = listen();
    hear(tsdu(0x3c1, GRANT));
    // Ten of the 63 bits wrong, each time others: too many for one NID to prove a NAC.
    const weak = (seed: number): Uint8Array => {
      const dibits = tsdu(0x293, GRANT);
      for (let i = 0; i < 10; i++) dibits[24 + ((seed + 3 * i) % 11)] ^= i < 5 ? 1 : 2;
      return dibits;
    };
    hear(weak(1), { after: 3000 });
    assert.equal(events.at(-1)!.nac, '3C1');
    hear(weak(2));
    assert.equal(events.at(-1)!.nac, '293');
    assert.equal(decoder.counters().tsbk, 2);
  });

  it('reads NIDs beyond the BCH code once the NAC is known', () => {
    const { hear, decoder } = listen();
    const dibits = tdulc(0x293, TALKER);
    hear(dibits);
    let at = 0;
    for (let i = 0; i < 60; i++) {
      hear(dibits, { sigma: 1.15, seed: i + 1 });
      at++;
    }
    assert.ok(decoder.counters().nid_ok >= 0.95 * at, `${decoder.counters().nid_ok} of ${at + 1}`);
  });

  it('learns channel identifiers for later grants, and forgets them with the system', () => {
    const { hear, events } = listen();
    const grants = () => events.filter(({ type }) => type === 'grant').map(({ frequency }) => frequency);
    hear(tsdu(0x3c1, GRANT));
    hear(tsdu(0x3c1, 'BD00 2322D032 0A250BC0'));
    hear(tsdu(0x3c1, GRANT));
    hear(tsdu(0x293, GRANT), { after: 1000 });
    assert.deepEqual(grants(), [null, 852_500_000, null]);
  });

  it("tells the system's identity once and when it changes", () => {
    const { hear, events } = listen();
    const systems = () => events.filter(({ type }) => type === 'system');
    for (let i = 0; i < 3; i++) {
      hear(tsdu(0x3c1, '3B00 01 92F70 3C5 2064 30', 'BA00 01 03C5 02 11 2064 30'));
    }
    assert.equal(systems().length, 3);
    assert.deepEqual(systems()[2], {
      type: 'system',
      time: 180,
      nac: '3C1',
      wacn: '92F70',
      system: '3C5',
      rfss: 2,
      site: 17,
    });
    hear(tsdu(0x3c1, 'BA00 01 03C5 02 12 2064 30'));
    assert.equal(systems()[3].site, 18);
  });

  it('reads packet headers and multi-block trunking messages', () => {
    const { hear, events, decoder } = listen();
    hear(pdu(0x293, '37FD00 05 014C 81 3B 0000', 'BEE000 2064 20C8 70 00000000'));
    assert.deepEqual(
      events.map(({ type }) => type),
      ['system', 'packet', 'network_status', 'system'],
    );
    assert.equal(events[1].format, 'trunking');
    assert.equal(events[2].wacn, 'BEE00');
    assert.equal(decoder.counters().mbt, 1);
    // Its CRC broken: the header is told, the message is not.
    const broken = pdu(0x293, '37FD00 05 014C 81 3B 0000', 'BEE000 2064 20C8 70 00000000');
    for (let i = 170; i < 250; i++) broken[i] ^= 1;
    hear(broken);
    assert.equal(decoder.counters().mbt, 1);
    assert.equal(decoder.counters().crc_bad, 1);
    // User data: header only.
    hear(pdu(0x293, '56C000 0AAE61 8500 0000', '00'.repeat(12)));
    assert.equal(events.at(-1)!.format, 'confirmed');
    assert.equal(events.at(-1)!.unit, 700001);
  });

  it('says why it is not locked', () => {
    const { hear, decoder } = listen();
    assert.deepEqual(decoder.status(), { locked: false, text: '' });
    let time = hear(frame(0x293, 1, []));
    assert.deepEqual(decoder.status(), { locked: false, text: 'sync, no NID', code: 'no_header' });
    const broken = tsdu(0x3c1, GRANT);
    for (let i = 57; i < broken.length; i += 2) broken[i] ^= 3;
    hear(broken);
    assert.deepEqual(decoder.status(), { locked: false, text: 'sync, no data', code: 'no_data' });
    time = hear(tsdu(0x3c1, GRANT));
    assert.deepEqual(decoder.status(), { locked: true, text: 'NAC 3C1' });
    decoder.tick(time + 3000);
    assert.deepEqual(decoder.status(), { locked: false, text: '' });
  });

  it('forgets everything on reset', () => {
    const { hear, decoder, types } = listen();
    hear(tsdu(0x3c1, GRANT));
    decoder.reset();
    hear(tsdu(0x293, GRANT), { after: 40 });
    assert.deepEqual(types(), ['system', 'grant', 'system', 'grant']);
  });

  it('gives inbound messages their own meaning when told so', () => {
    const { hear, events } = listen({ inbound: true });
    hear(tsdu(0x3c1, 'A800 0 003C5 238D 0AAE61'.replace(' 0 0', ' 00')));
    assert.equal(events.at(-1)!.message, 'GRP_AFF_REQ');
  });
});
