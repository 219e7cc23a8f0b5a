import { readFileSync } from 'node:fs';

let id: string | undefined | null = null;

/** Names this run of the computer, from its start to its shutdown; undefined where the system has no such name. */
export function bootId(): string | undefined {
  if (id !== null) return id;
  try {
    id = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    id = undefined;
  }
  return id;
}
