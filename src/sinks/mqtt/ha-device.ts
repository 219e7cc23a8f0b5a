import type { FlatTopics } from './flat-topics';
import type { ChosenTalkgroup } from './talkgroup-choice';

/** One entity, as Home Assistant's discovery takes it. */
export interface HaComponent {
  platform: 'sensor' | 'binary_sensor' | 'event';
  unique_id: string;
  [option: string]: unknown;
}

/** A device with its entities; the root keys are those that device discovery takes, and no others. */
export interface HaDevice {
  device: { identifiers: string[]; name: string; manufacturer: string; model: string; via_device?: string };
  origin: { name: string; sw_version: string; support_url: string };
  availability?: { topic: string; payload_available: string; payload_not_available: string }[];
  availability_mode?: 'all';
  qos: number;
  components: Record<string, HaComponent>;
}

/** Names of entities, in the language of the runtime. */
export interface HaTexts {
  receiver: string;
  system: string;
  online: string;
  calls: string;
  rate: string;
  snr: string;
  locked: string;
  active: string;
  lastCall: string;
  alerts: string;
  /** `__name__` is the talkgroup's. */
  talkgroupCalls: string;
  talkgroupActive: string;
}

export interface HaSettings {
  instance: string;
  topics: FlatTopics;
  version: string;
  texts: HaTexts;
}

/** What a system has entities for. */
export interface HaSystem {
  name: string;
  /** It has a control channel. */
  decoded: boolean;
  /** Its signal to noise ratio is known. */
  snr: boolean;
  talkgroups: { choice: ChosenTalkgroup; name: string }[];
}

const MANUFACTURER = 'Trunkflow';
const SUPPORT_URL = 'https://github.com/trunkflow/node-red';
/** Rates come every 3 s; without for this long (s) they are unknown. */
const EXPIRES = 30;
/** An active call is told every 10 s; without for this long (s) it is over. */
const OFF_DELAY = 30;

export const CALL_EVENTS = ['start', 'update', 'end', 'not_followed', 'recorded'];
export const ALERT_EVENTS = ['alert', 'emergency', 'emergency_alarm', 'tones'];

/** Id of a device in topics and registries, of letters, digits, '_' and, between the names only, '-'. */
export function haId(...names: string[]): string {
  const plain = (name: string) => name.replace(/[^A-Za-z0-9_]/gu, (sign) => `_x${sign.codePointAt(0)!.toString(16)}_`);
  return ['trunkflow', ...names.map(plain)].join('-');
}

/** The receiver itself: is it there, and how much goes on. */
export function receiverDevice(settings: HaSettings): HaDevice {
  const { instance, topics, texts } = settings;
  const id = haId(instance);
  const entity = entitiesOf(id, instance);
  return {
    device: {
      identifiers: [id],
      name: `${texts.receiver} ${instance}`,
      manufacturer: MANUFACTURER,
      model: texts.receiver,
    },
    ...common(settings),
    components: {
      // Has no availability: when the receiver is away it is off, not unknown.
      online: entity('binary_sensor', 'online', texts.online, {
        state_topic: topics.status,
        payload_on: 'online',
        payload_off: 'offline',
        device_class: 'connectivity',
        entity_category: 'diagnostic',
      }),
      calls: entity('sensor', 'calls', texts.calls, {
        state_topic: topics.receiver,
        value_template: '{{ value_json.calls }}',
        state_class: 'measurement',
        icon: 'mdi:radio-handheld',
        ...availability(topics),
      }),
    },
  };
}

/** A radio system: how it is read, its last call, and what was chosen of it. */
export function systemDevice(system: HaSystem, settings: HaSettings): HaDevice {
  const { instance, topics, texts } = settings;
  const id = haId(instance, system.name);
  const entity = entitiesOf(id, instance, system.name);
  const of = (...levels: string[]) => topics.of(system.name, ...levels);
  const state = { state_topic: of('state'), json_attributes_topic: of('state') };
  const rates = {
    state_topic: of('rates'),
    state_class: 'measurement',
    expire_after: EXPIRES,
    entity_category: 'diagnostic',
  };
  const talkgroups = system.talkgroups.flatMap(({ choice: { talkgroup }, name }): [string, HaComponent][] => {
    const text = (template: string) => template.replace('__name__', () => name || String(talkgroup));
    return [
      [
        `talkgroup_${talkgroup}`,
        entity('event', `talkgroup_${talkgroup}`, text(texts.talkgroupCalls), {
          state_topic: topics.talkgroup(system.name, talkgroup, 'event'),
          event_types: CALL_EVENTS,
          icon: 'mdi:radio-handheld',
        }),
      ],
      [
        `talkgroup_${talkgroup}_active`,
        entity('binary_sensor', `talkgroup_${talkgroup}_active`, text(texts.talkgroupActive), {
          state_topic: topics.talkgroup(system.name, talkgroup, 'active'),
          off_delay: OFF_DELAY,
          device_class: 'sound',
        }),
      ],
    ];
  });
  return {
    device: {
      identifiers: [id],
      name: system.name,
      manufacturer: MANUFACTURER,
      model: texts.system,
      via_device: haId(instance),
    },
    ...common(settings),
    ...availability(topics),
    components: {
      ...(system.decoded && {
        locked: entity('binary_sensor', 'locked', texts.locked, {
          ...state,
          // Right after a start nobody knows.
          value_template: "{{ 'None' if value_json.locked is none else 'ON' if value_json.locked else 'OFF' }}",
          device_class: 'connectivity',
          entity_category: 'diagnostic',
        }),
        rate: entity('sensor', 'rate', texts.rate, {
          ...rates,
          value_template: '{{ value_json.rate }}',
          unit_of_measurement: 'msg/s',
          suggested_display_precision: 1,
          icon: 'mdi:speedometer',
        }),
      }),
      ...(system.snr && {
        snr: entity('sensor', 'snr', texts.snr, {
          ...rates,
          value_template: '{{ value_json.snr }}',
          unit_of_measurement: 'dB',
          device_class: 'signal_strength',
          suggested_display_precision: 1,
        }),
      }),
      active: entity('binary_sensor', 'active', texts.active, {
        state_topic: of('state'),
        value_template: "{{ 'ON' if value_json.calls > 0 else 'OFF' }}",
        off_delay: OFF_DELAY,
        device_class: 'sound',
      }),
      last_call: entity('sensor', 'last_call', texts.lastCall, {
        state_topic: of('last_call'),
        json_attributes_topic: of('last_call'),
        value_template: '{{ value_json.title }}',
        icon: 'mdi:history',
      }),
      alerts: entity('event', 'alerts', texts.alerts, {
        state_topic: of('alerts'),
        event_types: ALERT_EVENTS,
        icon: 'mdi:alarm-light',
      }),
      ...Object.fromEntries(talkgroups),
    },
  };
}

function common({ version }: HaSettings) {
  return { origin: { name: MANUFACTURER, sw_version: version, support_url: SUPPORT_URL }, qos: 1 };
}

function availability(topics: FlatTopics) {
  return {
    availability: [{ topic: topics.status, payload_available: 'online', payload_not_available: 'offline' }],
    availability_mode: 'all' as const,
  };
}

/** Makes entities whose ids do not depend on the language of their names. */
function entitiesOf(device: string, ...names: string[]) {
  const slug = names.map((name) => name.toLowerCase().replace(/[^a-z0-9]+/g, '_')).join('_');
  return (
    platform: HaComponent['platform'],
    id: string,
    name: string,
    options: Record<string, unknown>,
  ): HaComponent => ({
    platform,
    unique_id: `${device}-${id}`,
    default_entity_id: `${platform}.${slug}_${id}`,
    name,
    ...options,
  });
}
