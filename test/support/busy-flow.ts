import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NodeRedProcess } from '../e2e/node-red-process';
import { until } from '../e2e/until';
import { BUSY_RESULT, type BusyResult } from './busy-site';
import { MQTT_NODE } from './mqtt-node';

const ROOT = join(__dirname, '..', '..');

/** An hour with as many calls as a large city's busiest site has. */
export const BUSY_SITE = { talkgroups: 20, calls: 2000, seconds: 3600, encryptedEvery: 20 };
const PLACE = { z: 'tab', x: 0, y: 0 };

const SYSTEM = {
  id: 'system',
  type: 'radio-system',
  name: '',
  shortName: 'busy',
  nac: '',
  talkgroups: '',
  talkgroupsIn: 'text',
  unitTags: '',
  unitTagsIn: 'text',
  followUnknown: true,
  bandPlan: [],
};

/**
 * The site into a follower, recorder with log, listening page and MQTT.
 * @param speed times real time; 0 = as fast as everything can
 */
export function busyFlow(speed: number, brokerPort: number): object[] {
  return [
    { id: 'tab', type: 'tab', label: 'busy' },
    SYSTEM,
    { ...PLACE, id: 'start', type: 'inject', props: [], repeat: '', once: false, wires: [['site']] },
    {
      ...PLACE,
      id: 'site',
      type: 'test-busy-site',
      site: BUSY_SITE,
      speed,
      dist: join(ROOT, 'dist'),
      wires: [['follower']],
    },
    {
      ...PLACE,
      id: 'follower',
      type: 'radio-follower',
      system: 'system',
      maxCalls: 12,
      hangTime: 2,
      unitCalls: false,
      conventional: false,
      wires: [['site'], ['recorder', 'audio', 'format'], ['voice']],
    },
    { ...PLACE, id: 'voice', type: 'radio-voice', wires: [['recorder', 'audio']] },
    {
      ...PLACE,
      id: 'recorder',
      type: 'radio-recorder',
      folder: 'recordings',
      shortest: 0,
      sidecar: true,
      wires: [['format']],
    },
    { ...PLACE, id: 'audio', type: 'radio-audio', browser: true, path: 'radio/listen', speakers: false, wires: [] },
    { ...MQTT_NODE, ...PLACE, id: 'format', instance: 'test', homeAssistant: false, wires: [['out']] },
    { ...PLACE, id: 'out', type: 'mqtt out', topic: '', qos: '', retain: '', broker: 'broker', wires: [] },
    { ...PLACE, id: 'status', type: 'status', scope: ['out'], wires: [['format']] },
    { ...PLACE, id: 'arrived', type: 'complete', scope: ['out'], uncaught: false, wires: [['format']] },
    {
      id: 'broker',
      type: 'mqtt-broker',
      broker: '127.0.0.1',
      port: brokerPort,
      autoConnect: true,
      protocolVersion: '4',
      keepalive: '60',
      cleansession: true,
    },
  ];
}

/** A Node-RED that has the node which plays the site. */
export function startBusyNodeRed(): Promise<NodeRedProcess> {
  return NodeRedProcess.start({ nodes: { 'busy-site': join(ROOT, 'test', 'support', 'busy-site-node.ts') } });
}

/** Plays the whole hour; the flow must be deployed and running. */
export async function playBusySite(nodeRed: NodeRedProcess): Promise<BusyResult> {
  await nodeRed.post('/inject/start');
  const file = join(nodeRed.userDir, BUSY_RESULT);
  await until(() => existsSync(file) && readFileSync(file).length > 0, 'the end of the hour', 3_700_000);
  return JSON.parse(readFileSync(file, 'utf8'));
}
