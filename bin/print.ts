import type { EventObject } from '../src/core/messages';
import { TextLines } from './text';

/** Where what was decoded goes. */
export interface Printer {
  print(event: EventObject): void;
}

/** JSON lines for programs, or text for people. */
export function printer(json: boolean): Printer {
  if (json) return { print: (event) => console.log(JSON.stringify(event)) };
  const lines = new TextLines();
  return { print: (event) => lines.of(event).forEach((line) => void console.log(line)) };
}
