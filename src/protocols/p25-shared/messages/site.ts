import { type Channel, channelName } from '../band-plan';
import { serviceClass } from '../names';

/** The four flags before an adjacent site's system id: conventional, failed, valid, active (TIA-102.AABC-E 6.2.2). */
export function siteFlags(octet: number): Record<string, boolean> {
  return {
    conventional: (octet & 0x80) !== 0,
    failed: (octet & 0x40) !== 0,
    valid: (octet & 0x20) !== 0,
    network_connected: (octet & 0x10) !== 0,
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

/** A channel field of a system whose band plan is not known. */
export const unresolved = (field: number): Channel => ({ channel: channelName(field), frequency: null });
