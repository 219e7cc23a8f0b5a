import { callSign } from './call-sign';
import { type MessageTable, messageTable } from './definition';
import { harrisPatch } from './patch';

/** Harris's outbound messages (manufacturer id 0xA4): TIA-102.AABH 4, the other as public decoders know it. */
export const TSBK_HARRIS: MessageTable = messageTable([
  {
    opcode: 0x30,
    name: 'HARRIS_GRG_EXENC_CMD',
    parse: (o) => {
      const isActive = o.flag(2, 5);
      const toGroup = o.flag(2, 6);
      return {
        ...harrisPatch(o, 2),
        ...(toGroup ? { algorithm: o.u8(7), talkgroups: [o.u16(8)] } : { target: o.u24(7) }),
        // A supergroup ends as a whole: its target is empty then.
        ...(!isActive && { talkgroups: [], dissolved: true }),
      };
    },
  },
  {
    opcode: 0x33,
    name: 'HARRIS_BASE_STATION_ID',
    parse: (o, bands) => ({ type: 'base_station', call_sign: callSign(o, '.'), ...bands.channel(o.u16(8)) }),
  },
]);
