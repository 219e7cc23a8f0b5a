import type { System } from './system';

/** What is known of the site a control channel (or conventional channel) belongs to. */
export interface Site {
  /** Stream of the channel. */
  stream: string;
  system: System;
  nac?: string;
  wacn?: string;
  /** System ID as the air carries it. */
  systemId?: string;
}
