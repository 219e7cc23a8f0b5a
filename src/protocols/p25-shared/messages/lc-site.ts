import { type MessageTable, messageTable } from './definition';
import { uplinkFields } from './grant';
import { idenUp, idenUpVu } from './identifier';
import { protectionParameters } from './protection';
import { adjacentSite, controlAt, secondaryChannelPair, secondaryChannels, siteFlags, systemServices } from './site';

/** Link control words about the site, its channels and its neighbours (TIA-102.AABF-D 7.3). */
export const LC_SITE: MessageTable = messageTable([
  { opcode: 0x18, name: 'LC_CH_ID_UPDT', parse: (o) => idenUp(o, 1) },
  { opcode: 0x19, name: 'LC_CH_ID_UPDT_VU', parse: (o) => idenUpVu(o, 1) },
  { opcode: 0x20, name: 'LC_SYS_SRV_BCST', parse: systemServices(2) },
  { opcode: 0x21, name: 'LC_SCCB', parse: secondaryChannels(1) },
  {
    opcode: 0x22,
    name: 'LC_ADJ_STS_BCST',
    parse: (o, bands) => ({ ...adjacentSite(o, 1), ...controlAt(o, bands, 6) }),
  },
  {
    opcode: 0x23,
    name: 'LC_RFSS_STS_BCST',
    parse: (o, bands) => ({
      type: 'rfss_status',
      lra: o.u8(1),
      system: o.system(2),
      rfss: o.u8(4),
      site: o.u8(5),
      ...controlAt(o, bands, 6),
    }),
  },
  {
    opcode: 0x24,
    name: 'LC_NET_STS_BCST',
    parse: (o, bands) => ({
      type: 'network_status',
      wacn: o.wacn(2),
      system: o.system(4),
      ...controlAt(o, bands, 6),
    }),
  },
  { opcode: 0x25, name: 'LC_P_PARM_BCST', parse: (o) => protectionParameters(o, 3) },
  { opcode: 0x26, name: 'LC_SCCB_EXP', parse: secondaryChannelPair },
  {
    opcode: 0x27,
    name: 'LC_ADJ_STS_BCST_EXP',
    parse: (o, bands) => {
      const control = bands.channel(o.u16(2));
      return {
        type: 'adjacent_site',
        lra: o.u8(1),
        rfss: o.u8(4),
        site: o.u8(5),
        ...siteFlags(o.u8(8)),
        control_channel: control.channel,
        control_frequency: control.frequency,
        ...uplinkFields(bands.channel(o.u16(6))),
      };
    },
  },
  {
    opcode: 0x28,
    name: 'LC_RFSS_STS_BCST_EXP',
    // The receive channel comes first here, unlike in the other explicit words.
    parse: (o, bands) => ({
      type: 'rfss_status',
      lra: o.u8(1),
      rfss: o.u8(4),
      site: o.u8(5),
      ...controlAt(o, bands, 6),
      ...uplinkFields(bands.channel(o.u16(2))),
    }),
  },
  {
    opcode: 0x29,
    name: 'LC_NET_STS_BCST_EXP',
    parse: (o, bands) => {
      const control = bands.channel(o.u16(5));
      return {
        type: 'network_status',
        wacn: o.wacn(1),
        system: o.system(3),
        control_channel: control.channel,
        control_frequency: control.frequency,
        ...uplinkFields(bands.channel(o.u16(7))),
      };
    },
  },
  {
    opcode: 0x2a,
    name: 'LC_CONV_FALLBACK',
    parse: (o) => ({ type: 'conventional_fallback', channels: [...new Set(o.bytes.subarray(3, 9))] }),
  },
]);
