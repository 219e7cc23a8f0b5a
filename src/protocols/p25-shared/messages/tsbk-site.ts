import { serviceClass, services } from '../names';
import { type MessageTable, messageTable } from './definition';
import { uplinkFields } from './grant';
import { idenUp, idenUpTdma, idenUpVu } from './identifier';
import { raw } from './raw';
import { controlChannel, siteFlags } from './site';
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
  {
    opcode: 0x38,
    name: 'SYS_SRV_BCST',
    parse: (o) => ({
      type: 'system_services',
      available: services(o.u24(3)),
      supported: services(o.u24(6)),
      request_priority: o.u8(9) & 7,
    }),
  },
  {
    opcode: 0x39,
    name: 'SCCB',
    parse: (o, bands) => {
      const fields = { type: 'secondary_control_channel', rfss: o.u8(2), site: o.u8(3) };
      const first = { ...fields, ...bands.channel(o.u16(4)), service_class: serviceClass(o.u8(6)) };
      // A second channel that serves nothing, or is the first again, is absent (6.2.16).
      if (o.u8(9) === 0 || o.u16(7) === o.u16(4)) return first;
      return [first, { ...fields, ...bands.channel(o.u16(7)), service_class: serviceClass(o.u8(9)) }];
    },
  },
  {
    opcode: 0x3a,
    name: 'RFSS_STS_BCST',
    parse: (o, bands) => ({
      type: 'rfss_status',
      lra: o.u8(2),
      network_connected: o.flag(3, 4),
      system: o.system(3),
      rfss: o.u8(5),
      site: o.u8(6),
      ...controlChannel(bands.channel(o.u16(7)), o.u8(9)),
    }),
  },
  {
    opcode: 0x3b,
    name: 'NET_STS_BCST',
    parse: (o, bands) => ({
      type: 'network_status',
      lra: o.u8(2),
      wacn: o.wacn(3),
      system: o.system(5),
      ...controlChannel(bands.channel(o.u16(7)), o.u8(9)),
    }),
  },
  {
    opcode: 0x3c,
    name: 'ADJ_STS_BCST',
    parse: (o, bands) => ({
      type: 'adjacent_site',
      lra: o.u8(2),
      system: o.system(3),
      rfss: o.u8(5),
      site: o.u8(6),
      ...siteFlags(o.u8(3)),
      ...controlChannel(bands.channel(o.u16(7)), o.u8(9)),
    }),
  },
  { opcode: 0x3d, name: 'IDEN_UP', parse: (o) => idenUp(o, 2) },
  // Sent in several blocks only.
  { opcode: 0x3e, name: 'ADJ_STS_BCST_UNC', parse: raw('adjacent_site') },
]);
