import type { BandPlan } from '../../p25-shared/band-plan';
import { type MessageEvent, type MessageTable, messageTable } from '../../p25-shared/messages/definition';
import { grant } from '../../p25-shared/messages/grant';
import { homeAt, targetHome } from '../../p25-shared/messages/home';
import { radioMonitor } from '../../p25-shared/messages/radio-monitor';
import { unitStatus } from '../../p25-shared/messages/unit-messages';
import { algorithmName } from '../../p25-shared/names';
import type { Octets } from '../../p25-shared/octets';
import { subscriber } from './unique';

/** A message that goes on in further PDUs. */
export interface MultiFragment {
  opcode: number;
  name: string;
  /** Octets of its data, from their own count (octet 0) to the CRC-16 at the end. */
  octets: number;
  /** Reads the data. */
  parse(data: Octets, bands: BandPlan): MessageEvent;
}

/** Home and number there of the unit a message is for. */
const targetAt = (o: Octets, at: number): Record<string, unknown> => ({
  ...targetHome(homeAt(o, at)),
  target_id: o.u24(at + 4),
});

const unitGrant =
  (update: boolean) =>
  (o: Octets, bands: BandPlan): MessageEvent =>
    grant({
      update,
      options: o.u8(1),
      channel: bands.channel(o.u16(12)),
      uplink: bands.channel(o.u16(14)),
      target: o.u24(16),
      source: o.u24(2),
      ...subscriber(o, 5),
      ...targetAt(o, 19),
    });

/** Octets 3 to 22 of the messages between units: whom they are for, whom they are from, and where both are at home. */
const between = (o: Octets): Record<string, unknown> => ({
  target: o.u24(3),
  ...subscriber(o, 6),
  source: o.u24(13),
  ...targetAt(o, 16),
});

/** Messages too long for a PDU, which only control channels of phase 2 send (TIA-102.BBAD-A 3). */
const ALL: readonly MultiFragment[] = [
  {
    opcode: 0x71,
    name: 'AUTH_DMD',
    octets: 28,
    parse: (o) => ({
      type: 'authentication_demand',
      target: o.u24(1),
      ...targetAt(o, 4),
      seed: o.hex(11, 21),
      challenge: o.hex(21, 26),
    }),
  },
  { opcode: 0xc7, name: 'UU_V_CH_GRANT_UPDT_LCCH', octets: 28, parse: unitGrant(true) },
  {
    opcode: 0xcb,
    name: 'CALL_ALRT_LCCH',
    octets: 23,
    parse: (o) => ({
      type: 'call_alert',
      source: o.u24(1),
      ...subscriber(o, 4),
      target: o.u24(11),
      ...targetAt(o, 14),
    }),
  },
  {
    opcode: 0xcd,
    name: 'RAD_MON_CMD_LCCH',
    octets: 25,
    parse: (o) => ({ ...radioMonitor(o, 1), ...between(o) }),
  },
  {
    opcode: 0xce,
    name: 'MSG_UPDT_LCCH',
    octets: 25,
    parse: (o) => ({ type: 'short_message', code: o.u16(1), ...between(o) }),
  },
  { opcode: 0xcf, name: 'UU_V_CH_GRANT_LCCH', octets: 28, parse: unitGrant(false) },
  {
    opcode: 0xd9,
    name: 'STS_UPDT_LCCH',
    octets: 25,
    parse: (o) => ({ ...unitStatus(o, 1), ...between(o) }),
  },
  {
    opcode: 0xdb,
    name: 'STS_Q_LCCH',
    octets: 23,
    parse: (o) => ({
      type: 'status_query',
      target: o.u24(1),
      ...subscriber(o, 4),
      source: o.u24(11),
      ...targetAt(o, 14),
    }),
  },
  {
    opcode: 0xde,
    name: 'RAD_MON_ENH_CMD_EXT',
    octets: 34,
    parse: (o) => ({
      type: 'radio_monitor',
      target: o.u24(1),
      ...subscriber(o, 4),
      silent: o.flag(11, 7),
      // The monitored unit calls this group; else the unit that asked.
      ...(o.flag(11, 6) && {
        group_wacn: o.wacn(26),
        group_system: o.system(28),
        group_id: o.u16(30),
      }),
      transmit_seconds: o.u8(12),
      key_id: o.u16(13),
      algorithm: o.u8(15),
      algorithm_name: algorithmName(o.u8(15)),
      source: o.u24(16),
      ...targetAt(o, 19),
    }),
  },
  {
    opcode: 0xe0,
    name: 'ACK_RSP_FNE_EXT',
    octets: 24,
    parse: (o) => ({
      type: 'acknowledge',
      service: o.u8(1) & 0x3f,
      ...subscriber(o, 2),
      ...targetAt(o, 9),
      source: o.u24(16),
      target: o.u24(19),
    }),
  },
];

export const MULTI_FRAGMENT: ReadonlyMap<string, MultiFragment> = new Map(ALL.map((one) => [one.name, one]));

/** Their first fragments: known by name. */
export const BEGUN: MessageTable = messageTable(
  ALL.map(({ opcode, name }) => ({
    opcode,
    name,
    least: 3,
    parse: (o) => ({ type: 'multi_block', hex: o.hex() }),
  })),
);
