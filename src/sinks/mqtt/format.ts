import type { EventObject } from '../../core/messages';
import type { CallBook, CallNews } from './call-book';
import type { HealthBook } from './health';
import type { Names, SystemNumbers } from './names';
import type { Publication } from './publication';
import type { ReceiverDescription } from './tr-config';
import type { UnitEvent } from './unit-events';

/** Seconds between two rates, as trunk-recorder tells them. */
export const RATES_INTERVAL = 3;

/** What all formats of one node know. */
export interface FormatContext {
  calls: CallBook;
  health: HealthBook;
  names: Names;
  numbers: SystemNumbers;
  /** What the flow receives with, as it is now. */
  receiver(): ReceiverDescription;
  /** Systems that were heard, now or before a restart. */
  systems(): string[];
}

/** Turns what happens into messages. Times are the clock's, ms since 1970. */
export interface Format {
  /** Says that the flow is there; does no harm however often it is told. */
  hello(): Publication;
  /** What the broker keeps, in full: at the start, and whenever the broker may have lost it. */
  announce(now: number): Publication[];
  news(news: CallNews, now: number): Publication[];
  event(system: string, event: EventObject, now: number): Publication[];
  unit(system: string, event: UnitEvent, now: number): Publication[];
  /** Once a second. */
  tick(now: number): Publication[];
  /** The flow stops. */
  goodbye(now: number): Publication[];
  /** True for a retained topic that this format uses as it is set. */
  retains(topic: string): boolean;
}
