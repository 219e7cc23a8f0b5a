import type { Channel } from '../band-plan';
import { serviceOptions } from '../service-options';
import type { MessageEvent } from './definition';

export interface GrantFields {
  update: boolean;
  /** Service options octet; null when the message carries none. */
  options: number | null;
  channel: Channel;
  /** Channel the radios send on, where the message names it. */
  uplink?: Channel;
  talkgroup?: number;
  source?: number;
  target?: number;
  data?: boolean;
  [field: string]: unknown;
}

/** A 'grant' event. Without service options all of them are off and `service_options` is null. */
export function grant(fields: GrantFields): MessageEvent {
  const { update, options, channel, uplink, talkgroup, source, target, data = false, ...more } = fields;
  return {
    type: 'grant',
    update,
    ...(talkgroup !== undefined && { talkgroup }),
    ...(source !== undefined && { source }),
    ...(target !== undefined && { target }),
    ...channel,
    ...(uplink && uplinkFields(uplink)),
    ...serviceOptions(options ?? 0),
    service_options: options,
    data,
    ...more,
  };
}

/** The two grants of an update that names two; systems repeat the first when there is only one. */
export function grantPair(first: GrantFields, second: GrantFields): MessageEvent[] {
  const same = first.talkgroup === second.talkgroup && first.channel.channel === second.channel.channel;
  return same || second.talkgroup === 0 ? [grant(first)] : [grant(first), grant(second)];
}

export function uplinkFields(uplink: Channel): Record<string, unknown> {
  return { uplink_channel: uplink.channel, uplink_frequency: uplink.frequency };
}
