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

/**
 * Talkgroups are joined to a supergroup, or taken out of it. Systems repeat it while the patch lasts (P25: more often
 * than every 20 s), a few talkgroups at a time: `add` adds to what is known, `delete` takes out.
 */
export interface PatchEvent extends Base {
  type: 'patch';
  action: 'add' | 'delete';
  /** The number under which the patched talkgroups are called. */
  supergroup: number;
  /** Those of this message; empty when it is about a unit, or about the whole supergroup. */
  talkgroups: number[];
  /** A unit that is joined or taken out. */
  target?: number;
  /** With `delete`: the whole supergroup ends. */
  dissolved?: boolean;
  /** False: the members only hear the supergroup and call in their own talkgroups. */
  two_way?: boolean;
  /** Changes when the number of the supergroup is used for another one. */
  sequence?: number;
}

/** A request must wait, or is refused, or was heard. */
export interface AnswerEvent extends Base {
  type: 'queued' | 'deny' | 'acknowledge';
  /** Unit that asked. */
  target: number;
  /** The request's name in the protocol's standard, where it is known. */
  service_name?: string;
  reason?: number;
  /** In words; not of an `acknowledge`. */
  reason_name?: string;
  /** Group that was called, of a group call. */
  talkgroup?: number;
}

/** The emergency button of a unit was pressed; a call need not follow. */
export interface EmergencyAlarmEvent extends Base {
  type: 'emergency_alarm';
  talkgroup: number;
  source: number;
}

/** A unit reports a status by number. */
export interface StatusEvent extends Base {
  type: 'status';
  unit_status: number;
  user_status: number;
  source: number;
  target: number;
}

/** A unit was switched on or came (`accepted`: it may use the system), selected a talkgroup, or left. */
export interface UnitEvent extends Base {
  type: 'registration' | 'location_registration' | 'affiliation' | 'deregistration';
  source: number;
  /** Not of a deregistration. */
  accepted?: boolean;
  talkgroup?: number;
}

/** Where a unit is. Without `latitude` and `longitude` it is a part of a position, or one whose coding is not known. */
export interface LocationEvent extends Base {
  type: 'location';
  /** Absent where the position does not say whose it is: then it is the talker's on this stream. */
  source?: number;
  /** Degrees, north and east positive. */
  latitude?: number;
  longitude?: number;
  /** Metres above sea level. */
  altitude?: number;
  /** Metres around the position within which the unit is. */
  accuracy?: number;
  /** Metres per second. */
  speed?: number;
  /** Degrees clockwise from north. */
  heading?: number;
  /** When the position was measured, ISO 8601 in UTC; only the time of day (hh:mm:ss) where no date comes along. */
  measured?: string;
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
  /** The same for programs, 'ok' when it is locked: the codes of DiagnosisEvent. */
  code: string;
  /** Good messages per second. */
  rate: number;
  /** Es/N0 of the last frame, dB; absent while there is no carrier, or where the demodulator does not measure it. */
  snr?: number;
  /** Carrier offset, smoothed over the frames, Hz: positive when the signal is above the channel's frequency. Absent while there is no carrier. */
  offset?: number;
  /** The same in millionths of the channel's frequency, where that is known. */
  ppm?: number;
  /** Modulation as found on the air, e.g. 'C4FM' or 'CQPSK'; absent before the first frame. */
  modulation?: string;
  /** Which receiver served the last frame: 'discriminator' on a good channel, 'sequence' where noise and 'equaliser' where echoes ask for more. */
  detector?: 'discriminator' | 'sequence' | 'equaliser';
  counters: Record<string, number>;
}

/**
 * What keeps a node from doing its work, or that it does it: once for each change. The codes are listed in
 * docs/troubleshooting.md.
 */
export interface DiagnosisEvent extends EventObject {
  type: 'diagnosis';
  node: 'source' | 'decoder' | 'follower' | 'recorder';
  state: 'ok' | 'problem';
  /** 'ok', 'no_carrier', 'wrong_protocol', 'wrong_frequency', 'too_weak', 'overload', ... */
  code: string;
  /** The same in words, under 20 characters. */
  words: string;
  /** With 'wrong_protocol' and 'wrong_modulation': what the channel carries instead. */
  looks_like?: string;
  /** What was measured or counted. */
  numbers: Record<string, number>;
}

/** The carrier of a channel lies beside its frequency by this much: told when it is known well, and when it changes. */
export interface OffsetEvent extends Base {
  type: 'offset';
  /** Hz above the channel's frequency. */
  offset: number;
  /** The same in millionths of the frequency. */
  ppm: number;
  /** What a source is told to set it right. */
  control: { adjust: number };
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

/**
 * What a channelizer's input covers: told when its stream begins, every ten seconds, when its centre or rate changes, and at
 * its end.
 */
export interface BandEvent extends EventObject {
  type: 'band';
  state: 'covered' | 'ended';
  /** The input stream, in which channels can be opened. */
  stream: string;
  /** Lowest and highest frequency of a channel's centre, Hz. */
  low: number;
  high: number;
}
