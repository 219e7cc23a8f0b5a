import assert from 'node:assert/strict';
import { DUID } from '../../../src/protocols/p25-phase2/duid';
import { CHANNEL_OF, SLOTS } from '../../../src/protocols/p25-phase2/superframe';
import { uniform } from '../../support/random';
import { macBurst, slotDibits, voiceBursts } from './encoder';
import { certain, feed, KEY, listen } from './support';

const ADDRESS = { wacn: 0x92f70, system: 0x3c5, nac: 0x3c1 };
const octets = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

/** Superframes of slots, each made by its number. */
function superframes(count: number, burst: (slot: number, superframe: number) => Uint8Array): Float32Array {
  const slots: Uint8Array[] = [];
  for (let n = 0; n < count; n++)
    for (let slot = 0; slot < SLOTS; slot++) slots.push(slotDibits(slot, burst(slot, n), ADDRESS, n & 3));
  return certain(Uint8Array.from(slots.flatMap((dibits) => [...dibits])));
}

const NETWORK = '7B 01 92F703C5 2064 70 03C1';
const TABLE = `73 23 4E10 64 ${(851_000_000 / 5).toString(16).padStart(8, '0')}`;
const GRANT = '40 04 20F1 238D 0AAE61';

describe('P25 phase 2 by its layout', () => {
  it('reads a control channel of phase 2, and learns from it what voice is scrambled with', () => {
    const idle = '30 00000A 93';
    const says = [NETWORK, TABLE, GRANT, idle];
    const { decoder, events } = listen({});
    feed(
      decoder,
      superframes(4, (slot) => macBurst(DUID.LCCH_CLEAR, octets(`00 ${says[slot % says.length]}`), 0x3c1)),
    );
    const { mac, mac_bad, lcch } = decoder.counters();
    assert.deepEqual([mac_bad, mac === lcch, mac >= 46], [0, true, true]);
    const grants = events.filter(({ type }) => type === 'grant');
    assert.deepEqual(
      [grants[1].talkgroup, grants[1].source, grants[1].frequency, grants[1].slot, grants[1].nac],
      [9101, 700001, 852_500_000, 1, '3C1'],
    );
    const system = events.find(({ type }) => type === 'system');
    assert.deepEqual([system?.wacn, system?.system], ['92F70', '3C5']);
    // A scrambled burst can be read now.
    feed(
      decoder,
      superframes(2, () => macBurst(DUID.FACCH, octets('80 01 04 238D 0AAE61'))),
      4 * 360,
    );
    const after = decoder.counters();
    assert.equal(after.no_scrambling, 0);
    assert.equal(after.facch, 24);
    assert.equal(after.mac_bad, 0);
    assert.ok(events.some(({ type, talkgroup }) => type === 'talker' && talkgroup === 9101));
  });

  it('tells an encrypted transmission by its encryption sync alone', () => {
    const voice = voiceBursts(octets('84 0007 0123456789ABCDEF01'));
    const idle = macBurst(DUID.SACCH, octets('80 08 13'));
    const { decoder, events } = listen({ ...KEY, slot: 0 });
    feed(
      decoder,
      superframes(3, (slot) => (slot < 10 ? voice[slot >> 1] : idle)),
    );
    const found = events.filter(({ type }) => type === 'encryption');
    assert.ok(found.length >= 2);
    const { encrypted, algorithm_name, key_id, message_indicator } = found[0];
    assert.deepEqual(
      [encrypted, algorithm_name, key_id, message_indicator],
      [true, 'AES-256', 7, '0123456789ABCDEF01'],
    );
  });

  it('corrects what Reed-Solomon can, and erases a part of the encryption sync that was lost', () => {
    const random = uniform(12);
    const { decoder } = listen(KEY);
    const voice = voiceBursts(octets('80 0000 000000000000000000'));
    const symbols = superframes(8, (slot) =>
      slot < 10 ? voice[slot >> 1] : macBurst(DUID.SACCH, octets('80 01 04 238D 0AAE61')),
    );
    const slots = symbols.length / 720;
    for (let slot = 0; slot < slots; slot++) {
      const from = 720 * slot;
      // Ten symbols of each control burst wrong, and beyond doubt; the second voice burst lost.
      if (slot % 12 >= 10)
        for (let i = 0; i < 10; i++) {
          const at = from + 4 * (21 + Math.floor(random() * 158));
          symbols.subarray(at, at + 4).reverse();
        }
      else if (slot % 12 === 2 || slot % 12 === 3) symbols.fill(0, from + 80, from + 720);
    }
    feed(decoder, symbols);
    const { mac, mac_bad, ess_ok, ess_bad, rs_corrected } = decoder.counters();
    assert.ok(mac >= 14 && mac_bad <= 2, `${mac} read, ${mac_bad} not`);
    assert.ok(rs_corrected > 100);
    assert.ok(ess_ok >= 14 && ess_bad === 0, `${ess_ok} read, ${ess_bad} not`);
    assert.deepEqual([...new Set(CHANNEL_OF)], [0, 1]);
  });
});
