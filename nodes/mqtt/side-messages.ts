import type { WireMessage } from '../../src/core/ports';

/** What comes to the node beside calls and events. */
export type SideMessage =
  | { kind: 'connection'; connected: boolean }
  | { kind: 'arrived'; delivery: number }
  | { kind: 'home assistant'; online: boolean };

/**
 * Reads the messages of a status node on the mqtt out node, of a complete node on it, and Home Assistant's own status
 * from an mqtt in node.
 * @param homeAssistant topic of the latter
 */
export function sideMessage(msg: WireMessage, homeAssistant: string): SideMessage | undefined {
  const status = msg.status as { fill?: unknown; text?: unknown; source?: { type?: unknown } } | undefined;
  if (status && typeof status === 'object' && isMqtt(status.source?.type))
    return { kind: 'connection', connected: status.fill === 'green' };
  if (typeof msg.delivery === 'number' && msg.qos !== undefined) return { kind: 'arrived', delivery: msg.delivery };
  if (msg.topic === homeAssistant && (typeof msg.payload === 'string' || Buffer.isBuffer(msg.payload)))
    return { kind: 'home assistant', online: String(msg.payload).toLowerCase() === 'online' };
  return undefined;
}

function isMqtt(type: unknown): boolean {
  return type === 'mqtt out' || type === 'mqtt in';
}
