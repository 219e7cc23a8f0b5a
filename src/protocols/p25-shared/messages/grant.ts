import { type Channel, NO_CHANNEL } from '../band-plan';
import { dataServiceOptions, serviceOptions } from '../service-options';
import type { MessageEvent, Parser } from './definition';

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

/** Where the radios send; nothing when the message leaves it to the identifier's transmit offset. */
export function uplinkFields(uplink: Channel): Record<string, unknown> {
  if (uplink.channel === NO_CHANNEL) return {};
  return { uplink_channel: uplink.channel, uplink_frequency: uplink.frequency };
}

/** Fields that some grants have beside, e.g. `data` or `supergroup`. */
type More = Record<string, unknown>;

/** Service options, channel, group, source from octet `at` on: a grant to a group. */
export const groupGrant =
  (at: number, more: More = {}): Parser =>
  (o, bands) =>
    grant({
      update: false,
      options: o.u8(at),
      channel: bands.channel(o.u16(at + 1)),
      talkgroup: o.u16(at + 3),
      source: o.u24(at + 5),
      ...more,
    });

/**
 * Two channels and their groups from octet `at`. Systems repeat the first pair when there is only one, or leave group 0
 * ("no group") in place of the other.
 */
export const groupUpdates =
  (at: number, more: More = {}): Parser =>
  (o, bands) => {
    const update = (from: number): MessageEvent =>
      grant({ update: true, options: null, channel: bands.channel(o.u16(from)), talkgroup: o.u16(from + 2), ...more });
    const [first, second] = [update(at), update(at + 4)];
    const isSame = first.talkgroup === second.talkgroup && first.channel === second.channel;
    return (isSame ? [first] : [first, second]).filter(({ talkgroup }) => talkgroup !== 0);
  };

/** Service options, the channels of both directions, group. */
export const groupUpdateExplicit =
  (more: More = {}): Parser =>
  (o, bands) =>
    grant({
      update: true,
      options: o.u8(2),
      channel: bands.channel(o.u16(4)),
      uplink: bands.channel(o.u16(6)),
      talkgroup: o.u16(8),
      ...more,
    });

/** Channel, target, source: a grant to a unit. */
export const unitGrant =
  (update: boolean, more: More = {}): Parser =>
  (o, bands) =>
    grant({
      update,
      options: null,
      channel: bands.channel(o.u16(2)),
      target: o.u24(4),
      source: o.u24(7),
      ...more,
    });

/** Service options in octet `options`, channel, call timer, unit: a grant to a unit that telephones. */
export const telephoneGrant =
  (update: boolean, options: number): Parser =>
  (o, bands) =>
    grant({
      update,
      options: o.u8(options),
      channel: bands.channel(o.u16(3)),
      target: o.u24(7),
      telephone: true,
      call_timer_ms: o.u16(5) * 100,
    });

/** The explicit form: the channels of both directions and the call timer from octet `channels` on. */
export const telephoneGrantExplicit =
  (update: boolean, at: { options: number; channels: number; target: number }): Parser =>
  (o, bands) =>
    grant({
      update,
      options: o.u8(at.options),
      channel: bands.channel(o.u16(at.channels)),
      uplink: bands.channel(o.u16(at.channels + 2)),
      target: o.u24(at.target),
      telephone: true,
      call_timer_ms: o.u16(at.channels + 4) * 100,
    });

/** Where packet data is served: flags in octet `at`, the channels of both directions, access control. */
export const dataChannel =
  (at: number): Parser =>
  (o, bands) => ({
    type: 'data_channel',
    ...bands.channel(o.u16(at + 1)),
    ...uplinkFields(bands.channel(o.u16(at + 3))),
    autonomous_access: o.flag(at, 7),
    requested_access: o.flag(at, 6),
    access_control: o.u16(at + 5),
  });

/** Data service options, the channels of both directions, unit: a grant to a unit for packet data. */
export const dataGrant: Parser = (o, bands) =>
  grant({
    update: false,
    options: o.u8(2),
    channel: bands.channel(o.u16(3)),
    uplink: bands.channel(o.u16(5)),
    target: o.u24(7),
    data: true,
    ...dataServiceOptions(o.u8(2)),
    priority: 0,
  });
