import type { SkipReason } from '../../trunking/options';

/** trunk-recorder's numbers for the states of calls and recorders. */
export const STATES = {
  MONITORING: 0,
  RECORDING: 1,
  INACTIVE: 2,
  ACTIVE: 3,
  IDLE: 4,
  STOPPED: 6,
  AVAILABLE: 7,
  IGNORE: 8,
} as const;

export type StateName = keyof typeof STATES;

/** Its numbers for why a call is monitored only. */
export const MONITORING = {
  UNSPECIFIED: 0,
  UNKNOWN_TG: 1,
  IGNORED_TG: 2,
  NO_SOURCE: 3,
  NO_RECORDER: 4,
  ENCRYPTED: 5,
  DUPLICATE: 6,
  SUPERSEDED: 7,
} as const;

export type MonitoringName = keyof typeof MONITORING;

/** Why a call is not followed, in trunk-recorder's words. */
const REASONS: Readonly<Record<SkipReason, MonitoringName>> = {
  encrypted: 'ENCRYPTED',
  locked_out: 'IGNORED_TG',
  unknown_talkgroup: 'UNKNOWN_TG',
  no_channel: 'NO_RECORDER',
  out_of_band: 'NO_SOURCE',
  unknown_frequency: 'NO_SOURCE',
  duplicate: 'DUPLICATE',
  // Calls that are left out on purpose.
  data: 'IGNORED_TG',
  unit_call: 'IGNORED_TG',
  held: 'IGNORED_TG',
  avoided: 'IGNORED_TG',
  // Its voice cannot be descrambled yet.
  unknown_system: 'NO_RECORDER',
};

export function monitoring(reason: string | undefined): MonitoringName {
  return reason !== undefined && Object.hasOwn(REASONS, reason) ? REASONS[reason as SkipReason] : 'UNSPECIFIED';
}
