import { type MessageTable, messageTable } from './definition';

/** Harris's outbound messages (manufacturer id 0xA4), as far as public decoders know them. */
export const TSBK_HARRIS: MessageTable = messageTable([
  {
    opcode: 0x30,
    name: 'HARRIS_GRG_EXENC_CMD',
    parse: (o) => {
      const toGroup = o.flag(2, 6);
      return {
        type: 'patch',
        action: o.flag(2, 5) ? 'add' : 'delete',
        // Two-way: members hear and talk; one-way: they hear only.
        two_way: !o.flag(2, 7),
        sequence: o.u8(2) & 0x1f,
        supergroup: o.u16(3),
        key_id: o.u16(5),
        ...(toGroup ? { algorithm: o.u8(7), talkgroups: [o.u16(8)] } : { target: o.u24(7) }),
      };
    },
  },
]);
