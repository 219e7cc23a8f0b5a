import assert from 'node:assert/strict';
import type { Json } from './support';

/**
 * Home Assistant's rules for MQTT device discovery, from its documentation and its schemas
 * (components/mqtt/{discovery,schemas,event,sensor,binary_sensor}.py). It throws away what does not keep to them.
 */

/** The only keys that the root may have, by which are needed. */
const ROOT = {
  needed: ['device', 'origin', 'components'],
  allowed: [
    'availability',
    'availability_mode',
    'availability_topic',
    'state_topic',
    'command_topic',
    'qos',
    'encoding',
  ],
};
const DEVICE = [
  ...['identifiers', 'connections', 'manufacturer', 'model', 'model_id', 'name', 'hw_version', 'serial_number'],
  ...['sw_version', 'via_device', 'suggested_area', 'configuration_url'],
];
const ORIGIN = ['name', 'sw_version', 'support_url'];
const COMMON = [
  ...['platform', 'unique_id', 'default_entity_id', 'name', 'state_topic', 'value_template', 'device_class', 'icon'],
  ...['entity_category', 'enabled_by_default', 'json_attributes_topic', 'json_attributes_template', 'qos', 'encoding'],
  ...['availability', 'availability_mode'],
];
const PLATFORMS: Readonly<Record<string, readonly string[]>> = {
  sensor: [
    'state_class',
    'unit_of_measurement',
    'expire_after',
    'suggested_display_precision',
    'force_update',
    'options',
  ],
  binary_sensor: ['payload_on', 'payload_off', 'off_delay', 'expire_after', 'force_update'],
  event: ['event_types'],
};
const DEVICE_CLASSES: Readonly<Record<string, Readonly<Record<string, readonly string[] | undefined>>>> = {
  sensor: { signal_strength: ['dB', 'dBm'] },
  binary_sensor: { connectivity: undefined, sound: undefined },
  event: {},
};

const only = (object: object, allowed: readonly string[], what: string): void =>
  assert.deepEqual(
    Object.keys(object).filter((key) => !allowed.includes(key)),
    [],
    `unknown keys of ${what}`,
  );

const isTopic = (topic: unknown): boolean =>
  typeof topic === 'string' &&
  topic !== '' &&
  !/[+#]/.test(topic) &&
  !topic.includes('\0') &&
  Buffer.byteLength(topic) < 65_536;

/** Fails where Home Assistant would not take a discovery message; `unique` collects the ids of all messages. */
export function checkDiscovery(topic: string, payload: Json, unique: Set<string>): void {
  assert.match(topic, /^homeassistant\/device\/[a-zA-Z0-9_-]+\/config$/);
  for (const key of ROOT.needed) assert.ok(key in payload, `${key} is missing`);
  only(payload, [...ROOT.needed, ...ROOT.allowed], 'the root');
  only(payload.device, DEVICE, 'the device');
  assert.ok(payload.device.identifiers.length > 0 && payload.device.identifiers.every(isId));
  only(payload.origin, ORIGIN, 'the origin');
  assert.equal(typeof payload.origin.name, 'string');
  assert.match(payload.origin.support_url, /^https?:\/\//);
  checkAvailability(payload);
  for (const [id, component] of Object.entries(payload.components as Record<string, Json>)) {
    assert.ok(isId(id), id);
    const options = PLATFORMS[component.platform];
    assert.ok(options, `platform ${component.platform}`);
    // One with its platform alone is taken away.
    if (Object.keys(component).length > 1) checkComponent(component, options, unique);
  }
}

function checkComponent(component: Json, options: readonly string[], unique: Set<string>): void {
  const { platform, unique_id: id, device_class: deviceClass } = component;
  only(component, [...COMMON, ...options], id);
  assert.ok(isId(id), `unique_id ${id}`);
  assert.ok(!unique.has(id), `${id} is used twice`);
  unique.add(id);
  assert.match(component.default_entity_id, new RegExp(`^${platform}\\.[a-z0-9_]+$`));
  assert.ok(isTopic(component.state_topic), 'a state topic');
  if ('json_attributes_topic' in component) assert.ok(isTopic(component.json_attributes_topic));
  checkAvailability(component);
  if (deviceClass !== undefined) {
    assert.ok(deviceClass in DEVICE_CLASSES[platform], `${deviceClass} of a ${platform}`);
    const units = DEVICE_CLASSES[platform][deviceClass];
    if (units) assert.ok(units.includes(component.unit_of_measurement));
  }
  if ('entity_category' in component) assert.ok(['config', 'diagnostic'].includes(component.entity_category));
  if ('icon' in component) assert.match(component.icon, /^mdi:[a-z-]+$/);
  for (const seconds of ['off_delay', 'expire_after'])
    if (seconds in component) assert.ok(Number.isInteger(component[seconds]) && component[seconds] > 0);
  if (platform === 'event') {
    assert.ok(Array.isArray(component.event_types) && component.event_types.length > 0);
    assert.ok(component.event_types.every((type: unknown) => typeof type === 'string'));
  }
}

function checkAvailability({ availability, availability_mode: mode }: Json): void {
  if (availability === undefined) return;
  for (const one of availability) {
    only(one, ['topic', 'payload_available', 'payload_not_available', 'value_template'], 'an availability');
    assert.ok(isTopic(one.topic));
  }
  assert.ok(['all', 'any', 'latest'].includes(mode));
}

function isId(id: unknown): boolean {
  return typeof id === 'string' && /^[a-zA-Z0-9_-]+$/.test(id);
}

/** What Home Assistant's registry holds after these discovery messages: unique ids by topic. */
export class Registry {
  readonly devices = new Map<string, Map<string, string>>();

  receive(topic: string, text: string): void {
    if (text === '') {
      this.devices.delete(topic);
      return;
    }
    const { components } = JSON.parse(text) as { components: Record<string, Json> };
    const known = this.devices.get(topic) ?? new Map<string, string>();
    this.devices.set(topic, known);
    for (const [id, component] of Object.entries(components))
      if (Object.keys(component).length === 1) known.delete(id);
      else known.set(id, component.unique_id);
  }

  /** Ids of all components, of all devices. */
  get components(): string[] {
    return [...this.devices.values()].flatMap((ids) => [...ids.keys()]).sort();
  }
}
