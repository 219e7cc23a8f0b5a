import type { EventObject } from '../src/core/messages';
import type { Summary } from '../src/receiver/summary';
import { describe, mhz } from './describe';
import { summaryText } from './summary-text';

/** What a control channel repeats all the time is told once, and again when it was not heard for so long, ms. */
const REPEAT_MS = 10_000;
/** Lines, channels and streams remembered. */
const MOST_KEPT = 2000;
const TYPE_WIDTH = 18;
/** Events that say something else each time, so that they repeat themselves whatever they say. */
const EVER_CHANGING = ['time', 'low_speed_data'];
/** Columns whose name is not the event's type. */
const TITLES: Readonly<Record<string, string>> = { stats: 'reception' };

/** Turns events into lines for people: time, channel of a wide band, type, and what is worth knowing. */
export class TextLines {
  /** Stream time of each line said, ms; the longest unheard first. */
  private readonly said = new Map<string, number>();
  private readonly channels = new Map<string, string>();
  private readonly reception = new Map<string, string>();

  /** The lines of one event; none when it says nothing new. */
  of(event: EventObject): string[] {
    const { type, stream = '', time } = event;
    if (type === 'summary') return ['', ...summaryText(event as Summary)];
    if (type === 'channel') keep(this.channels, stream, mhz(event.frequency as number));
    if (type === 'stats' && !this.changed(stream, event)) return [];
    const text = describe(event);
    if (text === undefined) return [];
    const channel = column(this.channels.get(stream) ?? '', this.channels.size > 0 ? 13 : 0);
    const line = channel + column(TITLES[type] ?? type.replaceAll('_', ' '), TYPE_WIDTH);
    const whole = (line + text).trimEnd();
    if (time === undefined) return [whole];
    const news =
      type === 'stats' || type === 'call' || !this.isRepeated(EVER_CHANGING.includes(type) ? line : whole, time);
    return news ? [`${clock(time)}  ${whole}`] : [];
  }

  /** Of the reception only its changes are told, whatever the exact figures. */
  private changed(stream: string, { locked, reason }: EventObject): boolean {
    const state = locked ? 'good' : String(reason).replace(/[\d.+-]+/, '');
    const before = this.reception.get(stream);
    keep(this.reception, stream, state);
    return state !== before;
  }

  private isRepeated(line: string, time: number): boolean {
    const last = this.said.get(line);
    keep(this.said, line, time);
    return last !== undefined && Math.abs(time - last) < REPEAT_MS;
  }
}

/** Sets a value as the newest; the oldest beyond so many is forgotten. */
function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > MOST_KEPT) map.delete(map.keys().next().value!);
}

function column(text: string, width: number): string {
  return width === 0 ? '' : `${text.padEnd(width - 1)} `;
}

/** Time of day with milliseconds, UTC. */
function clock(time: number): string {
  return new Date(time).toISOString().slice(11, 23);
}
