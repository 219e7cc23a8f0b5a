import type { BandPlan } from '../band-plan';
import type { Octets } from '../octets';

/** An event as a message parser gives it; the decoder adds the message's name, the NAC and the time. */
export interface MessageEvent {
  type: string;
  [field: string]: unknown;
}

/** Reads one message. Never throws: all fields lie inside the fixed length of the message. */
export type Parser = (octets: Octets, bands: BandPlan) => MessageEvent | MessageEvent[];

export interface Definition {
  opcode: number;
  /** Name in the standard (or, for a manufacturer's message, the name decoders agree on). */
  name: string;
  /** Data blocks a multi-block message has at least; default 1. */
  blocks?: number;
  /** Octets a MAC message has at least, opcode included. */
  least?: number;
  parse: Parser;
}

/** Messages by opcode. */
export type MessageTable = Readonly<Record<number, Definition>>;

export function messageTable(definitions: readonly Definition[]): MessageTable {
  return Object.fromEntries(definitions.map((definition) => [definition.opcode, definition]));
}
