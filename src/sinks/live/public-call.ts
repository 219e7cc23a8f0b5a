import type { CallInfo } from '../../core/messages';

/** Of a call, what a listener sees. */
export type PublicCall = Pick<
  CallInfo,
  | 'id'
  | 'sys_name'
  | 'talkgroup'
  | 'talkgroup_alpha_tag'
  | 'talkgroup_description'
  | 'talkgroup_group'
  | 'talkgroup_tag'
  | 'unit'
  | 'unit_alpha_tag'
  | 'freq'
  | 'start_time'
  | 'length'
  | 'state'
  | 'emergency'
  | 'encrypted'
  | 'priority'
  | 'error_count'
  | 'spike_count'
  | 'signal'
  | 'noise'
> &
  Partial<Pick<CallInfo, 'reason' | 'patched_talkgroups' | 'listen' | 'alert' | 'tdma_slot'>>;

/** What changes with every block of a call, told now and then. */
export type CallFigures = Pick<PublicCall, 'length' | 'error_count' | 'spike_count' | 'signal' | 'noise'>;

export function publicCall(call: CallInfo): PublicCall {
  const { id, sys_name, talkgroup, talkgroup_alpha_tag, talkgroup_description, talkgroup_group, talkgroup_tag } = call;
  const { unit, unit_alpha_tag, freq, start_time, state, emergency, encrypted, priority } = call;
  const { reason, patched_talkgroups, listen, alert } = call;
  return {
    id,
    sys_name,
    talkgroup,
    talkgroup_alpha_tag,
    talkgroup_description,
    talkgroup_group,
    talkgroup_tag,
    unit,
    unit_alpha_tag,
    freq,
    start_time,
    state,
    emergency,
    encrypted,
    priority,
    ...callFigures(call),
    // JSON leaves out what is undefined.
    reason,
    patched_talkgroups,
    listen,
    alert,
    tdma_slot: call.phase2_tdma ? call.tdma_slot : undefined,
  };
}

export function callFigures({ length, error_count, spike_count, signal, noise }: CallInfo): CallFigures {
  return { length, error_count, spike_count, signal, noise };
}
