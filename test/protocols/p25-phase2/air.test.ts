import assert from 'node:assert/strict';
import { unpackBits } from '../../../src/coding/bits';
import { crcFits, P25_CRC_CCITT } from '../../../src/coding/crc';
import { CRC_12, readAcch } from '../../../src/protocols/p25-phase2/acch';
import { DUID, readDuid } from '../../../src/protocols/p25-phase2/duid';
import { ischInfo, ischReading, readIsch } from '../../../src/protocols/p25-phase2/isch';
import { macMessages } from '../../../src/protocols/p25-phase2/mac-pdu';
import { Scrambling } from '../../../src/protocols/p25-phase2/scrambling';
import { SoftSlot } from '../../../src/protocols/p25-phase2/soft-slot';
import { SLOT_SYMBOLS, SLOTS } from '../../../src/protocols/p25-phase2/superframe';
import { BandPlan } from '../../../src/protocols/p25-shared/band-plan';
import { macBurst, slotDibits } from './encoder';
import { certain } from './support';

/**
 * Slots of a voice channel received from the air (WACN BEE00, system 1FC, NAC 1F0) as dibits, and what SDRTrunk reads in
 * them: published in the tests of MattCheramie/GopherTrunk (internal/radio/p25/phase2).
 */
const KEY = { wacn: 0xbee00, system: 0x1fc, nac: 0x1f0 };
const RECEIVED = [
  {
    slot: 3,
    dibits:
      '111311311113331333332131031010312223220302233213301032330102331121213102023321221130003233' +
      '333111113131331133112110301201210220202001312332121323132300211012222113220212330031033002',
    pdu: '7C0000000000000000000000000000000000CA70',
  },
  {
    slot: 4,
    dibits:
      '010113022121302220102212010223231102303300213210211012232101020201120112201023223222302113' +
      '333111113131331133111313332302301101312001212331033223312311000310213201011003310232313302',
    pdu: '9C0104561E0D06DD7C0031FC012A1480700022C0',
  },
  {
    slot: 6,
    dibits:
      '111311311113331333332210120130220222333030230313011102320101320123223231113320110232103003' +
      '333111113131331133112103020131131203310131213131003323012022322320002233323213322031100032',
    pdu: '9C0104561E0D06DD7C0031FC012900F5700063B0',
  },
] as const;

/**
 * PDUs of a control channel of phase 2 received from the air (a Harris system: WACN 91F14, system 2D7, NAC 01A), as DSD-FME
 * printed them: lwvmobile/dsd-fme, issue 199. 180 bits each: the PDU, the NAC, the CRC.
 */
const CONTROL = [
  '1C78000C2C000C2C000108098888888888888801A9B640',
  '1CB0A40D6BFD2B000184F535F536080588888801A798E0',
  '1C7A1A32D71A1A82B87008098888888888888801A8E9B0',
  '1CB0A40DF7FC8F000184F4C5F4C6080588888801A43DD0',
];

/**
 * The beginning of a Motorola talker's name in hang time, as SDRTrunk printed it: MattCheramie/GopherTrunk, issue 376. It is
 * what follows the PDU's first octet.
 */
const ALIAS = '9190114EF002010006BEE00164030D7E24CC8';

const plan = new BandPlan({ 0: { base: 851_006_250, spacing: 6250 } });
const bits = (hex: string, count: number) => unpackBits(Buffer.from(hex, 'hex')).subarray(0, count);

function load(dibits: string): SoftSlot {
  const soft = new SoftSlot();
  soft.load(certain(Uint8Array.from(dibits, Number)), SLOT_SYMBOLS);
  return soft;
}

describe('P25 phase 2 by what others received from the air', () => {
  for (const { slot, dibits, pdu } of RECEIVED)
    it(`reads the burst in slot ${slot}: scrambling, Reed-Solomon code, CRC`, () => {
      const soft = load(dibits);
      assert.equal(readDuid(soft.burst), DUID.FACCH);
      new Scrambling(KEY).apply(soft.burst, slot);
      const read = readAcch(soft.burst, DUID.FACCH);
      assert.equal(Buffer.from(read!.octets).toString('hex').toUpperCase(), pdu.slice(0, 36));
      // Every symbol was received right; the CRC stands behind the 18 octets.
      assert.equal(read!.corrected, 0);
      assert.ok(crcFits(bits(pdu, 156), CRC_12));
    });

  it('cannot be read as any other slot of the superframe, nor as another system', () => {
    for (const { slot, dibits } of RECEIVED)
      for (let other = 0; other < SLOTS; other++)
        for (const system of [KEY.system, 0x1fd]) {
          if (other === slot && system === KEY.system) continue;
          const soft = load(dibits);
          new Scrambling({ ...KEY, system }).apply(soft.burst, other);
          assert.equal(readAcch(soft.burst, DUID.FACCH), null);
        }
  });

  it('knows the slots by their ISCHs', () => {
    for (const { slot, dibits } of RECEIVED) {
      const reading = ischReading();
      readIsch(load(dibits).isch, reading);
      // A sync in slots 3 and 6, an informational ISCH in slot 4: channel 0 at the second place.
      assert.ok(reading.scores[slot] > 0.99, `${reading.scores[slot]}`);
      if (slot !== 4) continue;
      const others = [...reading.scores].filter((_, at) => at !== slot);
      assert.ok(Math.max(...others) < 0.6);
      const { channel, location, type } = ischInfo(reading, slot)!;
      assert.deepEqual([channel, location, type], [0, 1, 0]);
    }
  });

  it('is sent so by the encoder of these tests', () => {
    for (const { slot, dibits, pdu } of RECEIVED) {
      const burst = macBurst(DUID.FACCH, Buffer.from(pdu.slice(0, 36), 'hex'));
      assert.equal(slotDibits(slot, burst, KEY).slice(20).join(''), dibits.slice(20));
    }
  });

  it('names who talks and the sites beside', () => {
    const [talker, site] = macMessages(Buffer.from(RECEIVED[1].pdu.slice(0, 36), 'hex'), plan);
    assert.deepEqual([talker.type, talker.talkgroup, talker.source], ['talker', 22046, 853725]);
    assert.deepEqual(
      [site.type, site.system, site.rfss, site.site, site.control_channel],
      ['adjacent_site', '1FC', 1, 42, '1-1152'],
    );
    const [, other] = macMessages(Buffer.from(RECEIVED[2].pdu.slice(0, 36), 'hex'), plan);
    assert.deepEqual([other.site, other.control_channel], [41, '0-245']);
    assert.deepEqual(macMessages(Buffer.from(RECEIVED[0].pdu.slice(0, 36), 'hex'), plan), []);
  });

  for (const hex of CONTROL)
    it(`reads the control channel's PDU ${hex.slice(0, 8)} ...`, () => {
      assert.ok(crcFits(bits(hex, 180), P25_CRC_CCITT));
      const octets = Buffer.from(hex, 'hex').subarray(0, 19);
      // Through our own Reed-Solomon encoder: the PDU with its NAC and CRC are theirs.
      const burst = Float32Array.from(macBurst(DUID.LCCH_CLEAR, octets, 0x01a), (bit) => 2 * bit - 1);
      assert.equal(readDuid(burst), DUID.LCCH_CLEAR);
      const read = readAcch(burst, DUID.LCCH_CLEAR)!;
      assert.deepEqual([Buffer.from(read.octets).equals(octets), read.nac], [true, 0x01a]);
    });

  it('knows what the control channel says', () => {
    const events = CONTROL.map((hex) => macMessages(Buffer.from(hex, 'hex').subarray(0, 19), plan));
    const [services, patch, status, selected] = events.flat();
    assert.equal(services.type, 'system_services');
    assert.deepEqual(
      [patch.type, patch.action, patch.supergroup, patch.key_id, patch.algorithm, patch.talkgroups, patch.sequence],
      ['patch', 'add', 64811, 1, 0x84, [62773, 62774], 11],
    );
    assert.deepEqual([selected.supergroup, selected.talkgroups, selected.sequence], [64655, [62661, 62662], 23]);
    assert.deepEqual([patch.two_way, selected.two_way], [true, false]);
    assert.deepEqual(
      [status.type, status.lra, status.system, status.rfss, status.site, status.control_channel],
      ['rfss_status', 0x1a, '2D7', 26, 26, '8-696'],
    );
  });

  it("reads the beginning of a talker's name", () => {
    const [header] = macMessages(Buffer.from(`DC${ALIAS}0`, 'hex'), plan);
    assert.deepEqual(
      [header.message, header.talkgroup, header.blocks, header.sequence],
      ['MOT_TALKER_ALIAS_HEADER', 20208, 2, 0],
    );
    assert.deepEqual([header.source_wacn, header.source_system, header.source_id], ['BEE00', '164', 200062]);
  });
});
