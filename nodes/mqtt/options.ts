import type { NodeDef } from 'node-red';
import { TrunkflowError } from '../../src/core/errors';
import type { HaTexts } from '../../src/sinks/mqtt/ha-device';
import { type Qos, topicRoot } from '../../src/sinks/mqtt/publication';
import type { PublisherOptions } from '../../src/sinks/mqtt/publisher';
import type { ChosenTalkgroup } from '../../src/sinks/mqtt/talkgroup-choice';
import { numberSetting, textSetting } from '../lib/settings';

export interface MqttConfig extends NodeDef {
  schema: unknown;
  instance: unknown;
  prefix: unknown;
  units: boolean;
  topic: unknown;
  unitTopic: unknown;
  messageTopic: unknown;
  audio: boolean;
  audioLimit: unknown;
  qos: unknown;
  homeAssistant: boolean;
  discoveryPrefix: unknown;
  talkgroups: { system?: unknown; talkgroup?: unknown; name?: unknown }[];
}

const SCHEMAS = ['flat', 'trunk-recorder', 'both'] as const;
const MAX_TALKGROUP = 0xffffff;

/**
 * What the form says.
 * @throws TrunkflowError 'bad-setting'
 */
export function publisherOptions(
  config: MqttConfig,
  around: { texts(): HaTexts; version: string; expectRecordings: boolean },
): PublisherOptions {
  const schema = SCHEMAS.find((name) => name === config.schema) ?? 'flat';
  const isOurs = schema !== 'trunk-recorder' || config.homeAssistant;
  const instance = topicSetting(config.instance, 'instance');
  if (instance.includes('/')) throw badTopic('instance', instance, 'a name without "/"');
  return {
    schema,
    instance,
    qos: numberSetting(config.qos, 'quality of service', { least: 0, most: 2 }) as Qos,
    prefix: topicSetting(config.prefix, 'topic prefix', !isOurs),
    units: config.units,
    topic: topicSetting(config.topic, 'topic', schema === 'flat'),
    unitTopic: topicSetting(config.unitTopic, 'topic of units', true),
    messageTopic: topicSetting(config.messageTopic, 'topic of messages', true),
    clientId: `trunkflow-${config.id}`,
    audioLimit: config.audio
      ? 1024 * numberSetting(config.audioLimit, 'largest recording', { least: 1, most: 8192 })
      : 0,
    expectRecordings: around.expectRecordings,
    ...(config.homeAssistant && {
      homeAssistant: {
        prefix: topicSetting(config.discoveryPrefix, 'discovery topic'),
        talkgroups: (config.talkgroups ?? []).map(chosenTalkgroup),
        texts: around.texts(),
        version: around.version,
      },
    }),
  };
}

function chosenTalkgroup({ system, talkgroup, name }: MqttConfig['talkgroups'][number]): ChosenTalkgroup {
  return {
    system: textSetting(system),
    talkgroup: Math.round(numberSetting(talkgroup, 'talkgroup', { least: 0, most: MAX_TALKGROUP })),
    name: textSetting(name),
  };
}

function topicSetting(value: unknown, name: string, mayBeEmpty = false): string {
  const topic = topicRoot(textSetting(value));
  if (topic === '' && !mayBeEmpty) throw badTopic(name, 'nothing', 'a topic');
  if (/[+#]/.test(topic)) throw badTopic(name, topic, 'a topic without "+" and "#"');
  return topic;
}

function badTopic(name: string, got: string, expected: string): TrunkflowError {
  return new TrunkflowError('bad-setting', `Unusable ${name}`, {
    expected,
    got,
    hint: 'Open the node and correct it',
    status: 'bad topic',
  });
}
