import { TrunkflowError } from '../core/errors';
import type { Control } from '../core/messages';
import { type ListeningCommand, readListeningCommand } from './listening-command';

/** What a flow may say to a follower in msg.control. */
export interface FollowerCommand extends Pick<ListeningCommand, 'hold' | 'avoid' | 'lift'> {
  /** For the calls to come; null: what the table says holds again. */
  priority?: { system: string; talkgroup: number; priority: number | null };
}

/**
 * Reads `hold`, `avoid` and `lift` as those who listen take them, and `priority: {system, talkgroup, priority}`, where
 * -1 locks out and null is the table's again. The system may be left out where there is only one.
 * @throws TrunkflowError 'bad-message'
 */
export function readFollowerCommand(control: Control, onlySystem?: string): FollowerCommand {
  const { priority, ...others } = control;
  const listening = Object.fromEntries(Object.entries(others).map(([name, value]) => [name, named(value, onlySystem)]));
  const command: FollowerCommand = {};
  if (priority !== undefined) command.priority = readPriority(named(priority, onlySystem));
  if (command.priority && Object.keys(others).length === 0) return command;
  const { hold, avoid, lift } = readListeningCommand(listening);
  if (hold === undefined && avoid === undefined && lift === undefined) throw unusable(Object.keys(control).join(', '));
  return { ...command, hold, avoid, lift };
}

function named(value: unknown, system?: string): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { system, ...value } : value;
}

function readPriority(value: unknown): FollowerCommand['priority'] {
  const { system, talkgroup, priority } = (value ?? {}) as Record<string, unknown>;
  const number = numberIn(talkgroup);
  const rank = priority === null ? null : numberIn(priority);
  const usable =
    typeof system === 'string' &&
    Number.isSafeInteger(number) &&
    number >= 0 &&
    (rank === null || (Number.isInteger(rank) && rank >= -1 && rank <= 1000));
  if (!usable) throw unusable(JSON.stringify(value)?.slice(0, 100) ?? '');
  return { system: system as string, talkgroup: number, priority: rank };
}

/** Dashboards and changed messages often carry numbers as text. NaN for what is none. */
function numberIn(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : Number.NaN;
}

function unusable(got: string): TrunkflowError {
  return new TrunkflowError('bad-message', 'Unusable command in msg.control', {
    expected: 'hold, avoid or lift {system, talkgroup}, or priority {system, talkgroup, priority: -1 to 1000, or null}',
    got,
    status: 'bad command',
  });
}
