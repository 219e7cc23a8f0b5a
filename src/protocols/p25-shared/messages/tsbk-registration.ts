import type { Octets } from '../octets';
import { affiliation, answered } from './answers';
import { type MessageTable, messageTable } from './definition';

/** Home WACN and system in octets 3-6 and the unit in 7-9, as the roaming messages have them. */
const home = (o: Octets): Record<string, unknown> => ({ wacn: o.wacn(3), system: o.system(5), target: o.u24(7) });

/** Affiliation, registration, authentication and roaming, outbound (TIA-102.AABC-E 6.2). */
export const TSBK_REGISTRATION: MessageTable = messageTable([
  {
    opcode: 0x28,
    name: 'GRP_AFF_RSP',
    parse: (o) => ({
      ...affiliation(o, 2, 3),
      source: o.u24(7),
    }),
  },
  {
    opcode: 0x2a,
    name: 'GRP_AFF_Q',
    parse: (o) => ({ type: 'affiliation_query', target: o.u24(4), source: o.u24(7) }),
  },
  {
    opcode: 0x2b,
    name: 'LOC_REG_RSP',
    parse: (o) => ({
      type: 'location_registration',
      ...answered(o.u8(2)),
      talkgroup: o.u16(3),
      rfss: o.u8(5),
      site: o.u8(6),
      source: o.u24(7),
    }),
  },
  {
    opcode: 0x2c,
    name: 'U_REG_RSP',
    parse: (o) => ({
      type: 'registration',
      ...answered(o.u8(2) >> 4),
      system: o.system(2),
      source_id: o.u24(4),
      source: o.u24(7),
    }),
  },
  {
    opcode: 0x2d,
    name: 'U_REG_CMD',
    parse: (o) => ({ type: 'registration_command', target: o.u24(4), source: o.u24(7) }),
  },
  { opcode: 0x2e, name: 'AUTH_CMD', parse: (o) => ({ type: 'authentication_command', ...home(o) }) },
  {
    opcode: 0x2f,
    name: 'U_DE_REG_ACK',
    parse: (o) => ({ type: 'deregistration', wacn: o.wacn(3), system: o.system(5), source: o.u24(7) }),
  },
  // What precedes the target is not settled: its home, or a part of the challenge, which is sent in several blocks.
  { opcode: 0x31, name: 'AUTH_DMD', parse: (o) => ({ type: 'authentication_demand', target: o.u24(7), hex: o.hex() }) },
  {
    opcode: 0x32,
    name: 'AUTH_FNE_RESP',
    parse: (o) => ({ type: 'authentication_response', response: o.hex(3, 7), target: o.u24(7) }),
  },
  { opcode: 0x36, name: 'ROAM_ADDR_CMD', parse: (o) => ({ type: 'roaming_address', operation: o.u8(2), ...home(o) }) },
  {
    opcode: 0x37,
    name: 'ROAM_ADDR_UPDT',
    parse: (o) => ({ type: 'roaming_address', last: o.flag(2, 7), sequence: o.u8(2) & 0x0f, ...home(o) }),
  },
]);
