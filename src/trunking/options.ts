import type { DiagnosisEvent } from '../core/events';
import type { CallInfo, Control, EventObject, VoiceInfo } from '../core/messages';
import type { SystemOptions } from './system';

/** What a call follower is set to; plain JSON. */
export interface FollowerOptions {
  /** Radio systems; the first that accepts a signal's protocol and NAC has it. None: one is made for each NAC heard. */
  systems: SystemOptions[];
  /** Voice channels open at once, for each source. */
  maxCalls: number;
  /** Seconds of stream time without decoded voice after which a call ends. */
  hangTime: number;
  /** Follow unit-to-unit calls too. */
  unitCalls: boolean;
  /** Make calls of voice on streams the follower did not open (conventional channels). */
  conventional: boolean;
  /** Stream of the source that may be tuned to calls which no other covers; '' = none. */
  roaming: string;
  /** Seconds of stream time that a control channel is given to show itself, when one is looked for. */
  dwell: number;
  /** First part of the ids of the channels asked for; differs between followers that share a channelizer. */
  channelPrefix: string;
  /** Channels that a follower with the same prefix has asked for before: their late voice must not be taken for this one's. */
  channelsBefore: number;
  /** See StreamMergeOptions, in seconds. */
  settle: number;
  patience: number;
}

export const FOLLOWER_DEFAULTS: FollowerOptions = {
  systems: [],
  maxCalls: 8,
  hangTime: 2,
  unitCalls: false,
  conventional: true,
  roaming: '',
  dwell: 3,
  channelPrefix: 'voice',
  channelsBefore: 0,
  settle: 0.4,
  patience: 3,
};

/** Why a call is not followed. */
export type SkipReason =
  | 'encrypted'
  | 'locked_out' // priority -1 in the talkgroup table
  | 'unknown_talkgroup' // not in the table, and only those in it are wanted
  | 'no_channel' // all voice channels are busy with calls at least as important, or nobody gave one
  | 'out_of_band' // the channelizer cannot reach the frequency
  | 'duplicate' // the same call is heard elsewhere, or another has this channel
  | 'data'
  | 'unit_call'
  | 'unknown_system' // a time slot is scrambled with identities of the system that have not been heard yet
  | 'held' // another talkgroup is held
  | 'avoided' // for a while, by command
  | 'unknown_frequency'; // the channel identifier's table has not been heard yet

/** How a followed call ended. */
export type EndReason =
  | 'terminator'
  | 'silence'
  | 'regranted' // its channel was given to another talkgroup
  | 'held' // another talkgroup is held from now on
  | 'avoided'
  | 'locked_out' // by command, while it ran
  | 'preempted' // its channel was needed for a more important call
  | 'encrypted'
  | 'out_of_band'
  | 'no_channel'
  | 'stream_end';

export interface CallOutput {
  to: 'calls';
  /** 'update': another unit talks, or an emergency began. 'not_followed' comes once for a call. */
  event: 'start' | 'update' | 'end' | 'not_followed';
  /** '<system>/<talkgroup>'; unit-to-unit calls: '<system>/unit/<unit>'. */
  topic: string;
  call: CallInfo;
}

export interface VoiceMessage {
  port: 'voice';
  payload: Buffer;
  info: VoiceInfo;
}

/** Voice of one call, in a stream of its own: '<root>/call-<n>'. Its last message has `end` and the final figures. */
export interface VoiceOutput {
  to: 'voice';
  message: VoiceMessage;
}

export interface ControlOutput {
  to: 'control';
  /** open and close for a channelizer; `stream` names the stream to open the channel in. */
  control: Control & { stream: string };
}

/** How the search for a site's control channel goes on. */
export interface HuntEvent extends EventObject {
  type: 'control_channel';
  /** 'trying': it is listened to; 'locked'; 'lost'; 'failed': it did not show itself; 'waiting': none can be reached. */
  state: 'trying' | 'locked' | 'lost' | 'failed' | 'waiting';
  /** Short name of the system. */
  sys_name: string;
  /** Hz; 0 when there is none to try. */
  frequency: number;
  /** Why it failed or was lost, as the decoder said it; or 'out_of_band', 'wrong_system', 'no_source'. */
  reason?: string;
  /** Seconds it was listened to. */
  seconds?: number;
  /** Whether the site itself named the channel; else it stands in the list. */
  learned?: boolean;
}

export interface SystemOutput {
  to: 'systems';
  topic: string;
  event: HuntEvent | DiagnosisEvent;
}

export type FollowerOutput = ControlOutput | CallOutput | VoiceOutput | SystemOutput;
