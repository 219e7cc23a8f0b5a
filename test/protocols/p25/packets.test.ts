import assert from 'node:assert/strict';
import { unpackBits } from '../../../src/coding/bits';
import { crc, crcBytes, P25_CRC_9, P25_CRC_32, P25_CRC_CCITT } from '../../../src/coding/crc';
import { encodeTrellis34 } from '../../../src/coding/trellis';
import type { EventObject } from '../../../src/core/messages';
import { DUID } from '../../../src/protocols/p25/data-units';
import { P25Decoder } from '../../../src/protocols/p25/decoder';
import { readContents } from '../../../src/protocols/p25-shared/data/contents';
import { readNmea } from '../../../src/protocols/p25-shared/data/nmea';
import { frame, hdu, ldu, metricsOf, octets, pdu, symbolFrame, tdulc } from './frames';

const NAC = 0x293;

function decode(...frames: Uint8Array[]): { events: EventObject[]; counters: Record<string, number> } {
  const events: EventObject[] = [];
  const decoder = new P25Decoder({ event: (event) => events.push(event), voice: () => {} }, {});
  frames.forEach((dibits, i) => {
    decoder.frame({ ...symbolFrame(0, dibits.length, 200 * i), frequency: 0 }, metricsOf(dibits));
  });
  return { events, counters: decoder.counters() as Record<string, number> };
}

const of = (events: EventObject[], type: string): Record<string, unknown>[] => events.filter((e) => e.type === type);

/** Bits of a coded block as it was sent: 196 bits in 25 octets. */
const coded = (hex: string): number[] => [...unpackBits(octets(hex)).subarray(0, 196)];

/** A block of a confirmed packet, whose CRC-9 stands between its number and its data. */
function confirmedBlock(serial: number, data: Uint8Array): number[] {
  const number = unpackBits(Uint8Array.of(serial << 1)).subarray(0, 7);
  const check = crc(Uint8Array.from([...number, ...unpackBits(data)]), P25_CRC_9);
  const bits = [...number, ...Array.from({ length: 9 }, (_, i) => (check >> (8 - i)) & 1), ...unpackBits(data)];
  return [...encodeTrellis34(Uint8Array.from(bits))].flatMap((dibit) => [dibit >> 1, dibit & 1]);
}

const withCheck = (bytes: Uint8Array): Uint8Array => {
  const check = crcBytes(bytes.subarray(0, bytes.length - 4), P25_CRC_32);
  new DataView(bytes.buffer).setUint32(bytes.length - 4, check);
  return bytes;
};

describe('P25 positions of voice channels', () => {
  it("are the talker's, of the same transmission", () => {
    const position = '0690 00 400000 600000';
    const { events } = decode(
      ldu(NAC, '00 00 04 00 238D 0AAE61', VOICE),
      tdulc(NAC, position),
      hdu(NAC, '000000000000000000 00 80 0000 238D'),
      tdulc(NAC, position),
    );
    const places = of(events, 'location');
    assert.deepEqual(
      places.map(({ source }) => source),
      [700001, undefined],
    );
    assert.equal(Math.round(places[0].latitude as number), 45);
  });
});

describe('P25 aliases of voice channels', () => {
  it('come out of terminators one after the other, among other words', () => {
    // The words of fragments.test.ts, with the voice channel update that was sent among them.
    const words = [
      '15902D2A060100E4AF',
      '179001EBEE0740F04D',
      '420151 08F8 005D 2A2B',
      '179002EFCF2D21681A',
      '179003E1B52FFBFBFE',
      '179004EE53BD506FA3',
      '179005E123445C7C35',
      '179006E08ADD330000',
    ];
    const { events } = decode(ldu(NAC, '00 00 04 00 2D2A 04DFCF', VOICE), ...words.map((word) => tdulc(NAC, word)));
    const names = of(events, 'talker_alias').filter(({ text }) => text !== undefined);
    assert.deepEqual(
      names.map(({ text, source }) => [text, source]),
      [['SPPD-706813', 319439]],
    );
    assert.equal(of(events, 'grant').length, 2);
  });
});

const VOICE = new Uint8Array(9 * 144).map((_, i) => (i * 7) & 1);

describe('P25 packets', () => {
  it('have the checks of published vectors', () => {
    // blip25-specs, annex_tables/pdu_crc_test_vectors.csv.
    assert.equal(crcBytes(octets('55FD0011223382000000'), P25_CRC_CCITT), 0x7267);
    assert.equal(crcBytes(octets('4141414141414141'), P25_CRC_32), 0x9c9e2b63);
    assert.equal(crcBytes(octets('00112233445566778899AABBCCDDEEFF00112233'), P25_CRC_32), 0x9fff50b4);
  });

  it('are read as a radio sent one: confirmed, rate 3/4, both checks', () => {
    // dvmhost, tests/p25/PDU_Confirmed_ConvReg_Test.cpp: header and data block of a registration heard on air.
    const header = 'C41C2A6E122A20670F79292C709E0B3221233D22ED8C292650';
    const data = '26E0B22222B07220E222225911E392222292732152 22221F30';
    const { events, counters } = decode(frame(NAC, DUID.PDU, [...coded(header), ...coded(data)]));
    const [packet] = of(events, 'packet');
    assert.deepEqual(
      [packet.format, packet.service, packet.blocks, packet.outbound, packet.complete],
      ['confirmed', 'registration', 1, false, true],
    );
    assert.equal(packet.hex, '0054369F0000000000000000');
    assert.deepEqual([counters.crc_bad, counters.crc_ok], [0, 2]);
    const [registration] = of(events, 'data_registration');
    assert.deepEqual([registration.action, registration.unit], ['connect', 0x54369f]);
  });

  it('are told apart when a block or the whole is damaged, or was only sent in part', () => {
    const data = withCheck(Uint8Array.from({ length: 32 }, (_, i) => i));
    const blocks = [confirmedBlock(0, data.subarray(0, 16)), confirmedBlock(1, data.subarray(16))];
    const header = blockBits('7680 00 0AAE61 82 00 5C 00');
    const whole = decode(frame(NAC, DUID.PDU, [...header, ...blocks.flat()]));
    const [packet] = of(whole.events, 'packet');
    assert.deepEqual(
      [packet.complete, packet.whole, packet.sequence, packet.fragment, packet.last, packet.hex],
      [true, true, 5, 4, true, Buffer.from(data.subarray(0, 28)).toString('hex').toUpperCase()],
    );
    const damaged = blocks[1].with(40, 1 - blocks[1][40]).map((bit, i) => (i > 60 && i < 100 ? 1 - bit : bit));
    const bad = decode(frame(NAC, DUID.PDU, [...header, ...blocks[0], ...damaged]));
    assert.equal(of(bad.events, 'packet')[0].complete, false);
    assert.equal(bad.counters.crc_bad, 1);
    const again = decode(frame(NAC, DUID.PDU, [...header, ...blocks[1], ...blocks[0]]));
    assert.equal(of(again.events, 'packet')[0].complete, false);
    assert.equal(again.counters.crc_bad, 0);
    // More blocks than a frame holds.
    const long = decode(frame(NAC, DUID.PDU, [...blockBits('7680 00 0AAE61 A0 00 5C 00'), ...blocks.flat()]));
    assert.equal(of(long.events, 'packet')[0].complete, false);
    assert.equal(long.counters.crc_bad, 0);
  });

  it('give positions of a location report', () => {
    // ok-dmrlib, tests of LRRP, a message heard on air; in a user datagram of a unit, unconfirmed.
    const report = octets('0d1a22047fffffff69486109950ad0ecd28338156c000856a270400a');
    const { events } = decode(ipPacket(report, 4001, false));
    const [datagram] = of(events, 'ip_packet');
    assert.deepEqual(
      [
        datagram.source_address,
        datagram.destination_address,
        datagram.source_port,
        datagram.application,
        datagram.nsapi,
      ],
      ['10.0.0.1', '10.0.0.2', 4001, 'lrrp', 1],
    );
    const [location] = of(events, 'location');
    assert.equal(location.document, 'triggered_report');
    assert.equal(location.source, 700001);
    assert.ok(Math.abs((location.latitude as number) - 50.8915) < 1e-3, `${location.latitude}`);
    assert.ok(Math.abs((location.longitude as number) - 15.2093) < 1e-3, `${location.longitude}`);
    assert.ok(Math.abs((location.altitude as number) - 440.164) < 1e-3);
    assert.deepEqual([location.speed, location.heading], [0.0625, 324]);
  });

  it('name an encrypted packet with its algorithm and key', () => {
    const encrypted = '7030F1F7656926670084 2F62 C0 0102030405060708090A0B 00000000'.replace(/ /g, '');
    const { events } = decode(pdu(NAC, '7581 00 0AAE61 83 08 00 00', encrypted.padEnd(72, '0')));
    const [packet] = of(events, 'packet');
    assert.deepEqual(
      [packet.encrypted, packet.algorithm_name, packet.key_id, packet.message_indicator, packet.service],
      [true, 'AES-256', 0x2f62, '7030F1F76569266700', 'encrypted_user_data'],
    );
    assert.equal(of(events, 'ip_packet').length, 0);
  });

  it('are not read where a trunking message is encrypted', () => {
    const { events } = decode(pdu(NAC, '37FF00 05014C 81 3B 0000', 'BEE000206420C87000000000'));
    const [secret] = of(events, 'protected');
    assert.deepEqual([secret.message, secret.opcode], ['NET_STS_BCST', 0x3b]);
    assert.equal(of(events, 'network_status').length, 0);
  });

  it('say what a connection for data is asked for, given, refused and ended', () => {
    // dsd-neo, tests/protocol/p25/test_p25_p1_pdu_json.c.
    const control = (hex: string, outbound: boolean) =>
      readContents({ accessPoint: 6, outbound, unit: 16, offset: 0, payload: octets(hex) }).events[0];
    assert.equal(control('34', false), undefined);
    const asked = control('01710A000001200000010000', false);
    assert.deepEqual(
      [
        asked.type,
        asked.action,
        asked.nsapi,
        asked.version,
        asked.address_kind,
        asked.address,
        asked.device,
        asked.source,
      ],
      ['data_context', 'activation_request', 7, 1, 'dynamic', '10.0.0.1', 'conventional data', 16],
    );
    const given = control('05AB31C0A8010200002002 1234'.replace(' ', ''), true);
    assert.deepEqual(
      [given.action, given.nsapi, given.priority, given.ready_seconds, given.standby_seconds, given.address],
      ['activation_accept', 5, 10, 60, 60, '192.168.1.2'],
    );
    assert.deepEqual([given.largest_datagram, given.target], [510, 16]);
    const refused = control('340A', true);
    assert.deepEqual(
      [refused.action, refused.nsapi, refused.reason_name],
      ['activation_reject', 4, 'IPv4 not supported'],
    );
    const ended = control('2101', true);
    assert.deepEqual([ended.action, ended.nsapi, ended.all], ['deactivation_request', 1, false]);
  });

  it('name the sender of a packet between units', () => {
    // The second header: access point 0, manufacturer 0, unit 54321 (hexadecimal), as dvmhost and dsd-neo have it.
    const payload = octets(`40 00 00 054321 00000000 0000 ${IP_REPORT}`);
    const { fields, events } = readContents({ accessPoint: 31, outbound: true, unit: 0x12345, offset: 0, payload });
    assert.equal(fields.source, 0x54321);
    assert.deepEqual(events.map(({ type, source, target }) => [type, source, target])[0], [
      'ip_packet',
      0x54321,
      0x12345,
    ]);
  });

  it('give positions of tier 1 sentences', () => {
    const text = '$GPGGA,172814.000,4026.4636,N,07958.7546,W,2,,,285.5,M,,,*37\r\n$PP25,ENGINE12,x*00\r\n';
    const sum = [...text.slice(1, text.indexOf('*'))].reduce((value, c) => value ^ c.charCodeAt(0), 0);
    const good = text.replace('*37', `*${sum.toString(16).padStart(2, '0')}`).replace('*00', '');
    const [event] = readContents({
      accessPoint: 48,
      outbound: false,
      unit: 700002,
      offset: 0,
      payload: Buffer.from(good, 'latin1'),
    }).events;
    assert.deepEqual(
      [event.type, event.source, event.altitude, event.measured, event.label],
      ['location', 700002, 285.5, '17:28:14', 'ENGINE12'],
    );
    assert.ok(Math.abs((event.latitude as number) - 40.44106) < 1e-6);
    assert.ok(Math.abs((event.longitude as number) + 79.97924) < 1e-5);
    assert.equal(readNmea(good.replace('40', '41')), null);
    assert.equal(readNmea('$GPGGA,172814,4026.4636,N,07958.7546,W,0,,,,M,,,'), null);
    // NMEA 0183's own example.
    const rmc = readNmea('$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A');
    assert.equal(rmc?.measured, '2094-03-23T12:35:19Z');
    assert.ok(Math.abs((rmc?.speed as number) - 11.5235) < 1e-3);
  });
});

const IP_REPORT = ipHex(octets('0D0F22042468ACE066118ECD8D118AD47B'), 4001);

/** An internet datagram with a user datagram in it. */
function ipHex(payload: Uint8Array, port: number): string {
  const length = (n: number): string => n.toString(16).padStart(4, '0');
  const udp = `${length(port)}${length(port)}${length(8 + payload.length)}0000`;
  const ip = `4500${length(28 + payload.length)}00010000 40110000 0A000001 0A000002`.replace(/ /g, '');
  return ip + udp + Buffer.from(payload).toString('hex');
}

/** The same in an unconfirmed packet of a unit, with the convergence protocol's header. */
function ipPacket(payload: Uint8Array, port: number, outbound: boolean): Uint8Array {
  const contents = octets(`4100${ipHex(payload, port)}`);
  const blocks = Math.ceil((contents.length + 4) / 12);
  const pad = 12 * blocks - 4 - contents.length;
  const data = Buffer.concat([contents, Buffer.alloc(pad + 4)]).toString('hex');
  const first = outbound ? '35' : '15';
  return pdu(
    NAC,
    `${first}C0 00 0AAE61 ${(0x80 + blocks).toString(16)} ${pad.toString(16).padStart(2, '0')} 00 02`,
    data,
  );
}

/** The coded bits of a header block alone. */
function blockBits(header: string): number[] {
  const dibits = pdu(NAC, header);
  const data = [...dibits].filter((_, i) => i % 36 !== 35).slice(56, 56 + 98);
  return data.flatMap((dibit) => [dibit >> 1, dibit & 1]);
}
