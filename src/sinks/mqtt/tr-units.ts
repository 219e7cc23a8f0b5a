import type { CallInfo } from '../../core/messages';
import type { RecordedCall } from './call-book';
import type { Names } from './names';
import { hundredths, talkgroupFields, unitFields } from './tr-call';
import type { UnitEvent } from './unit-events';

/** Samples per second that trunk-recorder counts a digital transmission in. */
const SAMPLE_RATE = 8000;

/** What happened to a unit, as in trunk-recorder's unit topics; undefined where it has no topic for it. */
export function trUnit(
  event: UnitEvent,
  system: { number: number; name: string },
  names: Names,
): Record<string, unknown> | undefined {
  const { happening, unit, target } = event;
  const fields = {
    sys_num: system.number,
    sys_name: system.name,
    ...unitFields(unit, names.unit(system.name, unit)),
  };
  switch (happening) {
    case 'on':
    case 'off':
    case 'ackresp':
    case 'data':
      return fields;
    case 'join':
      return { ...fields, ...named(system.name, event.talkgroup ?? 0, names) };
    case 'location': {
      const { latitude, longitude } = event;
      const position = latitude === undefined ? {} : { latitude, longitude };
      return { ...fields, ...named(system.name, event.talkgroup ?? 0, names), ...position };
    }
    case 'ans_req':
      // The unit that is called stands in the place of the talkgroup there.
      return { ...fields, ...named(system.name, target ?? 0, names) };
    case 'call_alert':
      return {
        ...fields,
        target_unit: target ?? 0,
        target_unit_alpha_tag: target ? names.unit(system.name, target) : '',
      };
    default:
      return undefined;
  }
}

/** Who begins to call, as in the topic `call`. */
export function trUnitCall(call: CallInfo, system: number): Record<string, unknown> {
  return {
    sys_num: system,
    sys_name: call.sys_name,
    ...unitFields(call.unit, call.unit_alpha_tag),
    ...talkgroupFields(call),
    call_num: call.call_num,
    start_time: call.start_time,
    freq: call.freq,
    encrypted: call.encrypted,
  };
}

/** The transmissions of a call that is over, one for each unit that talked, as in the topic `end`. */
export function trUnitEnds(call: CallInfo, system: number, recording?: RecordedCall): Record<string, unknown>[] {
  const parts = partsOf(recording, call.sources.length);
  return call.sources.map((source, index) => {
    const next = call.sources[index + 1];
    const length = Math.max(0, (next?.pos ?? call.length) - source.pos);
    const start = Math.floor(source.time);
    const single = call.sources.length === 1;
    return {
      sys_num: system,
      sys_name: call.sys_name,
      ...unitFields(source.src, source.tag),
      ...talkgroupFields(call),
      call_num: call.call_num,
      freq: call.freq,
      position: hundredths(source.pos),
      length: hundredths(length),
      emergency: Boolean(source.emergency),
      encrypted: call.encrypted,
      start_time: start,
      stop_time: next ? Math.floor(source.time + length) : call.stop_time,
      error_count: parts?.[index].error_count ?? (single ? call.error_count : 0),
      spike_count: parts?.[index].spike_count ?? (single ? call.spike_count : 0),
      sample_count: Math.round(length * SAMPLE_RATE),
      transmission_filename: single || recording?.transmission !== undefined ? (recording?.filename ?? '') : '',
    };
  });
}

/** The errors of each transmission from the recording's metadata, when it lists as many as the call has. */
function partsOf(recording: RecordedCall | undefined, count: number) {
  const list = recording?.metadata?.freqList;
  if (!Array.isArray(list) || list.length !== count) return undefined;
  return list as { error_count?: number; spike_count?: number }[];
}

function named(system: string, talkgroup: number, names: Names): Record<string, unknown> {
  const entry = names.talkgroup(system, talkgroup);
  return talkgroupFields({
    talkgroup,
    talkgroup_alpha_tag: entry?.alphaTag ?? '',
    talkgroup_description: entry?.description ?? '',
    talkgroup_group: entry?.category ?? '',
    talkgroup_tag: entry?.tag ?? '',
  });
}
