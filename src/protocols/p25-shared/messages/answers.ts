import { denyReason, queueReason, responseName } from '../names';
import type { Octets } from '../octets';
import type { MessageEvent, MessageTable, Parser } from './definition';

/** How a registration or affiliation went: the two lowest bits of `code`. */
export const answered = (code: number): Record<string, unknown> => ({
  response: responseName(code),
  accepted: (code & 3) === 0,
});

/** An affiliation's answer in octet `answerAt`; from `groupsAt` on the announcement group and the group. */
export const affiliation = (o: Octets, answerAt: number, groupsAt: number): MessageEvent => ({
  type: 'affiliation',
  ...answered(o.u8(answerAt)),
  global: o.flag(answerAt, 7),
  announcement_group: o.u16(groupsAt),
  talkgroup: o.u16(groupsAt + 2),
});

/** Request for a group call, whose answers name the group as additional information. */
const GROUP_VOICE_REQUEST = 0x00;

/** The request that an answer is about, by its opcode among the inbound messages of `requests`. */
const about = (o: Octets, requests: MessageTable): Record<string, unknown> => {
  const service = o.u8(2) & 0x3f;
  const name = requests[service]?.name;
  return { service, ...(name && { service_name: name }) };
};

/** Octets 4-6, if bit 7 of octet 2 says so: for a group call its options and group, else the other unit. */
const additional = (o: Octets): Record<string, unknown> => ({
  ...(o.flag(2, 7) && { additional: o.u24(4) }),
  ...(o.flag(2, 7) && (o.u8(2) & 0x3f) === GROUP_VOICE_REQUEST && { talkgroup: o.u16(5) }),
});

/** A request must wait. */
export const queued =
  (requests: MessageTable): Parser =>
  (o) => ({
    type: 'queued',
    ...about(o, requests),
    reason: o.u8(3),
    reason_name: queueReason(o.u8(3)),
    ...additional(o),
    target: o.u24(7),
  });

/** A request is refused. */
export const denied =
  (requests: MessageTable): Parser =>
  (o) => ({
    type: 'deny',
    ...about(o, requests),
    reason: o.u8(3),
    reason_name: denyReason(o.u8(3)),
    ...additional(o),
    target: o.u24(7),
  });

/** A request was heard; the middle of the message is `middle`'s to read. */
export const acknowledged =
  (requests: MessageTable, middle: (o: Octets) => Record<string, unknown>): Parser =>
  (o) => ({ type: 'acknowledge', ...about(o, requests), ...middle(o), target: o.u24(7) });
