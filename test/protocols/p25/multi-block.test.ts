import assert from 'node:assert/strict';
import { BandPlan } from '../../../src/protocols/p25-shared/band-plan';
import type { MessageEvent } from '../../../src/protocols/p25-shared/messages/definition';
import { parseMultiBlock } from '../../../src/protocols/p25-shared/messages/multi-block';
import { SystemState } from '../../../src/protocols/p25-shared/system-state';
import { octets } from './frames';

const read = (hex: string, bands = new BandPlan()): MessageEvent => {
  const events = parseMultiBlock(octets(hex), bands);
  assert.equal(events.length, 1);
  return events[0];
};

describe('P25 multi-block messages', () => {
  it('read the network status with both channels', () => {
    const bands = new BandPlan({ 2: { base: 851e6, spacing: 6250 } });
    const network = read('37FD00 05 014C 81 3B 0000 0000 BEE000 2064 20C8 70 00000000', bands);
    assert.equal(network.wacn, 'BEE00');
    assert.equal(network.system, '14C');
    assert.equal(network.lra, 5);
    assert.equal(network.control_channel, '2-100');
    assert.equal(network.control_frequency, 851_625_000);
    assert.equal(network.uplink_channel, '2-200');
  });

  it('read grants across systems', () => {
    const unit = read('37FD00 0AAE62 82 04 40 92 0000 92F70 3C5 0AAE61 0AAE62 2140 FFFF F703C5 0AAE62 00000000');
    assert.deepEqual(
      [unit.target, unit.source, unit.source_wacn, unit.source_system, unit.channel, unit.encrypted],
      [700002, 700001, '92F70', '3C5', '2-320', true],
    );
    const group = read('37FD00 0AAE61 81 00 84 00 0000 0000 20F0 20F1 238D 00000000');
    assert.deepEqual(
      [group.talkgroup, group.source, group.channel, group.uplink_channel, group.emergency],
      [9101, 700001, '2-240', '2-241', true],
    );
    const patch = read('37FD90 0AAE61 81 02 40 00 0000 20F0 20F1 0FFF 0000 00000000');
    assert.deepEqual([patch.talkgroup, patch.supergroup, patch.encrypted, patch.channel], [4095, true, true, '2-240']);
  });

  it('read who sends a status or message from afar', () => {
    const status = read('37FD00 0AAE62 82 18 BEE0 0000 714C 0AAE61 0203 0000000000 0000000000000000 00000000');
    assert.deepEqual(
      [status.target, status.source, status.source_wacn, status.source_system, status.unit_status, status.user_status],
      [700002, 700001, 'BEE07', '14C', 2, 3],
    );
  });

  it("do not mix another system's channel identifiers with this one's", () => {
    const bands = new BandPlan();
    const state = new SystemState(bands);
    const iden = (wacn: string, system: string): string =>
      `37FD00 23 ${wacn.slice(0, 4)} 81 33 ${wacn.slice(4)}${system} 0000 0A250BC0 05A032 000000 00000000`;
    state.observe({ type: 'network_status', wacn: 'BEE00', system: '14C' });
    const foreign = read(iden('BEE01', '2AB'));
    assert.deepEqual([foreign.wacn, foreign.system, foreign.identifier], ['BEE01', '2AB', 2]);
    state.observe(foreign);
    assert.equal(bands.channel(0x2000).frequency, null);
    state.observe(read(iden('BEE00', '14C')));
    assert.equal(bands.channel(0x2000).frequency, 851_000_000);
  });

  it('give no frequency for a site with another band plan', () => {
    const bands = new BandPlan({ 2: { base: 851e6, spacing: 6250 } });
    const site = read('37FD00 01 32AB 81 3E 02 11 0000 2064 20C8 70 BEE010 00000000', bands);
    assert.deepEqual(
      [site.system, site.rfss, site.site, site.wacn, site.control_channel, site.control_frequency, site.valid],
      ['2AB', 2, 17, 'BEE01', '2-100', null, true],
    );
  });

  it('are named when their fields are not read', () => {
    const inbound = read('17FD00 0AAE61 81 2C 0000 0000 000000000000000000000000');
    assert.deepEqual([inbound.type, inbound.message, inbound.source], ['multi_block', 'U_REG_REQ', 700001]);
    const roaming = read('37FD00 0AAE61 81 37 0000 0000 000000000000000000000000');
    assert.deepEqual([roaming.message, roaming.target], ['ROAM_ADDR_UPDT', 700001]);
    // The standard header has the opcode in its first data block.
    const dialled = read('55FD00 0AAE61 81 00 0000 0000 08 0A 00 1234567890 00000000');
    assert.deepEqual([dialled.message, dialled.source], ['TELE_INT_DIAL_REQ', 700001]);
    // One data block less than the message has.
    assert.equal(read('37FD00 0AAE62 81 04 40 92 0000 000000000000000000000000').type, 'multi_block');
    assert.equal(read('37FD22 0AAE61 81 37 0000 0000 000000000000000000000000').type, 'unknown');
  });
});
