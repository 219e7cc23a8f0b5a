import { acknowledged, denied, queued } from './answers';
import { type MessageTable, messageTable } from './definition';
import { protectionParameters } from './protection';
import { radioMonitor } from './radio-monitor';
import { raw } from './raw';
import { TSBK_INBOUND } from './tsbk-inbound';
import { extendedFunction, unitStatus } from './unit-messages';

/** Messages between units and answers to their requests, outbound (TIA-102.AABC-E 6.2). */
export const TSBK_STATUS: MessageTable = messageTable([
  {
    opcode: 0x18,
    name: 'STS_UPDT',
    parse: (o) => ({
      ...unitStatus(o, 2),
      target: o.u24(4),
      source: o.u24(7),
    }),
  },
  { opcode: 0x1a, name: 'STS_Q', parse: (o) => ({ type: 'status_query', target: o.u24(4), source: o.u24(7) }) },
  {
    opcode: 0x1c,
    name: 'MSG_UPDT',
    parse: (o) => ({ type: 'short_message', code: o.u16(2), target: o.u24(4), source: o.u24(7) }),
  },
  {
    opcode: 0x1d,
    name: 'RAD_MON_CMD',
    parse: (o) => ({
      ...radioMonitor(o),
      source: o.u24(4),
      target: o.u24(7),
    }),
  },
  { opcode: 0x1e, name: 'RAD_MON_ENH_CMD', parse: raw('radio_monitor') },
  { opcode: 0x1f, name: 'CALL_ALRT', parse: (o) => ({ type: 'call_alert', target: o.u24(4), source: o.u24(7) }) },
  {
    opcode: 0x20,
    name: 'ACK_RSP_FNE',
    // The middle of the message is the target's home system when EX is set, else the source (6.2.1).
    parse: acknowledged(TSBK_INBOUND, (o) =>
      o.flag(2, 6) ? { target_wacn: o.wacn(3), target_system: o.system(5) } : o.flag(2, 7) ? { source: o.u24(4) } : {},
    ),
  },
  { opcode: 0x21, name: 'QUE_RSP', parse: queued(TSBK_INBOUND) },
  {
    opcode: 0x24,
    name: 'EXT_FNCT_CMD',
    parse: (o) => ({ ...extendedFunction(o, 2), target: o.u24(7) }),
  },
  { opcode: 0x27, name: 'DENY_RSP', parse: denied(TSBK_INBOUND) },
  { opcode: 0x3f, name: 'P_PARM_UPDT', parse: (o) => protectionParameters(o, 4) },
]);
