import type { EventObject } from '../src/core/messages';

/** Prints events as JSON lines, or as text for people: time, type, then the fields that are set. */
export function printer(json: boolean): (event: object) => void {
  return json ? (event) => console.log(JSON.stringify(event)) : (event) => console.log(asText(event as EventObject));
}

function asText({ type, time, protocol: _protocol, stream: _stream, ...fields }: EventObject): string {
  const when = time === undefined ? '' : `${new Date(time).toISOString().slice(11, 23)} `;
  const shown = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return `${when}${type.toUpperCase()} ${shown.map(([name, value]) => `${name}=${plain(value)}`).join(' ')}`;
}

function plain(value: unknown): string {
  if (typeof value === 'object') return JSON.stringify(value);
  return typeof value === 'number' ? String(Number(value.toFixed(3))) : String(value);
}
