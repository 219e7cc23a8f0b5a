import type { CallInfo } from '../../src/core/messages';

/** A clear call that begins at `start` (seconds since 1970), before anything is known of how it is received. */
export function clearCall(start: number, more: Partial<CallInfo> = {}): CallInfo {
  const { talkgroup = 9101, call_num = 7 } = more;
  return {
    id: `county_${talkgroup}_${start}_${call_num}`,
    call_num,
    sys_name: 'county',
    talkgroup,
    talkgroup_alpha_tag: 'Fire Dispatch',
    talkgroup_description: 'County fire',
    talkgroup_group: 'Fire',
    talkgroup_tag: 'Fire Dispatch',
    unit: 4021,
    unit_alpha_tag: 'Engine 21',
    freq: 851_525_000,
    start_time: start,
    stop_time: start,
    start_time_ms: start * 1000,
    stop_time_ms: start * 1000,
    length: 0,
    state: 'active',
    emergency: false,
    encrypted: false,
    priority: 4,
    duplex: false,
    mode: false,
    phase2_tdma: false,
    tdma_slot: 0,
    conventional: false,
    audio_type: 'digital',
    sources: [],
    error_count: 0,
    spike_count: 0,
    freq_error: 0,
    signal: 999,
    noise: 999,
    ...more,
  };
}
