import { type BandPlan, type Channel, channelName } from '../band-plan';
import { serviceClass, services } from '../names';
import type { Octets } from '../octets';
import type { MessageEvent, Parser } from './definition';
import { uplinkFields } from './grant';

/** What channel fields mean; of another network than this, nobody knows. */
type Channels = Pick<BandPlan, 'channel'>;
export const FOREIGN: Channels = { channel: (field): Channel => ({ channel: channelName(field), frequency: null }) };

/** The four flags before an adjacent site's system id: conventional, failed, valid, active (TIA-102.AABC-E 6.2.2). */
export function siteFlags(octet: number): Record<string, boolean> {
  return {
    conventional: (octet & 0x80) !== 0,
    failed: (octet & 0x40) !== 0,
    valid: (octet & 0x20) !== 0,
    network_connected: (octet & 0x10) !== 0,
  };
}

/** A neighbour: LRA in octet `at`, flags and system in the next two, then, or at `siteAt`, RFSS and site. */
export const adjacentSite = (o: Octets, at: number, siteAt = at + 3): MessageEvent => ({
  type: 'adjacent_site',
  lra: o.u8(at),
  system: o.system(at + 1),
  rfss: o.u8(siteAt),
  site: o.u8(siteAt + 1),
  ...siteFlags(o.u8(at + 1)),
});

/** The site itself, laid out as a neighbour. */
export const rfssStatus = (o: Octets, at: number, siteAt = at + 3): MessageEvent => ({
  type: 'rfss_status',
  lra: o.u8(at),
  network_connected: o.flag(at + 1, 4),
  system: o.system(at + 1),
  rfss: o.u8(siteAt),
  site: o.u8(siteAt + 1),
});

/** The network: LRA in octet `at`, then WACN and system. */
export const networkStatus = (o: Octets, at: number): MessageEvent => ({
  type: 'network_status',
  lra: o.u8(at),
  wacn: o.wacn(at + 1),
  system: o.system(at + 3),
});

/** A control channel and what it serves, in three octets from `at` on. */
export function controlAt(o: Octets, channels: Channels, at: number): Record<string, unknown> {
  return controlChannel(channels.channel(o.u16(at)), o.u8(at + 2));
}

/** The explicit form: the channels of both directions, then what they serve. */
export function controlPairAt(o: Octets, channels: Channels, at: number): Record<string, unknown> {
  return {
    ...controlChannel(channels.channel(o.u16(at)), o.u8(at + 4)),
    ...uplinkFields(channels.channel(o.u16(at + 2))),
  };
}

/** A control channel and what it serves. */
export function controlChannel(channel: Channel, serviceOctet: number): Record<string, unknown> {
  return {
    control_channel: channel.channel,
    control_frequency: channel.frequency,
    service_class: serviceClass(serviceOctet),
  };
}

/** One or two secondary control channels: RFSS and site from octet `at` on, then each channel and what it serves. */
export const secondaryChannels =
  (at: number): Parser =>
  (o, bands) => {
    const channelAt = (place: number): MessageEvent => ({
      type: 'secondary_control_channel',
      rfss: o.u8(at),
      site: o.u8(at + 1),
      ...bands.channel(o.u16(place)),
      service_class: serviceClass(o.u8(place + 2)),
    });
    const [first, second] = [at + 2, at + 5];
    // A second channel that serves nothing, or is the first again, is absent (TIA-102.AABC-E 6.2.16).
    const isAlone = o.u8(second + 2) === 0 || o.u16(second) === o.u16(first);
    return isAlone ? channelAt(first) : [channelAt(first), channelAt(second)];
  };

/** The explicit form of link control and MAC messages: one secondary control channel in both directions. */
export const secondaryChannelPair: Parser = (o, bands) => ({
  type: 'secondary_control_channel',
  rfss: o.u8(1),
  site: o.u8(2),
  ...bands.channel(o.u16(3)),
  ...uplinkFields(bands.channel(o.u16(5))),
  service_class: serviceClass(o.u8(7)),
});

/** What a system offers; `priorityAt`: octet with the priority of requests. */
export const systemServices =
  (priorityAt: number): Parser =>
  (o) => ({
    type: 'system_services',
    available: services(o.u24(3)),
    supported: services(o.u24(6)),
    request_priority: o.u8(priorityAt) & 7,
  });
