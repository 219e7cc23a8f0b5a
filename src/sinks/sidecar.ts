import type { CallInfo } from '../core/messages';

/** A stretch of a recording on one frequency, one transmission. */
export interface RecordedPart {
  freq: number;
  /** Stream time of its first sample, ms. */
  time: number;
  /** Seconds from the start of the recording. */
  pos: number;
  /** Seconds. */
  len: number;
  error_count: number;
  spike_count: number;
}

/** What a recording's file holds. */
export interface RecordedSound {
  /** Seconds. */
  length: number;
  parts: RecordedPart[];
  /** Where in the file the call's sources begin, seconds; absent = as the call says. */
  positions?: number[];
}

/** The JSON beside a recording: keys and their order as trunk-recorder writes them. */
export function sidecar(call: CallInfo, sound: RecordedSound): Record<string, unknown> {
  return {
    call_num: call.call_num,
    freq: Math.round(call.freq),
    freq_error: Math.round(call.freq_error),
    signal: Math.round(call.signal),
    noise: Math.round(call.noise),
    source_num: 0,
    recorder_num: 0,
    tdma_slot: call.tdma_slot,
    phase2_tdma: Number(call.phase2_tdma),
    start_time: call.start_time,
    stop_time: call.stop_time,
    start_time_ms: call.start_time_ms,
    stop_time_ms: call.stop_time_ms,
    emergency: Number(call.emergency),
    priority: call.priority,
    mode: Number(call.mode),
    duplex: Number(call.duplex),
    encrypted: Number(call.encrypted),
    call_length: Math.round(sound.length),
    call_length_ms: Math.round(sound.length * 1000),
    talkgroup: call.talkgroup,
    talkgroup_tag: call.talkgroup_alpha_tag,
    talkgroup_description: call.talkgroup_description,
    talkgroup_group_tag: call.talkgroup_tag,
    talkgroup_group: call.talkgroup_group,
    color_code: call.color_code ?? -1,
    audio_type: call.audio_type,
    short_name: call.sys_name,
    ...((call.patched_talkgroups?.length ?? 0) > 1 ? { patched_talkgroups: call.patched_talkgroups } : {}),
    freqList: sound.parts.map((part) => ({
      freq: Math.round(part.freq),
      time: Math.floor(part.time / 1000),
      pos: round(part.pos),
      len: round(part.len),
      error_count: part.error_count,
      spike_count: part.spike_count,
    })),
    srcList: call.sources.map((source, index) => ({
      src: source.src,
      time: Math.floor(source.time),
      pos: round(sound.positions?.[index] ?? source.pos),
      emergency: source.emergency,
      signal_system: source.signal_system,
      tag: source.tag,
      tag_ota: source.tag_ota ?? '',
    })),
  };
}

function round(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}
