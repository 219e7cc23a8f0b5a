export type Qos = 0 | 1 | 2;

/** A message for the core mqtt out node, which makes JSON of objects. */
export interface Publication {
  topic: string;
  payload: object | string;
  qos: Qos;
  retain: boolean;
  /** Must reach the broker even when it is away for a while; others are snapshots that the next one replaces. */
  lasting?: boolean;
  /** Size of a payload that is far larger than usual, bytes. */
  bytes?: number;
}

/** One level of a topic: what has a meaning in topics is replaced. */
export function topicLevel(name: string | number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not stand in a topic either
  return String(name).replace(/[+#/\u0000-\u001f\u007f]/g, '_') || '_';
}

/** A topic from a form without slashes at its ends. */
export function topicRoot(text: string): string {
  return text.trim().replace(/^\/+|\/+$/g, '');
}

/** A retained message with nothing in it takes the one before away from the broker. */
export function withdrawal(topic: string): Publication {
  return { topic, payload: '', qos: 1, retain: true, lasting: true };
}
