import type { ChannelRequest } from '../../core/messages';

export interface ChannelizerOptions {
  /** Channels that are always open. */
  channels: ChannelRequest[];
  /** Least output rate of a channel, samples/s. The real rate is the input rate divided by a whole number. */
  rate: number;
  /** Full bandwidth of a channel, Hz, where a request names none. */
  bandwidth: number;
  /** Most channels open at once, the permanent ones included. */
  maxChannels: number;
  /** Seconds of wideband signal kept, so that a channel asked for late still starts at its `from` time. */
  history: number;
  /** Remove the receiver's DC spike. */
  removeDc: boolean;
}

export const CHANNELIZER_DEFAULTS: ChannelizerOptions = {
  channels: [],
  rate: 24000,
  bandwidth: 12500,
  maxChannels: 128,
  history: 2,
  removeDc: true,
};
