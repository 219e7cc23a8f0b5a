import { serviceClass } from '../names';
import { type MessageTable, messageTable } from './definition';
import { uplinkFields } from './grant';
import { idenUp, idenUpTdma, idenUpVu } from './identifier';
import { raw } from './raw';
import { adjacentSite, controlAt, networkStatus, rfssStatus, secondaryChannels, systemServices } from './site';
import { syncBroadcast, timeAndDate } from './time';

/** What a site says of itself, its channels and its neighbours, outbound (TIA-102.AABC-E 6.2). */
export const TSBK_SITE: MessageTable = messageTable([
  {
    opcode: 0x29,
    name: 'SCCB_EXP',
    parse: (o, bands) => ({
      type: 'secondary_control_channel',
      rfss: o.u8(2),
      site: o.u8(3),
      ...bands.channel(o.u16(4)),
      ...uplinkFields(bands.channel(o.u16(7))),
      service_class: serviceClass(o.u8(9)),
    }),
  },
  { opcode: 0x30, name: 'SYNC_BCST', parse: syncBroadcast },
  { opcode: 0x33, name: 'IDEN_UP_TDMA', parse: (o) => idenUpTdma(o, 2, 3, 6) },
  { opcode: 0x34, name: 'IDEN_UP_VU', parse: (o) => idenUpVu(o, 2) },
  { opcode: 0x35, name: 'TIME_DATE_ANN', parse: timeAndDate },
  { opcode: 0x38, name: 'SYS_SRV_BCST', parse: systemServices(9) },
  { opcode: 0x39, name: 'SCCB', parse: secondaryChannels(2) },
  {
    opcode: 0x3a,
    name: 'RFSS_STS_BCST',
    parse: (o, bands) => ({ ...rfssStatus(o, 2), ...controlAt(o, bands, 7) }),
  },
  {
    opcode: 0x3b,
    name: 'NET_STS_BCST',
    parse: (o, bands) => ({ ...networkStatus(o, 2), ...controlAt(o, bands, 7) }),
  },
  {
    opcode: 0x3c,
    name: 'ADJ_STS_BCST',
    parse: (o, bands) => ({ ...adjacentSite(o, 2), ...controlAt(o, bands, 7) }),
  },
  { opcode: 0x3d, name: 'IDEN_UP', parse: (o) => idenUp(o, 2) },
  // Sent in several blocks only.
  { opcode: 0x3e, name: 'ADJ_STS_BCST_UNC', parse: raw('adjacent_site') },
]);
