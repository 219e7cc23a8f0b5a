import type { AudioInfo, CallInfo } from '../core/messages';

/** A call made of audio that belongs to none: one opening of a demodulated channel's squelch. */
export function conventionalCall(info: AudioInfo, number: number, system: string): CallInfo {
  const start = Math.floor(info.time);
  const seconds = Math.floor(start / 1000);
  return {
    id: `${system}_0_${seconds}_${number}`,
    call_num: number,
    sys_name: system,
    talkgroup: 0,
    talkgroup_alpha_tag: '',
    talkgroup_description: '',
    talkgroup_group: '',
    talkgroup_tag: '',
    unit: -1,
    unit_alpha_tag: '',
    freq: info.frequency ?? 0,
    start_time: seconds,
    stop_time: seconds,
    start_time_ms: start,
    stop_time_ms: start,
    length: 0,
    state: 'active',
    emergency: false,
    encrypted: false,
    priority: 0,
    duplex: false,
    mode: false,
    phase2_tdma: false,
    tdma_slot: 0,
    conventional: true,
    audio_type: 'analog',
    sources: [],
    error_count: 0,
    spike_count: 0,
    freq_error: 0,
    signal: 999,
    noise: 999,
  };
}
