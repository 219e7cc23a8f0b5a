import assert from 'node:assert/strict';
import { crcBytes, P25_CRC_CCITT } from '../../../src/coding/crc';
import { BandPlan } from '../../../src/protocols/p25-shared/band-plan';
import { parseLinkControl, parseTsbk } from '../../../src/protocols/p25-shared/messages';
import type { MessageEvent } from '../../../src/protocols/p25-shared/messages/definition';
import { SystemState } from '../../../src/protocols/p25-shared/system-state';
import { octets } from './frames';

/**
 * Messages that real systems sent, with the CRC they sent: from the recordings, and from logs that people published
 * together with what other decoders made of them. They hold what no encoder of ours can prove.
 */

type Fields = Record<string, unknown>;

function heard(hex: string, bands = new BandPlan()): MessageEvent[] {
  const bytes = octets(hex);
  assert.equal(bytes.length, 12);
  assert.equal(crcBytes(bytes.subarray(0, 10), P25_CRC_CCITT), (bytes[10] << 8) | bytes[11], hex);
  return parseTsbk(bytes, bands, false);
}

function matches(events: MessageEvent[], ...expected: Fields[]): void {
  assert.deepEqual(
    events.map((event, i) =>
      Object.fromEntries(Object.entries(event).filter(([field]) => field in (expected[i] ?? event))),
    ),
    expected,
  );
}

/** A band plan that has heard these identifier updates. */
function learnt(...updates: string[]): BandPlan {
  const bands = new BandPlan();
  const state = new SystemState(bands);
  for (const update of updates) for (const event of heard(update)) state.observe(event);
  return bands;
}

describe('P25 messages heard on air', () => {
  it('a site of a Motorola system in four bands: identifiers, and the channels they make', () => {
    matches(heard('3D000322D0320A2510A263A0'), {
      identifier: 0,
      base_frequency: 851_006_250,
      spacing: 6250,
      bandwidth: 12500,
      transmit_offset: -45_000_000,
    });
    matches(heard('3D001325E032091575621B36'), {
      identifier: 1,
      base_frequency: 762_006_250,
      spacing: 6250,
      bandwidth: 12500,
      transmit_offset: 30_000_000,
    });
    matches(heard('34003596803204D70380BEF7'), {
      identifier: 3,
      base_frequency: 406_000_000,
      spacing: 6250,
      bandwidth: 12500,
      transmit_offset: 9_000_000,
    });
    matches(heard('B3005396803204D703804B4A'), {
      identifier: 5,
      base_frequency: 406_000_000,
      spacing: 6250,
      slots: 2,
      transmit_offset: 9_000_000,
    });
    const bands = learnt('3400259900320487AB00861B');
    const site = { lra: 0, system: '14C', control_channel: '2-276', control_frequency: 381_725_000 };
    matches(heard('3A0000314C0509211470964C', bands), { ...site, rfss: 5, site: 9, network_connected: true });
    matches(heard('3B0000BEE0014C211470690D', bands), { ...site, wacn: 'BEE00' });
    matches(heard('3C0000314C051E2438700702', bands), {
      rfss: 5,
      site: 30,
      control_channel: '2-1080',
      control_frequency: 386_750_000,
      service_class: ['data', 'voice', 'registration'],
      conventional: false,
      failed: false,
      valid: true,
    });
    matches(heard('39000509213804213804DDCC', bands), {
      rfss: 5,
      site: 9,
      frequency: 381_950_000,
      service_class: ['backup_control'],
    });
    matches(heard('300000046808C63CF19EA5AB'), { utc: '2004-06-06T07:39:33Z', minute_locked: true });
  });

  it("two sites' channel numbers are as far apart as their carriers in one recording", () => {
    const bands = learnt('3400358F00320501C6C43601');
    const [near] = heard('3A000031640113303A7005B6', bands);
    const [far] = heard('3A00003164011D3072702389', bands);
    assert.equal((far.control_frequency as number) - (near.control_frequency as number), 673_750 - 323_750);
  });

  it('grants and patches of both manufacturers', () => {
    matches(heard('820000AB4ED600AB4ED693A0'), { type: 'grant', talkgroup: 20182, channel: '0-171', update: true });
    matches(
      heard('020010954EEA10944E23EB69'),
      { talkgroup: 0x4eea, channel: '1-149' },
      { talkgroup: 0x4e23, channel: '1-148' },
    );
    matches(heard('0390A2104E2DA2104E2DC044'), { talkgroup: 0x4e2d, channel: '10-528', supergroup: true });
    matches(heard('00905F005ECC5ECC5ECCF836'), {
      type: 'patch',
      action: 'add',
      supergroup: 0x5f00,
      talkgroups: [0x5ecc],
    });
    matches(heard('B0A475FF560000804EC50E37'), {
      type: 'patch',
      action: 'add',
      supergroup: 0xff56,
      talkgroups: [0x4ec5],
      two_way: true,
    });
    const data = heard('1690C23F306CFFFF00009AB2');
    matches(data, { type: 'data_channel', channel: '3-108' });
    assert.equal('uplink_channel' in data, false);
  });

  it('call signs', () => {
    // WQNI552, as the log says; the check value was not logged.
    matches(parseTsbk(octets('8B90 B268DE28A1C0 0017 0000'), new BandPlan(), false), {
      type: 'base_station',
      call_sign: 'WQNI552',
      channel: '0-23',
    });
    matches(heard('B3A4A60A231070800236C038'), { type: 'base_station', call_sign: 'WNVQ250', channel: '0-566' });
    matches(heard('0B9000000000000021148F55'), { type: 'base_station', call_sign: '', channel: '2-276' });
  });

  it('registrations and affiliations', () => {
    // Unit 2620183 registered, unit 2620181 left.
    matches(heard('2C00027727FB1727FB17F9DE'), {
      type: 'registration',
      accepted: true,
      system: '277',
      source: 2620183,
      source_id: 2620183,
    });
    matches(heard('AC00027727FC2327FC237366'), { type: 'registration', source: 2620451 });
    matches(heard('2F0000BEE0027727FB1502A5'), { wacn: 'BEE00', system: '277', source: 2620181 });
    matches(heard('AF0000BEE0027727FB15E691'), { type: 'deregistration', source: 2620181 });
    const affiliated = parseTsbk(octets('2800 00 0000 0065 733C41 0000'), new BandPlan(), false);
    matches(affiliated, { type: 'affiliation', accepted: true, global: false, talkgroup: 101, source: 7552065 });
  });

  it('refusals, with the group or the unit they are about', () => {
    matches(heard('2700807700000500028F00EC'), {
      service: 0,
      service_name: 'GRP_V_REQ',
      reason: 0x77,
      talkgroup: 5,
      target: 655,
    });
    matches(heard('2700806700006A733CF09211'), { reason: 0x67, talkgroup: 106, target: 7552240 });
    const data = heard('270093C0FFFFFD000D8F1ABD');
    matches(data, { service_name: 'SN-DATA_PAGE_RES', reason_name: 'reason 0xC0', additional: 0xfffffd, target: 3471 });
    assert.equal('talkgroup' in data[0], false);
    const bare = heard('A70029670000000054DF4EEA');
    matches(bare, { service: 0x29, target: 21727 });
    assert.equal('additional' in bare[0], false);
  });

  it('neighbours and services as scanners logged them', () => {
    matches(heard('BC00003E94014A20FC60E284'), { system: 'E94', rfss: 1, site: 74, control_channel: '2-252' });
    matches(heard('BC00003E940147204E60A36D'), { system: 'E94', rfss: 1, site: 71, control_channel: '2-78' });
    matches(heard('B800000C6C000C6C00014B92'), {
      available: [
        'group_affiliation',
        'unit_registration',
        'individual_data',
        'group_data',
        'individual_voice',
        'group_voice',
      ],
      request_priority: 1,
    });
    matches(
      heard('B9000101000B04001F04192B'),
      { rfss: 1, site: 1, channel: '0-11' },
      { rfss: 1, site: 1, channel: '0-31' },
    );
  });

  it('link control of a voice channel', () => {
    const link = (hex: string) => parseLinkControl(octets(hex), new BandPlan());
    matches(link('0090000006BE008EC3'), { type: 'talker', talkgroup: 1726, source: 36547, supergroup: true });
    matches(link('0F90100000F0008EC3'), { type: 'talk_complete', source: 36547 });
    matches(link('62003164011A405670'), {
      type: 'adjacent_site',
      system: '164',
      rfss: 1,
      site: 26,
      control_channel: '4-86',
      valid: true,
    });
    // A talker's alias begins, and its first block.
    matches(link('15902D2A060100E4AF'), { type: 'talker_alias', talkgroup: 11562, blocks: 6, sequence: 14 });
    matches(link('179001EBEE0740F04D'), { type: 'talker_alias', block: 1, sequence: 14 });
    // What Motorola sites fill terminators with says nothing.
    assert.deepEqual(link('04900FFFFFFFFF6BE0'), []);
  });
});
