import type { CallInfo } from '../../core/messages';
import type { RecordedCall } from './call-book';
import { MONITORING, monitoring, STATES, type StateName } from './tr-states';

/** What trunk-recorder says of a call beside the call's own fields. */
export interface CallPlace {
  /** Number of its system. */
  system: number;
  /** Recorder (voice channel) and source it is on; -1 for none. */
  recorder: number;
  source: number;
  /** Seconds since it began. */
  elapsed: number;
}

/** A call as in trunk-recorder's `calls_active` and `call_start`. */
export function trCall(call: CallInfo, place: CallPlace): Record<string, unknown> {
  const followed = call.state !== 'not_followed';
  const state: StateName = followed ? 'RECORDING' : 'MONITORING';
  const reason = followed ? 'UNSPECIFIED' : monitoring(call.reason);
  const hasRecorder = place.recorder >= 0;
  return {
    id: trCallId(call, place.system),
    call_num: call.call_num,
    sys_num: place.system,
    sys_name: call.sys_name,
    freq: call.freq,
    ...unitFields(call.unit, call.unit_alpha_tag),
    ...talkgroupFields(call),
    elapsed: place.elapsed,
    length: hundredths(call.length),
    call_state: STATES[state],
    call_state_type: state,
    mon_state: MONITORING[reason],
    mon_state_type: reason,
    audio_type: call.audio_type,
    // Older readers know the first of these two names only.
    phase2: call.phase2_tdma,
    phase2_tdma: call.phase2_tdma,
    tdma_slot: call.tdma_slot,
    analog: call.audio_type === 'analog',
    rec_num: place.recorder,
    src_num: place.source,
    rec_state: hasRecorder ? STATES.RECORDING : -1,
    rec_state_type: hasRecorder ? 'RECORDING' : '',
    conventional: call.conventional,
    encrypted: call.encrypted,
    emergency: call.emergency,
    start_time: call.start_time,
    stop_time: call.stop_time,
  };
}

/** A call as in `call_end`; `processed` is the time it is told, seconds since 1970. */
export function trEndedCall(
  call: CallInfo,
  place: CallPlace,
  processed: number,
  recording?: RecordedCall,
): Record<string, unknown> {
  const first = call.sources[0];
  return {
    ...trCall(call, { ...place, elapsed: call.stop_time - call.start_time }),
    // Of the first transmission, as there.
    ...(first && unitFields(first.src, first.tag)),
    call_state: -1,
    call_state_type: 'COMPLETED',
    mon_state: MONITORING.UNSPECIFIED,
    mon_state_type: 'UNSPECIFIED',
    rec_state: STATES.STOPPED,
    rec_state_type: 'STOPPED',
    process_call_time: processed,
    error_count: call.error_count,
    spike_count: call.spike_count,
    retry_attempt: 0,
    freq_error: call.freq_error,
    signal: hundredths(call.signal),
    noise: hundredths(call.noise),
    call_filename: recording?.filename ?? '',
  };
}

/** '<system>_<talkgroup>_<start>'. */
export function trCallId(call: CallInfo, system: number): string {
  return `${system}_${call.talkgroup}_${call.start_time}`;
}

export function unitFields(unit: number, name: string): Record<string, unknown> {
  return { unit, unit_alpha_tag: name };
}

export function talkgroupFields(
  call: Pick<
    CallInfo,
    | 'talkgroup'
    | 'talkgroup_alpha_tag'
    | 'talkgroup_description'
    | 'talkgroup_group'
    | 'talkgroup_tag'
    | 'patched_talkgroups'
  >,
): Record<string, unknown> {
  return {
    talkgroup: call.talkgroup,
    talkgroup_alpha_tag: call.talkgroup_alpha_tag,
    talkgroup_description: call.talkgroup_description,
    talkgroup_group: call.talkgroup_group,
    talkgroup_tag: call.talkgroup_tag,
    talkgroup_patches: (call.patched_talkgroups ?? []).join(','),
  };
}

export function hundredths(value: number): number {
  return Math.round(value * 100) / 100 || 0; // no -0
}
