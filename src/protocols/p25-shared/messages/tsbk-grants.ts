import { dataServiceOptions, serviceOptions } from '../service-options';
import { type MessageTable, messageTable } from './definition';
import {
  dataChannel,
  dataGrant,
  groupGrant,
  groupUpdateExplicit,
  groupUpdates,
  telephoneGrant,
  unitGrant,
} from './grant';
import { telephoneNumber } from './telephone';

const DATA = { data: true };

/** Voice and data service messages, outbound (TIA-102.AABC-E 4.2, 5.2). */
export const TSBK_GRANTS: MessageTable = messageTable([
  { opcode: 0x00, name: 'GRP_V_CH_GRANT', parse: groupGrant(2) },
  { opcode: 0x02, name: 'GRP_V_CH_GRANT_UPDT', parse: groupUpdates(2) },
  { opcode: 0x03, name: 'GRP_V_CH_GRANT_UPDT_EXP', parse: groupUpdateExplicit() },
  { opcode: 0x04, name: 'UU_V_CH_GRANT', parse: unitGrant(false) },
  {
    opcode: 0x05,
    name: 'UU_ANS_REQ',
    parse: (o) => ({
      type: 'unit_call_request',
      target: o.u24(4),
      source: o.u24(7),
      ...serviceOptions(o.u8(2)),
    }),
  },
  { opcode: 0x06, name: 'UU_V_CH_GRANT_UPDT', parse: unitGrant(true) },
  { opcode: 0x08, name: 'TELE_INT_CH_GRANT', parse: telephoneGrant(false, 2) },
  { opcode: 0x09, name: 'TELE_INT_CH_GRANT_UPDT', parse: telephoneGrant(true, 2) },
  {
    opcode: 0x0a,
    name: 'TELE_INT_ANS_REQ',
    parse: (o) => ({ type: 'telephone_call_request', digits: telephoneNumber(o, 2, 10), target: o.u24(7) }),
  },
  { opcode: 0x10, name: 'IND_DATA_CH_GRANT', parse: unitGrant(false, DATA) },
  { opcode: 0x11, name: 'GRP_DATA_CH_GRANT', parse: groupGrant(2, DATA) },
  { opcode: 0x12, name: 'GRP_DATA_CH_ANN', parse: groupUpdates(2, DATA) },
  { opcode: 0x13, name: 'GRP_DATA_CH_ANN_EXP', parse: groupUpdateExplicit(DATA) },
  { opcode: 0x14, name: 'SN-DATA_CHN_GNT', parse: dataGrant },
  {
    opcode: 0x15,
    name: 'SN-DATA_PAGE_REQ',
    parse: (o) => ({
      type: 'data_page',
      ...dataServiceOptions(o.u8(2)),
      access_control: o.u16(5),
      target: o.u24(7),
    }),
  },
  { opcode: 0x16, name: 'SN-DATA_CHN_ANN_EXP', parse: dataChannel(3) },
]);
