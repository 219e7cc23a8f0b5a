import type { EventObject } from './messages';

/**
 * Events whose form is the same in every protocol, because the follower, recorder and MQTT nodes act on them. Protocols
 * add fields of their own. Times are stream time in ms since 1970, frequencies Hz, identities as the air carries them.
 */
interface Base extends EventObject {
  protocol: string;
  stream: string;
  time: number;
  /** P25 NAC, DMR colour code, NXDN RAN ... as three hex digits or decimal, if the frame carried it. */
  nac?: string;
}

/** A channel was granted (or an existing grant repeated, `update` true). */
export interface GrantEvent extends Base {
  type: 'grant';
  update: boolean;
  /** Group call: the talkgroup. Absent in unit-to-unit calls, which have `target`. */
  talkgroup?: number;
  source?: number;
  target?: number;
  /** Null while the channel identifier's table is not known yet. */
  frequency: number | null;
  /** Channel as the air names it, e.g. '2-240'. */
  channel: string;
  /** TDMA slot from 0; absent on FDMA channels. */
  slot?: number;
  emergency: boolean;
  encrypted: boolean;
  priority: number;
  duplex: boolean;
  /** 'packet' or 'circuit'. */
  mode: 'packet' | 'circuit';
  /** True for data channel grants, which are never followed for voice. */
  data: boolean;
}

/** Who talks to whom on a voice channel, as the voice channel itself says. */
export interface TalkerEvent extends Base {
  type: 'talker';
  talkgroup?: number;
  source?: number;
  target?: number;
  emergency: boolean;
  encrypted?: boolean;
  priority?: number;
}

/** Encryption state of a transmission. */
export interface EncryptionEvent extends Base {
  type: 'encryption';
  encrypted: boolean;
  algorithm: number;
  algorithm_name: string;
  key_id: number;
}

/** A transmission ended. `call` true: the whole call was released, not only this talker's turn. */
export interface TerminatorEvent extends Base {
  type: 'terminator';
  call: boolean;
}

/** A name that the unit speaking on a voice channel sends along, whole or in blocks of a few characters. */
export interface TalkerAliasEvent extends Base {
  type: 'talker_alias';
  /** Absent where the characters are not readable. */
  text?: string;
  /** Number of the block, from 1; absent when the text is the whole name. */
  block?: number;
  source?: number;
}

/** The identity of the system and site heard; emitted when it becomes known or changes. */
export interface SystemEvent extends Base {
  type: 'system';
  wacn?: string;
  system?: string;
  rfss?: number;
  site?: number;
  control_channel?: number;
}

/** Once a second of stream time, and at the end. */
export interface StatsEvent extends Base {
  type: 'stats';
  locked: boolean;
  /** Why it is not locked, in words for people; empty when it is. */
  reason: string;
  /** Good messages per second. */
  rate: number;
  /** Es/N0 of the last frame, dB; absent while there is no carrier, or where the demodulator does not measure it. */
  snr?: number;
  counters: Record<string, number>;
}

/** A channelizer's channel opened, closed, or could not be opened. */
export interface ChannelEvent extends EventObject {
  type: 'channel';
  state: 'opened' | 'closed' | 'refused';
  id: string;
  stream: string;
  frequency: number;
  /** Why refused: 'out_of_band', 'too_many', 'bad_request'. */
  reason?: string;
}
