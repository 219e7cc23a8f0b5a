import type { ReceiveEvent } from './node-red';

/** What reaches a debug node as a JSON line: the property it is set to show, or the whole message. */
export function debugLine({ msg, destination: { node } }: ReceiveEvent): string {
  const { complete = 'payload' } = node;
  const name = node.name || node.id;
  const shown = complete === 'true' ? { msg } : { [complete]: property(msg, complete) };
  try {
    return JSON.stringify({ node: name, topic: msg.topic, ...shown }, nameBuffers);
  } catch (error) {
    return JSON.stringify({
      node: name,
      error: `The message cannot be shown: ${(error as Error).message.split('\n')[0]}`,
    });
  }
}

function property(msg: object, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], msg);
}

/** Buffers are named, not printed; what JSON has no form for becomes text. */
function nameBuffers(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const held = this[key];
  if (Buffer.isBuffer(held)) return `Buffer of ${held.length} bytes`;
  return typeof value === 'bigint' ? String(value) : value;
}
