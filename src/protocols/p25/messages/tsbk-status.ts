import { algorithmName, denyReason, functionName, queueReason } from '../names';
import type { Octets } from '../octets';
import { type MessageTable, messageTable } from './definition';

/** Service the response is about, and whether its additional information is valid. */
const about = (o: Octets): Record<string, unknown> => ({
  service: o.u8(2) & 0x3f,
  ...(o.flag(2, 7) && { additional: o.u24(4) }),
});

/** Messages between units and answers to their requests, outbound (TIA-102.AABC 6.2). */
export const TSBK_STATUS: MessageTable = messageTable([
  {
    opcode: 0x18,
    name: 'STS_UPDT',
    parse: (o) => ({
      type: 'status',
      unit_status: o.u8(2),
      user_status: o.u8(3),
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
      type: 'radio_monitor',
      transmit_multiplier: o.u8(3) & 3,
      source: o.u24(4),
      target: o.u24(7),
    }),
  },
  { opcode: 0x1e, name: 'RAD_MON_ENH_CMD', parse: (o) => ({ type: 'radio_monitor', enhanced: true, hex: o.hex() }) },
  { opcode: 0x1f, name: 'CALL_ALRT', parse: (o) => ({ type: 'call_alert', target: o.u24(4), source: o.u24(7) }) },
  {
    opcode: 0x20,
    name: 'ACK_RSP_FNE',
    // The middle of the message is the target's home system when EX is set, else the source (6.2.1).
    parse: (o) => ({
      type: 'acknowledge',
      service: o.u8(2) & 0x3f,
      target: o.u24(7),
      ...(o.flag(2, 6) ? { target_wacn: o.wacn(3), target_system: o.system(5) } : o.flag(2, 7) && { source: o.u24(4) }),
    }),
  },
  {
    opcode: 0x21,
    name: 'QUE_RSP',
    parse: (o) => ({
      type: 'queued',
      ...about(o),
      reason: o.u8(3),
      reason_name: queueReason(o.u8(3)),
      target: o.u24(7),
    }),
  },
  {
    opcode: 0x24,
    name: 'EXT_FNCT_CMD',
    parse: (o) => ({
      type: 'extended_function',
      function: o.u16(2),
      function_name: functionName(o.u16(2)),
      argument: o.u24(4),
      target: o.u24(7),
    }),
  },
  {
    opcode: 0x27,
    name: 'DENY_RSP',
    parse: (o) => ({
      type: 'deny',
      ...about(o),
      reason: o.u8(3),
      reason_name: denyReason(o.u8(3)),
      target: o.u24(7),
    }),
  },
  {
    opcode: 0x3f,
    name: 'P_PARM_UPDT',
    parse: (o) => ({
      type: 'protection_parameters',
      algorithm: o.u8(4),
      algorithm_name: algorithmName(o.u8(4)),
      key_id: o.u16(5),
      target: o.u24(7),
    }),
  },
]);
