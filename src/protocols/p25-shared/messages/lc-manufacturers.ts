import type { Octets } from '../octets';
import { callSign } from './call-sign';
import { type Definition, type MessageTable, messageTable } from './definition';
import { grant } from './grant';
import { talker } from './lc-calls';
import { patchAdd, patchDelete } from './patch';
import { raw } from './raw';

/** Systems fill idle link control with words that have this in place of a talkgroup; they say nothing. */
const FILLER = 0xffff;

/** The two talkgroups of a patch word, as `change` puts them; nothing for a filler. */
const patch =
  (change: typeof patchAdd): Definition['parse'] =>
  (o) => {
    const groups = [o.u16(4), o.u16(6)];
    return groups.includes(FILLER) || o.u16(2) === FILLER ? [] : change(o.u16(2), groups);
  };

/** Sign and 23 bits at octet `at`, as parts of full scale. */
const fraction = (o: Octets, at: number): number => (o.u24(at) & 0x7fffff) / 0x7fffff;

/** Motorola's link control words (manufacturer id 0x90): TIA-102.AABH 5, the others as public decoders know them. */
export const LC_MOTOROLA: MessageTable = messageTable([
  {
    opcode: 0x00,
    name: 'MOT_LC_GRG_V_CH_USR',
    parse: (o) => talker(o.u8(2), { talkgroup: o.u16(4), source: o.u24(6), supergroup: true }),
  },
  {
    opcode: 0x01,
    name: 'MOT_LC_GRG_V_CH_UPDT',
    parse: (o, bands) =>
      grant({
        update: true,
        options: o.u8(2),
        channel: bands.channel(o.u16(7)),
        talkgroup: o.u16(3),
        supergroup: true,
      }),
  },
  { opcode: 0x02, name: 'MOT_LC_FAILSOFT', parse: (o) => ({ type: 'failsoft', hex: o.hex() }) },
  { opcode: 0x03, name: 'MOT_LC_GRG_ADD', parse: patch(patchAdd) },
  { opcode: 0x04, name: 'MOT_LC_GRG_DEL', parse: patch(patchDelete) },
  {
    opcode: 0x05,
    name: 'MOT_LC_BASE_STATION_ID',
    parse: (o) => ({ type: 'base_station', call_sign: callSign(o, '+') }),
  },
  {
    opcode: 0x06,
    name: 'MOT_LC_UNIT_GPS',
    parse: (o) => ({
      type: 'location',
      latitude: fraction(o, 3) * 90 * (o.flag(3, 7) ? -1 : 1),
      longitude: fraction(o, 6) * 180 - (o.flag(6, 7) ? 180 : 0),
      // An older position: the receiver has no satellites now.
      outdated: o.flag(2, 0),
    }),
  },
  {
    opcode: 0x0a,
    name: 'MOT_LC_EMERGENCY_ALARM',
    parse: (o) => ({ type: 'emergency_alarm', talkgroup: o.u16(2), source: o.u24(6) }),
  },
  { opcode: 0x0f, name: 'MOT_LC_TALK_COMPLETE', parse: (o) => ({ type: 'talk_complete', source: o.u24(6) }) },
  {
    opcode: 0x15,
    name: 'MOT_LC_TALKER_ALIAS_HEADER',
    parse: (o) => ({
      type: 'talker_alias',
      talkgroup: o.u16(2),
      blocks: o.u8(4),
      sequence: o.u8(7) >> 4,
      hex: o.hex(),
    }),
  },
  {
    opcode: 0x17,
    name: 'MOT_LC_TALKER_ALIAS_BLOCK',
    parse: (o) => ({ type: 'talker_alias', block: o.u8(2), sequence: o.u8(3) >> 4, hex: o.hex() }),
  },
  // Only named by public decoders.
  { opcode: 0x29, name: 'MOT_LC_PTT_LOCATION_HEADER', parse: raw('location') },
  { opcode: 0x2a, name: 'MOT_LC_PTT_LOCATION', parse: raw('location') },
]);

/** A part of a name or position: told as it is, and again as a whole when its other parts have come. */
const part =
  (type: string, block: number): Definition['parse'] =>
  (o) => ({ type, block, hex: o.hex() });

/** Harris's link control words (manufacturer id 0xA4), as far as public decoders know them. */
export const LC_HARRIS: MessageTable = messageTable([
  {
    opcode: 0x0a,
    name: 'HARRIS_LC_RETURN_TO_CC',
    parse: (o) => ({ type: 'return_to_control_channel', source: o.u24(3), target: o.u24(6) }),
  },
  { opcode: 0x2a, name: 'HARRIS_LC_TALKER_GPS_1', parse: part('location', 1) },
  { opcode: 0x2b, name: 'HARRIS_LC_TALKER_GPS_2', parse: part('location', 2) },
  // The same again, for those who missed the first two.
  { opcode: 0x2c, name: 'HARRIS_LC_TALKER_GPS_3', parse: part('location', 3) },
  { opcode: 0x2d, name: 'HARRIS_LC_TALKER_GPS_4', parse: part('location', 4) },
  { opcode: 0x32, name: 'HARRIS_LC_TALKER_ALIAS_1', parse: part('talker_alias', 1) },
  { opcode: 0x33, name: 'HARRIS_LC_TALKER_ALIAS_2', parse: part('talker_alias', 2) },
  { opcode: 0x34, name: 'HARRIS_LC_TALKER_ALIAS_3', parse: part('talker_alias', 3) },
  { opcode: 0x35, name: 'HARRIS_LC_TALKER_ALIAS_4', parse: part('talker_alias', 4) },
]);

/** Tait's (manufacturer id 0xD8), as public decoders know it: the home of the unit that talks. */
export const LC_TAIT: MessageTable = messageTable([
  {
    opcode: 0x01,
    name: 'TAIT_LC_SOURCE_ID',
    parse: (o) => ({ type: 'source_identity', wacn: o.wacn(2), system: o.system(4), source: o.u24(6) }),
  },
]);
