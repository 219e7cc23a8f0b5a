import assert from 'node:assert/strict';
import { crcBytes, P25_CRC_CCITT } from '../../../src/coding/crc';
import { DUID, DUID_PLACES } from '../../../src/protocols/p25-phase2/duid';
import { MacFragments } from '../../../src/protocols/p25-phase2/mac-fragments';
import { macMessages } from '../../../src/protocols/p25-phase2/mac-pdu';
import { BURST_BITS, SLOTS } from '../../../src/protocols/p25-phase2/superframe';
import { BandPlan } from '../../../src/protocols/p25-shared/band-plan';
import type { MessageEvent } from '../../../src/protocols/p25-shared/messages/definition';
import { uniform } from '../../support/random';
import { dataBurst, macBurst, slotDibits } from './encoder';
import { certain, feed, KEY, listen } from './support';

const ADDRESS = { wacn: 0x92f70, system: 0x3c5, nac: 0x3c1 };
const PLAN = new BandPlan({ 2: { base: 851_000_000, spacing: 12_500, slots: 2 } });
const octets = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
/** Octets of a PDU of a control channel, and of data in a fragment. */
const PDU = 19;
const ROOM = 16;

/** PDUs of a message with this data (without count and CRC), as the standard's figures 195 and 196 cut it. */
function pdus(opcode: number, fields: string, damage = false): Uint8Array[] {
  const count = octets(fields).length + 3;
  const data = Buffer.concat([Buffer.from([count]), octets(fields), Buffer.alloc(2)]);
  data.writeUInt16BE(crcBytes(data.subarray(0, count - 2), P25_CRC_CCITT), count - 2);
  if (damage) data[count - 4] ^= 1;
  const cut: Uint8Array[] = [];
  for (let at = 0; at < count; at += ROOM) {
    const part = data.subarray(at, at + ROOM);
    const fill = Math.max(0, ROOM - part.length);
    const pdu = Buffer.alloc(PDU);
    pdu.set([0x1c, at === 0 ? opcode : 0x10, part.length + 2, ...part]);
    if (fill > 1) pdu.set([0x08, fill, ...Buffer.alloc(fill - 2, 0x88)], 3 + part.length);
    cut.push(pdu);
  }
  return cut;
}

/** What comes of PDUs that are heard `step` ms apart. */
function hear(list: Uint8Array[], step = 30, fragments = new MacFragments()): MessageEvent[] {
  return list.flatMap((pdu, i) => macMessages(pdu, PLAN).flatMap((event) => fragments.add(event, i * step, PLAN)));
}

const only = (opcode: number, fields: string) => {
  const events = hear(pdus(opcode, fields));
  assert.equal(events.length, 1, JSON.stringify(events));
  return events[0];
};

const HOME = '92F703C5 0AAE62';
const AFAR = 'BEE001FC 00000C';
const HOMES = {
  source_wacn: '92F70',
  source_system: '3C5',
  source_id: 700002,
  target_wacn: 'BEE00',
  target_system: '1FC',
  target_id: 12,
};
const UNITS = { source: 700001, target: 10, ...HOMES };
const GRANT = `04 0AAE61 ${HOME} 20F1 20F3 00000A ${AFAR}`;

/** The layouts of TIA-102.BBAD-A 3.9 to 3.52, which SDRTrunk has too; each message is written out by hand. */
describe('P25 phase 2 messages in several PDUs', () => {
  it('reads grants between units with all their addresses', () => {
    for (const [opcode, name, update] of [
      [0xcf, 'UU_V_CH_GRANT_LCCH', false],
      [0xc7, 'UU_V_CH_GRANT_UPDT_LCCH', true],
    ] as const) {
      const { message, type, frequency, slot, uplink_channel, ...more } = only(opcode, GRANT);
      assert.deepEqual(
        [message, type, more.update, frequency, slot, uplink_channel],
        [name, 'grant', update, 852_500_000, 1, '2-243'],
      );
      for (const [field, value] of Object.entries(UNITS)) assert.equal(more[field], value, field);
    }
  });

  it('reads the others', () => {
    const between = `00000A ${HOME} 0AAE61 ${AFAR}`;
    assert.deepEqual(only(0xd9, `05 06 ${between}`), {
      type: 'status',
      message: 'STS_UPDT_LCCH',
      unit_status: 5,
      user_status: 6,
      ...UNITS,
    });
    assert.deepEqual(only(0xce, `1234 ${between}`), {
      type: 'short_message',
      message: 'MSG_UPDT_LCCH',
      code: 0x1234,
      ...UNITS,
    });
    assert.deepEqual(only(0xcd, `1E 82 ${between}`), {
      type: 'radio_monitor',
      message: 'RAD_MON_CMD_LCCH',
      transmit_seconds: 30,
      silent: true,
      transmit_multiplier: 2,
      ...UNITS,
    });
    assert.deepEqual(only(0xcb, `0AAE61 ${HOME} 00000A ${AFAR}`), {
      type: 'call_alert',
      message: 'CALL_ALRT_LCCH',
      ...UNITS,
    });
    assert.deepEqual(only(0xdb, `00000A ${HOME} 0AAE61 ${AFAR}`), {
      type: 'status_query',
      message: 'STS_Q_LCCH',
      ...UNITS,
    });
    assert.deepEqual(only(0xe0, `20 ${HOME} ${AFAR} 0AAE61 00000A`), {
      type: 'acknowledge',
      message: 'ACK_RSP_FNE_EXT',
      service: 0x20,
      ...UNITS,
    });
    assert.deepEqual(only(0x71, `00000A ${AFAR} 00112233445566778899 0123456789`), {
      type: 'authentication_demand',
      message: 'AUTH_DMD',
      target: 10,
      target_wacn: 'BEE00',
      target_system: '1FC',
      target_id: 12,
      seed: '00112233445566778899',
      challenge: '0123456789',
    });
  });

  it('reads one of three PDUs, whose last has nothing but the CRC', () => {
    const fields = `00000A ${HOME} C0 1E 0007 84 0AAE61 ${AFAR} 92F703C5238D`;
    assert.equal(pdus(0xde, fields).length, 3);
    const found = only(0xde, fields);
    assert.deepEqual(
      [found.silent, found.transmit_seconds, found.key_id, found.algorithm_name, found.group_id, found.group_system],
      [true, 30, 7, 'AES-256', 9101, '3C5'],
    );
    assert.deepEqual([found.source, found.target_id], [700001, 12]);
  });

  it('takes them from both slots in turn, from one slot, and beside other messages', () => {
    const [first, second] = pdus(0xcf, GRANT);
    for (const step of [30, 60, 90]) assert.equal(hear([first, second], step)[0].type, 'grant');
    const other = Buffer.alloc(PDU);
    other.set(octets('1C 30 00000A 93'));
    assert.deepEqual(
      hear([first, other, second]).map(({ type }) => type),
      ['power_control', 'grant'],
    );
  });

  it('tells what is left of a message whose parts do not come, or do not fit', () => {
    const [first, second] = pdus(0xcf, GRANT);
    const [damaged, rest] = pdus(0xcf, GRANT, true);
    const whole = Buffer.from(first).toString('hex').toUpperCase();
    const begun = { type: 'multi_block', message: 'UU_V_CH_GRANT_LCCH', hex: whole.slice(2) };
    const fragment = { type: 'fragment', message: 'MULTI_FRAGMENT' };
    // Too late; never; another one begins.
    assert.deepEqual(
      hear([first, second], 300).map(({ hex, ...more }) => more),
      [{ type: begun.type, message: begun.message }, fragment],
    );
    assert.deepEqual(hear([first, first])[0], begun);
    assert.deepEqual(hear([second])[0].type, 'fragment');
    const [wrong] = hear([damaged, rest]);
    assert.equal(wrong.type, 'multi_block');
    assert.ok((wrong.hex as string).length > begun.hex.length);
  });

  it('comes through the decoder, from bursts of both slots', () => {
    const parts = pdus(0xcf, GRANT);
    const slots = Array.from({ length: 2 * SLOTS }, (_, n) =>
      slotDibits(n % SLOTS, macBurst(DUID.LCCH_CLEAR, parts[n % 2], ADDRESS.nac), ADDRESS, Math.floor(n / SLOTS)),
    );
    const { decoder, events } = listen({});
    feed(decoder, certain(Uint8Array.from(slots.flatMap((dibits) => [...dibits]))));
    const grants = events.filter(({ type }) => type === 'grant');
    assert.ok(grants.length >= SLOTS - 1, `${grants.length}`);
    // The first part was in the slot before the place in the superframe was known.
    assert.equal(events.filter(({ type }) => type === 'fragment' || type === 'multi_block').length, 1);
    assert.deepEqual([grants[0].source, grants[0].target], [700001, 10]);
  });
});

describe('P25 phase 2 data channels', () => {
  const random = uniform(3);
  const bits = Array.from({ length: 2 * SLOTS }, () =>
    Uint8Array.from({ length: BURST_BITS }, () => (random() < 0.5 ? 0 : 1)),
  );
  const metrics = (damage: boolean) => {
    const slots = bits.map((burst, n) => slotDibits(n % SLOTS, dataBurst(burst), ADDRESS, Math.floor(n / SLOTS)));
    // The identifier's first dibit, behind 20 symbols of ISCH.
    if (damage) for (const dibits of slots) dibits[20] ^= 1;
    return certain(Uint8Array.from(slots.flatMap((dibits) => [...dibits])));
  };
  const told = (damage: boolean, signal = KEY) => {
    const { decoder, events } = listen(signal);
    feed(decoder, metrics(damage));
    assert.ok(decoder.counters().data >= 2 * SLOTS - 2);
    return events.filter(({ type }) => type === 'data_burst');
  };

  it('gives their bursts without the scrambling', () => {
    const found = told(false);
    assert.ok(found.length >= 2 * SLOTS - 2);
    const sent = bits.slice(-found.length);
    found.forEach(({ message, hex }, i) => {
      assert.equal(message, 'DATCH');
      const read = [...octets(hex as string)].flatMap((octet) => [...octet.toString(2).padStart(8, '0')].map(Number));
      assert.equal(read.length, BURST_BITS);
      for (let bit = 0; bit < BURST_BITS; bit++) if (!DUID_PLACES.includes(bit)) assert.equal(read[bit], sent[i][bit]);
    });
  });

  it('gives none whose identifier is not received whole, and none under an unknown scrambling', () => {
    assert.equal(told(true).length, 0);
    assert.equal(told(false, {}).length, 0);
  });
});
