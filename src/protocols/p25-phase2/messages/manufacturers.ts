import { readHarrisPosition } from '../../p25-shared/harris-position';
import { type MessageTable, messageTable, type Parser } from '../../p25-shared/messages/definition';
import { grant, groupGrant } from '../../p25-shared/messages/grant';
import { talker } from '../../p25-shared/messages/lc-calls';
import { harrisPatch, patchDelete } from '../../p25-shared/messages/patch';
import { extendedFunction } from '../../p25-shared/messages/unit-messages';
import { algorithmName, denyReason, queueReason } from '../../p25-shared/names';
import { Octets } from '../../p25-shared/octets';
import { distinctGroups, explicitGroup, subscriber } from './unique';

const SUPERGROUP = { supergroup: true };

/** Talkgroups from octet `at` to the message's end; unused places repeat one or are 0. */
const groups = (o: Octets, at: number): number[] => {
  const end = Math.min(o.bytes.length, Math.max(at, o.u8(2) & 0x3f));
  const found = new Set<number>();
  for (let i = at; i + 1 < end; i += 2) if (o.u16(i) !== 0) found.add(o.u16(i));
  return [...found];
};

/** Motorola's messages (manufacturer id 0x90), as public decoders agree on them. */
export const MOTOROLA: MessageTable = messageTable([
  {
    opcode: 0x80,
    name: 'MOT_GRG_V_CH_USR',
    least: 8,
    parse: (o) => talker(o.u8(2), { talkgroup: o.u16(3), source: o.u24(5), ...SUPERGROUP }),
  },
  {
    opcode: 0x81,
    name: 'MOT_GRG_ADD_CMD',
    least: 7,
    parse: (o) => ({ type: 'patch', action: 'add', supergroup: o.u16(3), talkgroups: groups(o, 5) }),
  },
  {
    opcode: 0x83,
    name: 'MOT_GRG_V_CH_UPDT',
    least: 7,
    parse: (o, bands) =>
      grant({
        update: true,
        options: o.u8(2),
        channel: bands.channel(o.u16(5)),
        talkgroup: o.u16(3),
        ...SUPERGROUP,
      }),
  },
  {
    opcode: 0x84,
    name: 'MOT_EXT_FNCT_CMD',
    least: 11,
    parse: (o) => ({ ...extendedFunction(o, 3), target: o.u24(8) }),
  },
  {
    opcode: 0x89,
    name: 'MOT_GRG_DEL_CMD',
    least: 7,
    parse: (o) => patchDelete(o.u16(3), groups(o, 5)),
  },
  {
    opcode: 0x8b,
    name: 'MOT_TDMA_DATA_CHANNEL',
    least: 6,
    parse: (o, bands) => ({ type: 'data_channel', ...bands.channel(o.u16(4)) }),
  },
  {
    opcode: 0x91,
    name: 'MOT_TALKER_ALIAS_HEADER',
    least: 17,
    parse: (o) => ({
      type: 'talker_alias',
      talkgroup: o.u16(3),
      blocks: o.u8(5),
      sequence: o.u8(8) >> 4,
      ...subscriber(o, 9),
      hex: o.hex(),
    }),
  },
  {
    opcode: 0x95,
    name: 'MOT_TALKER_ALIAS_BLOCK',
    least: 6,
    parse: (o) => ({ type: 'talker_alias', block: o.u8(3), sequence: o.u8(4) >> 4, hex: o.hex() }),
  },
  {
    opcode: 0xa0,
    name: 'MOT_GRG_V_CH_USR_EXT',
    least: 16,
    parse: (o) => talker(o.u8(3), { talkgroup: o.u16(4), source: o.u24(6), ...SUPERGROUP, ...subscriber(o, 9) }),
  },
  { opcode: 0xa3, name: 'MOT_GRG_CN_GRANT', least: 11, parse: groupGrant(3, SUPERGROUP) },
  {
    opcode: 0xa4,
    name: 'MOT_GRG_CN_GRANT_EXP',
    least: 13,
    parse: (o, bands) => grant({ update: false, ...explicitGroup(o, bands, 3), source: o.u24(10), ...SUPERGROUP }),
  },
  {
    opcode: 0xa5,
    name: 'MOT_GRG_CN_GRANT_UPDT',
    least: 11,
    parse: (o, bands) =>
      distinctGroups(
        [3, 7].map((at) =>
          grant({
            update: true,
            options: null,
            channel: bands.channel(o.u16(at)),
            talkgroup: o.u16(at + 2),
            ...SUPERGROUP,
          }),
        ),
      ),
  },
  {
    opcode: 0xa6,
    name: 'MOT_QUE_RSP',
    least: 11,
    parse: (o) => ({
      type: 'queued',
      service: o.u8(3) & 0x3f,
      reason: o.u8(4),
      reason_name: queueReason(o.u8(4)),
      ...(o.flag(3, 7) && { additional: o.u24(5) }),
      target: o.u24(8),
    }),
  },
  {
    opcode: 0xa7,
    name: 'MOT_DENY_RSP',
    least: 11,
    parse: (o) => ({
      type: 'deny',
      service: o.u8(3) & 0x3f,
      reason: o.u8(4),
      reason_name: denyReason(o.u8(4)),
      ...(o.flag(3, 7) && { additional: o.u24(5) }),
      target: o.u24(8),
    }),
  },
  {
    opcode: 0xa8,
    name: 'MOT_ACK_RSP_FNE',
    least: 10,
    parse: (o) => ({ type: 'acknowledge', service: o.u8(3) & 0x3f, source: o.u24(4), target: o.u24(7) }),
  },
]);

/** Printable characters from octet 3 to the message's end. */
const alias: Parser = (o) => {
  const text = Array.from(o.bytes.subarray(3), (code) => (code >= 32 && code < 127 ? String.fromCharCode(code) : ''));
  return { type: 'talker_alias', text: text.join('').trim() };
};

/** Harris's messages (manufacturer id 0xA4), as public decoders agree on them. */
export const HARRIS: MessageTable = messageTable([
  {
    opcode: 0xa0,
    name: 'HARRIS_DATA_CH_GRANT',
    least: 9,
    parse: (o, bands) =>
      grant({ update: false, options: null, channel: bands.channel(o.u16(4)), target: o.u24(6), data: true }),
  },
  { opcode: 0xa8, name: 'HARRIS_TALKER_ALIAS', least: 4, parse: alias },
  {
    opcode: 0xaa,
    name: 'HARRIS_TALKER_GPS',
    least: 17,
    parse: (o) => ({ type: 'location', ...(readHarrisPosition(new Octets(o.bytes.subarray(3))) ?? { hex: o.hex() }) }),
  },
  {
    opcode: 0xac,
    name: 'HARRIS_UU_DATA_CH_GRANT',
    least: 12,
    parse: (o, bands) =>
      grant({
        update: false,
        options: null,
        channel: bands.channel(o.u16(4)),
        target: o.u24(6),
        source: o.u24(9),
        data: true,
      }),
  },
  {
    opcode: 0xb0,
    name: 'HARRIS_GRG_EXENC_CMD',
    least: 11,
    parse: (o) => {
      const isActive = o.flag(3, 5);
      const toGroup = o.flag(3, 6);
      const units: number[] = [];
      for (let at = 8; at + 2 < o.bytes.length; at += 3) if (o.u24(at)) units.push(o.u24(at));
      return {
        ...harrisPatch(o, 3),
        ...(toGroup
          ? { algorithm: o.u8(8), algorithm_name: algorithmName(o.u8(8)), talkgroups: groups(o, 9) }
          : { targets: units }),
        // A supergroup ends as a whole.
        ...(!isActive && { dissolved: true }),
      };
    },
  },
]);
