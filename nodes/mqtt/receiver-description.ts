import type { NodeAPI, NodeDef } from 'node-red';
import type { ReceiverDescription } from '../../src/sinks/mqtt/tr-config';

type Config = NodeDef & { d?: boolean; [property: string]: unknown };

/** Reads from the flows' nodes, as they are set, what they receive with. Disabled ones count as absent. */
export function describeReceiver(RED: NodeAPI): ReceiverDescription {
  const nodes = new Map<string, Config[]>();
  RED.nodes.eachNode((node) => {
    const config = node as Config;
    if (!config.type?.startsWith('radio-') || config.d) return;
    nodes.set(config.type, [...(nodes.get(config.type) ?? []), config]);
  });
  const all = (type: string) => nodes.get(`radio-${type}`) ?? [];
  const devices = new Map(all('device').map((device) => [device.id, device]));
  const followers = all('follower');
  const [recorder] = all('recorder');
  const control = all('channelizer').flatMap(({ channels }) => frequencies(channels));
  return {
    sources: all('source').map((source) => {
      const device = devices.get(String(source.device));
      return {
        rate: number(source.rate),
        center: number(source.frequency),
        ppm: number(device?.ppm),
        driver: text(device?.driver),
        device: deviceName(device),
        gain: number(source.gain),
      };
    }),
    systems: all('system').map((system) => ({
      name: text(system.shortName),
      talkgroupsFile: system.talkgroupsIn === 'file' ? text(system.talkgroups) : '',
      recordUnknown: system.followUnknown !== false,
      channels: control,
    })),
    voiceChannels: followers.reduce((sum, { maxCalls }) => sum + number(maxCalls), 0),
    captureDir: text(recorder?.folder),
    callTimeout: number(followers[0]?.hangTime),
  };
}

/** True when a node of this type is wired straight to the node. */
export function isWiredFrom(RED: NodeAPI, type: string, id: string): boolean {
  let found = false;
  RED.nodes.eachNode((node) => {
    const { wires, d } = node as Config & { wires?: string[][] };
    if (node.type === type && !d && wires?.flat().includes(id)) found = true;
  });
  return found;
}

/** What names a device without saying anything secret: commands may hold passwords. */
function deviceName(device: Config | undefined): string {
  switch (device?.driver) {
    case 'rtl-sdr':
      return `rtl=${text(device.serial) || '0'}`;
    case 'rtl-tcp':
      return `rtl_tcp=${text(device.host)}:${text(device.port)}`;
    case 'iq-file':
      return `file=${text(device.iqFile)}`;
    case 'audio-file':
      return `file=${text(device.audioFile)}`;
    default:
      return '';
  }
}

function frequencies(channels: unknown): number[] {
  const list = Array.isArray(channels) ? channels : [];
  return list.map((channel) => number((channel as { frequency?: unknown } | null)?.frequency)).filter((hz) => hz > 0);
}

/** 0 for what is not a number, such as an empty field or an environment variable. */
function number(value: unknown): number {
  const read = Number.parseFloat(String(value ?? ''));
  return Number.isFinite(read) ? read : 0;
}

function text(value: unknown): string {
  return String(value ?? '').trim();
}
