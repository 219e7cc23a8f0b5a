import { affiliation, answered } from './answers';
import { type MessageTable, messageTable } from './definition';
import { addressStack, fromAfar, splitHome, targetHome } from './home';

/** Affiliation, registration, authentication and roaming, outbound (TIA-102.AABC-E 6.2). */
export const MULTI_BLOCK_REGISTRATION: MessageTable = messageTable([
  {
    opcode: 0x28,
    name: 'GRP_AFF_RSP',
    parse: (o) => ({
      ...affiliation(o, 20, 16),
      source: o.u24(3),
    }),
  },
  { opcode: 0x2a, name: 'GRP_AFF_Q', parse: (o) => ({ type: 'affiliation_query', ...fromAfar(o) }) },
  {
    opcode: 0x2c,
    name: 'U_REG_RSP',
    parse: (o) => ({
      type: 'registration',
      ...answered(o.u8(17)),
      ...splitHome(o),
      source_id: o.u24(14),
      source: o.u24(3),
    }),
  },
  {
    opcode: 0x31,
    name: 'AUTH_DMD',
    blocks: 2,
    parse: (o) => ({
      type: 'authentication_demand',
      ...splitHome(o),
      target: o.u24(14),
      seed: o.hex(17, 27),
      challenge: o.hex(27, 32),
    }),
  },
  {
    opcode: 0x32,
    name: 'AUTH_FNE_RESP',
    parse: (o) => ({
      type: 'authentication_response',
      ...targetHome(splitHome(o)),
      target: o.u24(14),
      response: o.hex(17, 21),
    }),
  },
  {
    opcode: 0x37,
    name: 'ROAM_ADDR_UPDT',
    parse: (o) => ({ type: 'roaming_address', target: o.u24(3), ...addressStack(o) }),
  },
]);
