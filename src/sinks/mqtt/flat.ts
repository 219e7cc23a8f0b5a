import type { CallInfo, EventObject } from '../../core/messages';
import type { CallNews, RecordedCall } from './call-book';
import type { SystemHealth } from './health';
import type { Names } from './names';
import type { UnitEvent } from './unit-events';

/** Values of a flat object: what tables, templates and databases take as it is. */
export type FlatValue = string | number | boolean | null;
export type FlatObject = Record<string, FlatValue>;

/** As trunk-recorder writes a level that is not known. */
const UNKNOWN_LEVEL = 999;

/** A call without lists; all keys are always there, null while unknown. */
export function flatCall(event: CallNews['kind'], call: CallInfo, recording?: RecordedCall): FlatObject {
  const level = (value: number) => (value === UNKNOWN_LEVEL ? null : value);
  return {
    event,
    id: call.id,
    call_num: call.call_num,
    sys_name: call.sys_name,
    talkgroup: call.talkgroup,
    talkgroup_alpha_tag: call.talkgroup_alpha_tag,
    talkgroup_description: call.talkgroup_description,
    talkgroup_group: call.talkgroup_group,
    talkgroup_tag: call.talkgroup_tag,
    patched_talkgroups: (call.patched_talkgroups ?? []).join(','),
    unit: call.unit > 0 ? call.unit : null,
    unit_alpha_tag: call.unit_alpha_tag,
    units: [...new Set(call.sources.map(({ src }) => src).filter((unit) => unit > 0))].join(','),
    freq: call.freq,
    start_time: call.start_time,
    stop_time: call.stop_time,
    length: call.length,
    reason: call.reason ?? null,
    emergency: call.emergency,
    encrypted: call.encrypted,
    alert: call.alert ?? false,
    priority: call.priority,
    conventional: call.conventional,
    audio_type: call.audio_type,
    tdma_slot: call.tdma_slot,
    error_count: call.error_count,
    freq_error: call.freq_error,
    signal: level(call.signal),
    noise: level(call.noise),
    filename: recording?.filename ?? null,
  };
}

/** What a call is called in one short line. */
export function callTitle(call: CallInfo): string {
  return (call.talkgroup_alpha_tag || String(call.talkgroup)).slice(0, 200);
}

export function flatUnit(system: string, event: UnitEvent, names: Names): FlatObject {
  const { happening, unit, talkgroup, target, time } = event;
  return {
    event: happening,
    sys_name: system,
    unit,
    unit_alpha_tag: names.unit(system, unit),
    talkgroup: talkgroup ?? null,
    talkgroup_alpha_tag: (talkgroup !== undefined && names.talkgroup(system, talkgroup)?.alphaTag) || '',
    target: target ?? null,
    target_alpha_tag: target === undefined ? '' : names.unit(system, target),
    latitude: event.latitude ?? null,
    longitude: event.longitude ?? null,
    detail: event.detail ?? null,
    time: time === undefined ? null : Math.floor(time / 1000),
  };
}

/**
 * @param health undefined for a system without a control channel that is heard
 * @param calls calls that go on
 */
export function flatState(system: string, health: SystemHealth | undefined, calls: number): FlatObject {
  return {
    sys_name: system,
    protocol: health?.protocol || null,
    nac: health?.nac ?? null,
    wacn: health?.wacn ?? null,
    system_id: health?.systemId ?? null,
    rfss: health?.rfss ?? null,
    site: health?.site ?? null,
    control_channel: health?.controlChannel || null,
    locked: health?.locked ?? null,
    reason: health?.reason ?? '',
    calls,
  };
}

export function flatRates(health: SystemHealth): FlatObject {
  return {
    sys_name: health.system,
    control_channel: health.controlChannel || null,
    rate: health.rate,
    snr: health.snr ?? null,
    locked: health.locked,
  };
}

/** Any event without lists and objects in it: lists become text, objects are left out. */
export function flatEvent(system: string, event: EventObject): FlatObject {
  const flat: FlatObject = { event: event.type, sys_name: system };
  for (const [name, value] of Object.entries(event)) {
    if (name === 'type' || name === 'stream') continue;
    if (name === 'time') flat.time = typeof value === 'number' ? Math.floor(value / 1000) : null;
    else if (Array.isArray(value)) flat[name] = value.join(',');
    else if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) flat[name] = value as FlatValue;
  }
  return flat;
}
