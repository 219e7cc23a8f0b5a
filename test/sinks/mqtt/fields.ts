import assert from 'node:assert/strict';

/**
 * The fields of the MQTT plugin's messages, as the reference lists them (formats.md, section 2). Types: n number, i whole
 * number, s text, b boolean, h hexadecimal text, n[] etc. lists.
 */
type FieldType = 'n' | 'i' | 's' | 'b' | 'h' | 'i[]';
export type Fields = Readonly<Record<string, FieldType>>;

const SYSTEM: Fields = { sys_num: 'i', sys_name: 's' };
const UNIT: Fields = { ...SYSTEM, unit: 'i', unit_alpha_tag: 's' };
const TALKGROUP: Fields = {
  talkgroup: 'i',
  talkgroup_alpha_tag: 's',
  talkgroup_description: 's',
  talkgroup_group: 's',
  talkgroup_tag: 's',
};
const UNIT_TALKGROUP: Fields = { ...UNIT, ...TALKGROUP, talkgroup_patches: 's' };

export const RATE: Fields = { ...SYSTEM, decoderate: 'n', decoderate_interval: 'i', control_channel: 'i' };

export const CONFIG: Fields = {
  capture_dir: 's',
  upload_server: 's',
  call_timeout: 'n',
  log_file: 'b',
  instance_id: 's',
  instance_key: 's',
};

export const CONFIG_SOURCE: Fields = {
  source_num: 'i',
  rate: 'n',
  center: 'n',
  min_hz: 'n',
  max_hz: 'n',
  error: 'n',
  driver: 's',
  device: 's',
  antenna: 's',
  gain: 'n',
  analog_recorders: 'i',
  digital_recorders: 'i',
  debug_recorders: 'i',
  sigmf_recorders: 'i',
  silence_frames: 'i',
};

export const CONFIG_SYSTEM: Fields = {
  ...SYSTEM,
  system_type: 's',
  talkgroups_file: 's',
  qpsk: 'b',
  squelch_db: 'n',
  analog_levels: 'n',
  digital_levels: 'n',
  audio_archive: 'b',
  upload_script: 's',
  record_unkown: 'b',
  call_log: 'b',
  control_channel: 'n',
  channels: 'i[]',
};

export const SYSTEM_IDENTITY: Fields = {
  ...SYSTEM,
  type: 's',
  sysid: 'h',
  wacn: 'h',
  nac: 'h',
  rfss: 'i',
  site_id: 'i',
};

export const ACTIVE_CALL: Fields = {
  id: 's',
  call_num: 'i',
  freq: 'n',
  ...SYSTEM,
  ...TALKGROUP,
  unit: 'i',
  unit_alpha_tag: 's',
  elapsed: 'i',
  length: 'n',
  call_state: 'i',
  call_state_type: 's',
  mon_state: 'i',
  mon_state_type: 's',
  phase2: 'b',
  analog: 'b',
  rec_num: 'i',
  src_num: 'i',
  rec_state: 'i',
  rec_state_type: 's',
  conventional: 'b',
  encrypted: 'b',
  emergency: 'b',
  stop_time: 'i',
};

export const CALL_START: Fields = {
  ...ACTIVE_CALL,
  talkgroup_patches: 's',
  audio_type: 's',
  phase2_tdma: 'b',
  tdma_slot: 'i',
  start_time: 'i',
};

export const CALL_END: Fields = {
  ...CALL_START,
  process_call_time: 'i',
  error_count: 'i',
  spike_count: 'i',
  retry_attempt: 'i',
  freq_error: 'n',
  signal: 'n',
  noise: 'n',
  call_filename: 's',
};

export const RECORDER: Fields = {
  id: 's',
  src_num: 'i',
  rec_num: 'i',
  type: 's',
  duration: 'n',
  freq: 'n',
  count: 'i',
  rec_state: 'i',
  rec_state_type: 's',
  squelched: 'b',
};

export const STATUS: Fields = { client_id: 's', instance_id: 's', status: 's' };

/** Of the unit topics, by their last level. */
export const UNITS: Readonly<Record<string, Fields>> = {
  call: { ...UNIT_TALKGROUP, call_num: 'i', start_time: 'i', freq: 'n', encrypted: 'b' },
  end: {
    ...UNIT_TALKGROUP,
    call_num: 'i',
    freq: 'n',
    position: 'n',
    length: 'n',
    emergency: 'b',
    encrypted: 'b',
    start_time: 'i',
    stop_time: 'i',
    error_count: 'i',
    spike_count: 'i',
    sample_count: 'i',
    transmission_filename: 's',
  },
  on: UNIT,
  off: UNIT,
  ackresp: UNIT,
  data: UNIT,
  join: UNIT_TALKGROUP,
  ans_req: UNIT_TALKGROUP,
  location: UNIT_TALKGROUP,
};

export const MESSAGE: Fields = {
  ...SYSTEM,
  trunk_msg: 'i',
  trunk_msg_type: 's',
  opcode: 'h',
  opcode_type: 's',
  opcode_desc: 's',
  meta: 's',
};

/** The JSON beside a recording, in its order. */
export const SIDECAR = [
  'call_num, freq, freq_error, signal, noise, source_num, recorder_num, tdma_slot, phase2_tdma, start_time, stop_time',
  'start_time_ms, stop_time_ms, emergency, priority, mode, duplex, encrypted, call_length, call_length_ms, talkgroup',
  'talkgroup_tag, talkgroup_description, talkgroup_group_tag, talkgroup_group, color_code, audio_type, short_name',
  'freqList, srcList',
].flatMap((line) => line.split(', '));

export const STATES: Readonly<Record<number, string>> = {
  0: 'MONITORING',
  1: 'RECORDING',
  2: 'INACTIVE',
  3: 'ACTIVE',
  4: 'IDLE',
  6: 'STOPPED',
  7: 'AVAILABLE',
  8: 'IGNORE',
};

export const MON_STATES = [
  'UNSPECIFIED',
  'UNKNOWN_TG',
  'IGNORED_TG',
  'NO_SOURCE',
  'NO_RECORDER',
  'ENCRYPTED',
  'DUPLICATE',
  'SUPERSEDED',
];

const CHECKS: Readonly<Record<FieldType, (value: unknown) => boolean>> = {
  n: (value) => typeof value === 'number' && Number.isFinite(value),
  i: (value) => Number.isInteger(value),
  s: (value) => typeof value === 'string',
  b: (value) => typeof value === 'boolean',
  h: (value) => typeof value === 'string' && /^[0-9A-F]+$/.test(value),
  'i[]': (value) => Array.isArray(value) && value.every((item) => Number.isInteger(item)),
};

/**
 * Fails when an object lacks a field, has one of another type, or has fields beyond them.
 * @param more fields it may have besides, which no reader stumbles over
 */
export function checkFields(object: unknown, fields: Fields, more: readonly string[] = []): void {
  assert.ok(object && typeof object === 'object', 'an object');
  const record = object as Record<string, unknown>;
  for (const [name, type] of Object.entries(fields)) {
    assert.ok(name in record, `${name} is missing`);
    assert.ok(CHECKS[type](record[name]), `${name} is no ${type}: ${JSON.stringify(record[name])}`);
  }
  const others = Object.keys(record).filter((name) => !(name in fields) && !more.includes(name));
  assert.deepEqual(others, [], 'fields that no reader knows');
}
