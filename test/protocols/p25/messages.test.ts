import assert from 'node:assert/strict';
import { crcBytes, P25_CRC_CCITT } from '../../../src/coding/crc';
import { BandPlan } from '../../../src/protocols/p25-shared/band-plan';
import {
  INBOUND,
  LINK_CONTROL,
  OUTBOUND,
  parseLinkControl,
  parseTsbk,
} from '../../../src/protocols/p25-shared/messages';
import { parseMultiBlock } from '../../../src/protocols/p25-shared/messages/multi-block';
import { uniform } from '../../support/random';
import { octets, withCrc } from './frames';

const outbound = (hex: string, bands = new BandPlan()) => parseTsbk(octets(hex), bands, false);
const only = <T>(list: T[]): T => {
  assert.equal(list.length, 1);
  return list[0];
};

describe('P25 messages', () => {
  it('names every standard opcode', () => {
    // Reserved in TIA-102.AABC-E table 2-1 and AABF-D table 2.
    const reservedOut = [0x01, 0x07, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x17, 0x19, 0x1b, 0x22, 0x23, 0x25, 0x26];
    const all = Array.from({ length: 64 }, (_, i) => i);
    assert.deepEqual(
      all.filter((opcode) => !(opcode in OUTBOUND)),
      reservedOut,
    );
    const reservedLc = [0x01, 0x08, 0x0b, 0x0c, 0x0d, 0x0e, 0x1d, 0x1e, 0x1f];
    assert.deepEqual(
      all.filter((opcode) => !(opcode in LINK_CONTROL)),
      [...reservedLc, ...all.filter((opcode) => opcode > 0x2a)],
    );
    assert.equal(Object.keys(INBOUND).length, 37);
  });

  it('reads blocks heard on air (published vectors)', () => {
    const data = octets('16000040FFFFFFFF00015FCB');
    assert.equal(crcBytes(data.subarray(0, 10), P25_CRC_CCITT), 0x5fcb);
    const announcement = only(parseTsbk(data, new BandPlan(), false));
    assert.equal(announcement.message, 'SN-DATA_CHN_ANN_EXP');
    assert.equal(announcement.frequency, null);
    assert.equal(announcement.access_control, 1);

    const iden = only(outbound('3400E505C06401EE89907FA6'));
    assert.equal(iden.type, 'iden_update');
    assert.equal(iden.identifier, 14);
    assert.equal(iden.bandwidth, 12500);
    assert.equal(iden.spacing, 12500);
    assert.equal(iden.base_frequency, 162_050_000);
  });

  it('reads the forms of the identifier update', () => {
    // 851 MHz, 6.25 kHz spacing, 12.5 kHz wide, -45 MHz.
    assert.deepEqual(only(outbound('3D00 2322D032 0A25 0BC0')), {
      type: 'iden_update',
      message: 'IDEN_UP',
      identifier: 2,
      base_frequency: 851_000_000,
      spacing: 6250,
      transmit_offset: -45_000_000,
      bandwidth: 12500,
      slots: 1,
    });
    const tdma = only(outbound('B300 53 A7 08 64 0A 21 FE 80'));
    assert.equal(tdma.identifier, 5);
    assert.equal(tdma.slots, 2);
    assert.equal(tdma.spacing, 12500);
    assert.equal(tdma.transmit_offset, 2498 * 12500);
    assert.equal(tdma.base_frequency, 0x0a21fe80 * 5);
  });

  it('knows frequencies of carriers and slots once the identifier is known', () => {
    const bands = new BandPlan();
    const hex = '0000 C4 3 0F3 23 8D 0A AE 61 0000'.replace(/ /g, '');
    assert.equal(only(outbound(hex, bands)).frequency, null);
    bands.learn(3, { base: 851_000_000, spacing: 12500, offset: -45e6, bandwidth: 12500, slots: 2 });
    assert.deepEqual(only(outbound(hex, bands)), {
      type: 'grant',
      message: 'GRP_V_CH_GRANT',
      update: false,
      talkgroup: 0x238d,
      source: 0x0aae61,
      channel: '3-243',
      frequency: 851_000_000 + 121 * 12500,
      slot: 1,
      emergency: true,
      encrypted: true,
      duplex: false,
      mode: 'circuit',
      priority: 4,
      service_options: 0xc4,
      data: false,
    });
  });

  it('takes the band plan of the settings until the air gives its own', () => {
    const bands = new BandPlan({ 1: { base: 450e6, spacing: 12500 } });
    assert.equal(bands.channel(0x1002).frequency, 450_025_000);
    bands.learn(1, { base: 460e6, spacing: 6250, offset: 5e6, bandwidth: 12500, slots: 1 });
    assert.equal(bands.channel(0x1002).frequency, 460_012_500);
    bands.reset();
    assert.equal(bands.channel(0x1002).frequency, 450_025_000);
  });

  it('gives both grants of an update, or the one there is', () => {
    const two = outbound('0200 1001 0064 1002 0065 0000');
    assert.deepEqual(
      two.map(({ talkgroup, channel, update }) => ({ talkgroup, channel, update })),
      [
        { talkgroup: 100, channel: '1-1', update: true },
        { talkgroup: 101, channel: '1-2', update: true },
      ],
    );
    assert.equal(two[0].service_options, null);
    assert.equal(outbound('0200 1001 0064 1001 0064 0000').length, 1);
  });

  it('reads the two time broadcasts', () => {
    // 2024-02-29 23:59:58, local time two hours behind.
    const announced = only(outbound('3500 E8 78 2E 80 60 BF 7D 00 0000'));
    assert.equal(announced.utc, '2024-02-29T23:59:58Z');
    assert.equal(announced.local_offset_minutes, -120);
    // 2026-11-23 14:30:30 (4000 micro-slots).
    const synchronised = only(outbound('3000 00 00 00 35 77 73 CF A0 0000'));
    assert.equal(synchronised.utc, '2026-11-23T14:30:30Z');
    assert.equal(synchronised.local_offset_minutes, undefined);
    assert.equal(only(outbound('3500 C0 00 D0 00 00 00 00 00 0000')).utc, null);
  });

  it('passes unknown opcodes and manufacturers through as hexadecimal', () => {
    const hex = '41 D8 0102030405060708 0000'.replace(/ /g, '');
    assert.deepEqual(outbound(`01${hex.slice(2)}`), [
      { type: 'unknown', opcode: 1, mfid: 0xd8, manufacturer: 'Tait', hex: '01D801020304050607080000' },
    ]);
    assert.deepEqual(outbound(hex), [{ type: 'protected', opcode: 1, mfid: 0xd8, manufacturer: 'Tait', hex }]);
    assert.deepEqual(parseLinkControl(octets('3F 22 01020304050607'), new BandPlan()), [
      {
        type: 'unknown',
        opcode: 0x3f,
        mfid: 0x22,
        manufacturer: 'manufacturer 0x22',
        hex: '3F2201020304050607',
      },
    ]);
  });

  it('tells manufacturers apart', () => {
    assert.equal(only(outbound('0290 00 1001 0FFF 0186A0 0000')).message, 'MOT_GRG_CN_GRANT');
    const patch = only(outbound('30A4 75 FF56 0000 80 4ED4 0000'));
    assert.deepEqual(patch, {
      type: 'patch',
      message: 'HARRIS_GRG_EXENC_CMD',
      action: 'add',
      two_way: true,
      sequence: 21,
      supergroup: 0xff56,
      key_id: 0,
      algorithm: 0x80,
      talkgroups: [0x4ed4],
    });
    assert.equal(only(outbound('0B90 6D 96 41 57 00 00 10 05 0000')).type, 'base_station');
  });

  it('reads inbound blocks by their own table', () => {
    const alarm = only(parseTsbk(withCrc('2700 01 00 00 238D 0AAE61'), new BandPlan(), true));
    assert.equal(alarm.type, 'emergency_alarm');
    assert.equal(alarm.man_down, true);
    assert.equal(alarm.talkgroup, 9101);
    assert.equal(alarm.source, 700001);
  });

  it('reads link control with and without a manufacturer', () => {
    const bands = new BandPlan();
    const user = only(parseLinkControl(octets('00 00 84 00 04D2 08AA52'), bands));
    assert.equal(user.type, 'talker');
    assert.equal(user.talkgroup, 1234);
    assert.equal(user.source, 567890);
    assert.equal(user.emergency, true);
    // SF set: octet 1 is data, not a manufacturer.
    const update = parseLinkControl(octets('42 9001 0064 9001 0064'), bands);
    assert.equal(only(update).channel, '9-1');
    assert.equal(only(parseLinkControl(octets('80 00 0000 04D2 08AA52'), bands)).type, 'protected');
    assert.equal(only(parseLinkControl(octets('4F 00 0000 0000 08AA52'), bands)).type, 'call_termination');
    const console_ = only(parseLinkControl(octets('00 00 04 00 04D2 000000'), bands));
    assert.equal('source' in console_, false);
  });

  it('takes priority from voice and the access point from data service options', () => {
    const data = only(outbound('1400 45 1001 FFFF 0AAE61 0000'));
    assert.equal(data.nsapi, 5);
    assert.equal(data.priority, 0);
    assert.equal(data.encrypted, true);
    assert.equal(data.data, true);
    const page = only(outbound('1500 02 0000 0003 0AAE61 0000'));
    assert.deepEqual([page.nsapi, page.access_control, page.target], [2, 3, 700001]);
  });

  it('gives no grant for group 0', () => {
    const updates = outbound('0200 0000 0000 1002 0065 0000');
    assert.deepEqual(
      updates.map(({ talkgroup }) => talkgroup),
      [101],
    );
    assert.deepEqual(outbound('0200 0000 0000 0000 0000 0000'), []);
  });

  it('reads answers of both tables of reasons', () => {
    const standard = only(outbound('0790 00 30 00 1001 0AAE61 0000'));
    assert.equal(standard.reason_name, 'target group not valid');
    assert.equal(standard.service_name, 'MOT_GRG_V_REQ');
    assert.equal(
      only(outbound('0790 80 01 00 1001 0AAE61 0000')).reason_name,
      'clear request on an encrypted supergroup',
    );
    const queued = only(outbound('2100 84 2F 0AAE61 0AAE62 0000'));
    assert.deepEqual(
      [queued.service_name, queued.reason_name, queued.additional, queued.target],
      ['UU_V_REQ', 'target unit has queued this call', 700001, 700002],
    );
    const response = only(outbound('3200 00 01020304 0AAE61 0000'));
    assert.deepEqual([response.response, response.target], ['01020304', 700001]);
  });

  it('tells when a supergroup ends', () => {
    const part = only(outbound('0190 5F00 5ECC 0000 0000 0000'));
    assert.deepEqual([part.talkgroups, part.dissolved], [[0x5ecc], false]);
    const whole = only(outbound('0190 5F00 5F00 0000 0000 0000'));
    assert.deepEqual([whole.talkgroups, whole.dissolved], [[], true]);
    const harris = only(outbound('30A4 55 FF56 0000 00 0000 0000'));
    assert.deepEqual([harris.action, harris.talkgroups, harris.dissolved], ['delete', [], true]);
  });

  it('counts the local offset of both time broadcasts from their sign bit', () => {
    assert.equal(only(outbound('3500 E0 78 2E 80 60 BF 7D 00 0000')).local_offset_minutes, 120);
    assert.equal(only(outbound('3000 00 00 6B 35 77 73 CF A0 0000')).local_offset_minutes, -330);
    assert.equal(only(outbound('3000 00 00 2B 35 77 73 CF A0 0000')).local_offset_minutes, undefined);
  });

  it('survives any octets in every parser', () => {
    const random = uniform(3);
    const bands = new BandPlan();
    const bytes = new Uint8Array(36);
    for (let i = 0; i < 60_000; i++) {
      for (let j = 0; j < bytes.length; j++) bytes[j] = random() * 256;
      if (i % 4 === 1) bytes[1] = 0x90;
      if (i % 4 === 2) bytes[1] = 0xa4;
      if (i % 4 === 3) bytes[1] = 0;
      const events = [
        ...parseTsbk(bytes.subarray(0, 12), bands, (i & 16) === 0),
        ...parseLinkControl(bytes.subarray(0, 9), bands),
        ...parseMultiBlock(bytes.subarray(0, 12 + 12 * (i % 3)), bands),
      ];
      assert.ok(events.length <= 6);
      for (const event of events) JSON.stringify(event);
    }
  });
});
