import assert from 'node:assert/strict';
import { LogicalChannel } from '../../../src/protocols/p25-phase2/channel';
import { macMessages } from '../../../src/protocols/p25-phase2/mac-pdu';
import { macLength } from '../../../src/protocols/p25-phase2/messages/lengths';
import { BandPlan } from '../../../src/protocols/p25-shared/band-plan';

/** Identifier 2: two slots on carriers of 12.5 kHz from 851 MHz on. */
const PLAN = new BandPlan({ 2: { base: 851_000_000, spacing: 12_500, slots: 2 } });

/** Events of a MAC_ACTIVE PDU with these messages in it. */
function read(hex: string) {
  const octets = new Uint8Array(21);
  octets[0] = 0x80;
  octets.set(Buffer.from(hex.replaceAll(' ', ''), 'hex'), 1);
  return macMessages(octets, PLAN);
}

const only = (hex: string) => {
  const events = read(hex);
  assert.equal(events.length, 1, JSON.stringify(events));
  return events[0];
};

/** Fields as public decoders lay them out; each message is written out by hand. */
describe('P25 phase 2 MAC messages', () => {
  it('names who talks, in short and long form', () => {
    const short = only('01 84 238D 0AAE61');
    assert.deepEqual(
      [short.message, short.talkgroup, short.source, short.emergency, short.priority],
      ['GRP_V_CH_USR', 9101, 700001, true, 4],
    );
    const long = only('21 04 238D 0AAE61 92F703C5 0AAE62');
    assert.deepEqual(
      [long.source, long.source_wacn, long.source_system, long.source_id],
      [700001, '92F70', '3C5', 700002],
    );
    const units = only('02 00 00000A 00000B');
    assert.deepEqual([units.target, units.source, units.talkgroup], [10, 11, undefined]);
    assert.equal(only('90 04 1234 00000C').supergroup, true);
  });

  it('reads grants with their slots, several in one message', () => {
    const first = only('40 44 20F1 238D 0AAE61');
    assert.deepEqual(
      [first.message, first.frequency, first.slot, first.talkgroup, first.source, first.encrypted, first.update],
      ['GRP_V_CH_GRANT', 852_500_000, 1, 9101, 700001, true, false],
    );
    const three = read('05 04 20F0 238D 84 20F1 238E 04 20F4 238F');
    assert.deepEqual(
      three.map(({ talkgroup, frequency, slot, emergency, update }) => [talkgroup, frequency, slot, emergency, update]),
      [
        [9101, 852_500_000, 0, false, true],
        [9102, 852_500_000, 1, true, true],
        [9103, 852_525_000, 0, false, true],
      ],
    );
    assert.equal(read('05 04 20F0 238D 04 20F0 238D 04 20F0 238D').length, 1);
    const both = only('C0 04 20F0 30F0 238D 0AAE61');
    assert.deepEqual([both.channel, both.uplink_channel, both.talkgroup], ['2-240', '3-240', 9101]);
    const telephone = only('48 04 00 20F0 0064 00000A');
    assert.deepEqual([telephone.telephone, telephone.call_timer_ms, telephone.target], [true, 10_000, 10]);
  });

  it('reads what phase 1 sends too, by the layout of the trunking block', () => {
    const identifier = only(`73 23 4E10 64 ${(851_000_000 / 5).toString(16).padStart(8, '0')}`);
    assert.deepEqual(
      [identifier.type, identifier.identifier, identifier.slots, identifier.base_frequency, identifier.spacing],
      ['iden_update', 2, 2, 851_000_000, 12_500],
    );
    const network = only('7B 01 92F703C5 2064 70 03C1');
    assert.deepEqual([network.wacn, network.system, network.color_code], ['92F70', '3C5', '3C1']);
    const status = only('58 00 05 06 00000A 00000B');
    assert.deepEqual(
      [status.type, status.unit_status, status.user_status, status.target, status.source],
      ['status', 5, 6, 10, 11],
    );
    const alert = only('5F 00000A 00000B');
    assert.deepEqual([alert.type, alert.target, alert.source], ['call_alert', 10, 11]);
    const registered = only('6C 00 03C5 00000A 00000B');
    assert.deepEqual(
      [registered.type, registered.accepted, registered.system, registered.source],
      ['registration', true, '3C5', 11],
    );
    const denied = only('67 80 2F 000000 00000A');
    assert.deepEqual([denied.type, denied.reason, denied.target], ['deny', 0x2f, 10]);
  });

  it('reads what only TDMA channels send', () => {
    const power = only('30 00000A 93');
    assert.deepEqual([power.rf_level, power.bit_error_rate], [9, 3]);
    const released = only('31 C0 00000A 03C1');
    assert.deepEqual(
      [released.type, released.forced, released.talker_only, released.color_code],
      ['call_preempted', true, true, '3C1'],
    );
    assert.deepEqual(only('11 01 0001 0002').talkgroups, [1, 2]);
    assert.deepEqual(only('12 41 000001 000002'), {
      type: 'unit_page',
      message: 'IND_PAGING_PRIORITY',
      targets: [1, 2],
      urgent: [false, true],
    });
  });

  it("reads manufacturers' messages", () => {
    const user = only('80 90 04 238D 0AAE61');
    assert.deepEqual([user.type, user.talkgroup, user.source, user.supergroup], ['talker', 9101, 700001, true]);
    const patch = only('81 90 0B 1234 0001 0002 0000');
    assert.deepEqual([patch.type, patch.action, patch.supergroup, patch.talkgroups], ['patch', 'add', 0x1234, [1, 2]]);
    const granted = only('A3 90 0B 04 20F1 1234 00000A');
    assert.deepEqual([granted.slot, granted.talkgroup, granted.supergroup], [1, 0x1234, true]);
    const alias = only(`A8 A4 0A ${Buffer.from('UNIT 12').toString('hex')}`);
    assert.deepEqual([alias.type, alias.text], ['talker_alias', 'UNIT 12']);
    const unknown = only('B5 55 05 0102');
    assert.deepEqual([unknown.type, unknown.opcode, unknown.mfid, unknown.hex], ['unknown', 0xb5, 0x55, 'B555050102']);
  });

  it('finds every message of a PDU, up to one whose length is not known', () => {
    assert.deepEqual(
      read('01 04 238D 0AAE61 30 00000A 93 08 03 00').map(({ type }) => type),
      ['talker', 'power_control'],
    );
    assert.deepEqual(
      read('01 04 238D 0AAE61 3E 01 02 03').map(({ type, hex }) => [type, hex]),
      [
        ['talker', undefined],
        ['unknown', '3E010203000000000000000000'],
      ],
    );
  });

  it('knows the lengths that public decoders agree on', () => {
    for (const [opcode, length] of [
      [0x01, 7],
      [0x05, 16],
      [0x21, 14],
      [0x25, 15],
      [0x40, 9],
      [0x7b, 11],
      [0xc0, 11],
      [0xf3, 14],
      [0xfb, 13],
    ])
      assert.equal(macLength(Uint8Array.of(opcode, 0, 0)), length);
  });
});

describe('a logical channel of P25 phase 2', () => {
  const pdu = (type: number, ...fields: [at: number, hex: string][]) => {
    const octets = new Uint8Array(18);
    octets[0] = type << 5;
    for (const [at, hex] of fields) octets.set(Buffer.from(hex, 'hex'), at);
    return octets;
  };
  const PTT = pdu(1, [1, '0123456789ABCDEF01'], [10, '84'], [11, '0007'], [13, '0AAE61'], [16, '238D']);

  it('tells a push to talk with its encryption, once', () => {
    const channel = new LogicalChannel();
    const first = channel.pdu(PTT, 0);
    assert.deepEqual(
      first.map(({ type, encrypted }) => [type, encrypted]),
      [
        ['header', true],
        ['talker', true],
        ['encryption', true],
      ],
    );
    assert.deepEqual(
      [first[0].algorithm_name, first[0].key_id, first[0].talkgroup, first[0].source],
      ['AES-256', 7, 9101, 700001],
    );
    assert.deepEqual(
      channel.pdu(PTT, 60).map(({ type }) => type),
      ['talker', 'encryption'],
    );
  });

  it('ends a turn by END_PTT or hang time, the call by IDLE, each told once', () => {
    const channel = new LogicalChannel();
    channel.pdu(PTT, 0);
    channel.voice(0, 1, 4);
    const [turn] = channel.pdu(pdu(2, [13, '0AAE61'], [16, '238D']), 400);
    assert.deepEqual([turn.type, turn.call, turn.talkgroup, turn.source], ['terminator', false, 9101, 700001]);
    assert.deepEqual(channel.pdu(pdu(6), 500), []);
    const [call] = channel.pdu(pdu(3), 600);
    assert.deepEqual([call.type, call.call], ['terminator', true]);
    assert.deepEqual(channel.pdu(pdu(3), 700), []);
    assert.equal(channel.pdu(pdu(3), 1700).length, 1);
  });

  it('puts a Motorola alias together: one heard on air, in the blocks of TDMA', () => {
    const STREAM = 'BEE00164030D7E2444F6FF2FA9AC3EC34432FA63CC81C3C5D96A96';
    const digits = STREAM.slice(16).padEnd(25 * Math.ceil((STREAM.length - 16) / 25), '0');
    const count = digits.length / 25;
    const header = `919011 2D2A 0${count} 01 00 E0 ${STREAM.slice(0, 16)}`;
    const blocks = Array.from({ length: count }, (_, i) => `959011 0${i + 1} E${digits.slice(25 * i, 25 * i + 25)}`);
    const channel = new LogicalChannel();
    const hear = (hex: string) => channel.alias.add(only(hex), 0);
    assert.deepEqual([header, ...blocks.slice(1)].flatMap(hear), []);
    const [whole] = hear(blocks[0]);
    assert.deepEqual(
      [whole.type, whole.text, whole.source, whole.wacn],
      ['talker_alias', 'CRIO 0062', 200062, 'BEE00'],
    );
    assert.deepEqual(hear(blocks[0]), []);
  });

  it('says nothing of a channel on which nothing was heard', () => {
    const channel = new LogicalChannel();
    assert.deepEqual(channel.pdu(pdu(3), 0), []);
    assert.deepEqual(channel.pdu(pdu(6), 0), []);
  });

  it('does not believe one encryption sync against another', () => {
    const channel = new LogicalChannel();
    const clear = { encrypted: false, algorithm: 0x80, algorithm_name: 'clear', key_id: 0, message_indicator: '' };
    const wrong = { ...clear, encrypted: true, algorithm: 4, key_id: 99 };
    assert.equal(channel.encryptionSync(clear).length, 1);
    assert.equal(channel.encryptionSync(wrong).length, 0);
    assert.equal(channel.encryptionSync(clear).length, 1);
    assert.equal(channel.encryptionSync(wrong).length, 0);
    assert.equal(channel.encryptionSync(wrong).length, 1);
  });

  it('tells voice in one piece while its bursts follow each other', () => {
    const channel = new LogicalChannel();
    let until = channel.voice(0, 3, 4);
    until += 80;
    for (const [superframe, slot, frames] of [
      [0, 4, 4],
      [360, 0, 4],
      [360, 1, 4],
      [360, 2, 2],
      [360, 3, 4],
      [360, 4, 4],
      [720, 0, 4],
    ] as const) {
      assert.equal(channel.voice(superframe, (superframe / 360) * 5 + slot, frames), until);
      until += 20 * frames;
    }
    // After a pause it goes on at the time of the burst.
    assert.ok(channel.voice(3600, 50, 4) >= 3600);
    // A lost burst leaves a gap.
    const next = channel.voice(3600, 51, 4) + 80;
    assert.ok(channel.voice(3600, 53, 4) - next > 40);
  });
});
