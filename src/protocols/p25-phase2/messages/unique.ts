import type { BandPlan } from '../../p25-shared/band-plan';
import { type MessageEvent, type MessageTable, messageTable, type Parser } from '../../p25-shared/messages/definition';
import { grant } from '../../p25-shared/messages/grant';
import { homeAt, sourceHome } from '../../p25-shared/messages/home';
import { talker } from '../../p25-shared/messages/lc-calls';
import { hex, type Octets } from '../../p25-shared/octets';

/** Identity of a unit with its home: WACN, system, unit. */
export const subscriber = (o: Octets, at: number): Record<string, unknown> => ({
  ...sourceHome(homeAt(o, at)),
  source_id: o.u24(at + 4),
});

/** A unit that is only named by its home: WACN, system, and the number it has there. */
export const caller = (o: Octets, at: number): Record<string, unknown> => ({
  source: o.u24(at + 4),
  ...sourceHome(homeAt(o, at)),
});

/** Service options, the channels of both directions and the group, as the explicit messages have them from octet `at` on. */
export const explicitGroup = (o: Octets, bands: BandPlan, at: number) => ({
  options: o.u8(at),
  channel: bands.channel(o.u16(at + 1)),
  uplink: bands.channel(o.u16(at + 3)),
  talkgroup: o.u16(at + 5),
});

/** Of the grants in one message the first of each group: unused places repeat one or have group 0. */
export const distinctGroups = (grants: MessageEvent[]): MessageEvent[] =>
  grants.filter(
    ({ talkgroup }, i) => talkgroup !== 0 && grants.findIndex((other) => other.talkgroup === talkgroup) === i,
  );

/** Signal quality codes of power control (TIA-102.BBAD): what they stand for is the site's own. */
const powerControl: Parser = (o) => ({
  type: 'power_control',
  target: o.u24(1),
  rf_level: o.u8(4) >> 4,
  bit_error_rate: o.u8(4) & 15,
});

const groupUpdates: Parser = (o, bands) =>
  distinctGroups(
    [1, 6, 11].map((at) =>
      grant({ update: true, options: o.u8(at), channel: bands.channel(o.u16(at + 1)), talkgroup: o.u16(at + 3) }),
    ),
  );

const groupUpdatesExplicit: Parser = (o, bands) =>
  distinctGroups([1, 8].map((at) => grant({ update: true, ...explicitGroup(o, bands, at) })));

/** Up to four addresses of `octets` each from octet 2 on. */
const paged = (o: Octets, octets: 2 | 3): number[] =>
  Array.from({ length: (o.u8(1) & 3) + 1 }, (_, i) => (octets === 2 ? o.u16(2 + 2 * i) : o.u24(2 + 3 * i)));

/** Messages that only TDMA channels have (TIA-102.BBAD, b1b2 = 00), and one that Harris systems send without their id. */
export const UNIQUE: MessageTable = messageTable([
  {
    opcode: 0x01,
    name: 'GRP_V_CH_USR',
    least: 7,
    parse: (o) => talker(o.u8(1), { talkgroup: o.u16(2), source: o.u24(4) }),
  },
  {
    opcode: 0x02,
    name: 'UU_V_CH_USR',
    least: 8,
    parse: (o) => talker(o.u8(1), { target: o.u24(2), source: o.u24(5) }),
  },
  {
    opcode: 0x03,
    name: 'TELE_INT_V_CH_USR',
    least: 7,
    parse: (o) => talker(o.u8(1), { target: o.u24(4), telephone: true, call_timer_ms: o.u16(2) * 100 }),
  },
  { opcode: 0x05, name: 'GRP_V_CH_GRANT_UPDT_MULT', least: 16, parse: groupUpdates },
  { opcode: 0x08, name: 'NULL_AVOID_ZERO_BIAS', least: 2, parse: () => [] },
  { opcode: 0x10, name: 'MULTI_FRAGMENT', least: 2, parse: (o) => ({ type: 'fragment', hex: o.hex(2) }) },
  {
    opcode: 0x11,
    name: 'IND_GRP_PAGING',
    least: 4,
    parse: (o) => ({ type: 'group_page', talkgroups: paged(o, 2) }),
  },
  {
    opcode: 0x12,
    name: 'IND_PAGING_PRIORITY',
    least: 5,
    parse: (o) => ({
      type: 'unit_page',
      targets: paged(o, 3),
      urgent: paged(o, 3).map((_, i) => o.flag(1, 7 - i)),
    }),
  },
  {
    opcode: 0x21,
    name: 'GRP_V_CH_USR_EXT',
    least: 14,
    parse: (o) => talker(o.u8(1), { talkgroup: o.u16(2), source: o.u24(4), ...subscriber(o, 7) }),
  },
  {
    opcode: 0x22,
    name: 'UU_V_CH_USR_EXT',
    least: 15,
    parse: (o) => talker(o.u8(1), { target: o.u24(2), source: o.u24(5), ...subscriber(o, 8) }),
  },
  { opcode: 0x25, name: 'GRP_V_CH_GRANT_UPDT_MULT_EXP', least: 15, parse: groupUpdatesExplicit },
  { opcode: 0x30, name: 'POWER_CONTROL_SIGNAL_QUALITY', least: 5, parse: powerControl },
  {
    opcode: 0x31,
    name: 'MAC_RELEASE',
    least: 7,
    parse: (o) => ({
      type: 'call_preempted',
      forced: o.flag(1, 7),
      /** The talker is taken the channel, not the whole call. */
      talker_only: o.flag(1, 6),
      target: o.u24(2),
      color_code: hex(o.u16(5) & 0xfff, 3),
    }),
  },
  {
    opcode: 0x90,
    name: 'GRG_V_CH_USR',
    least: 7,
    parse: (o) => talker(o.u8(1), { talkgroup: o.u16(2), source: o.u24(4), supergroup: true }),
  },
]);
