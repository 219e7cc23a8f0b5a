import { TrunkflowError } from '../core/errors';
import type { Control } from '../core/messages';
import type { Hold, ListeningRules, TalkgroupRef } from './listening-rules';

/** What a flow may say in msg.control to those who listen. */
export interface ListeningCommand {
  /** Hear only this; null ends it. */
  hold?: Hold | null;
  /** Do not hear this talkgroup for so many minutes, or until it is lifted. */
  avoid?: TalkgroupRef & { minutes: number | null };
  /** Hear it again; 'all' whatever is avoided. */
  lift?: TalkgroupRef | 'all';
  /** Calls wait, or go on. */
  pause?: boolean;
  /** Enough of the call that plays; 'all' of those that wait, too. */
  skip?: 'call' | 'all';
  /** Pages play the last call again. */
  replay?: true;
}

const COMMANDS = ['hold', 'avoid', 'lift', 'pause', 'skip', 'replay'] as const;

/**
 * Reads commands: `hold: {system, talkgroup?} | null`, `avoid: {system, talkgroup, minutes?} | null` (null lifts all),
 * `lift: {system, talkgroup} | 'all'`, `pause: true | false`, `skip: true | 'all'`, `replay: true`.
 * @throws TrunkflowError 'bad-message'
 */
export function readListeningCommand(control: Control): ListeningCommand {
  const command: ListeningCommand = {};
  const given = COMMANDS.filter((name) => control[name] !== undefined);
  if (given.length === 0) throw unusable('', `one of ${COMMANDS.join(', ')}`, Object.keys(control).join(', '));
  const { hold, avoid, lift, pause, skip, replay } = control;
  if (hold !== undefined) command.hold = hold === null ? null : readHold(hold);
  if (avoid === null) command.lift = 'all';
  else if (avoid !== undefined) command.avoid = { ...readTalkgroup('avoid', avoid), minutes: readMinutes(avoid) };
  if (lift !== undefined) command.lift = lift === 'all' ? 'all' : readTalkgroup('lift', lift);
  if (pause !== undefined) command.pause = readBoolean('pause', pause);
  if (skip !== undefined && skip !== false) {
    if (skip !== true && skip !== 'all') throw unusable('skip', "true or 'all'", skip);
    command.skip = skip === 'all' ? 'all' : 'call';
  }
  if (replay !== undefined && readBoolean('replay', replay)) command.replay = true;
  return command;
}

/** Does what concerns the rules. */
export function applyCommand(rules: ListeningRules, { hold, avoid, lift }: ListeningCommand): void {
  if (hold !== undefined) rules.hold = hold;
  if (lift === 'all') rules.liftAll();
  else if (lift) rules.lift(lift);
  if (avoid) rules.avoid(avoid, avoid.minutes);
}

function readHold(value: unknown): Hold {
  const { system, talkgroup } = value as Partial<Hold>;
  if (typeof system !== 'string' || system === '')
    throw unusable('hold', '{system, talkgroup} or {system} or null', value);
  return talkgroup === undefined || talkgroup === null ? { system } : readTalkgroup('hold', value);
}

function readTalkgroup(name: string, value: unknown): TalkgroupRef {
  const { system, talkgroup } = (value ?? {}) as Record<string, unknown>;
  // Dashboards and changed messages often carry numbers as text.
  const number = typeof talkgroup === 'string' && /^\d+$/.test(talkgroup) ? Number(talkgroup) : talkgroup;
  if (typeof system !== 'string' || system === '' || !(Number.isSafeInteger(number) && (number as number) >= 0))
    throw unusable(name, '{system, talkgroup}: a name and a number', value);
  return { system, talkgroup: number as number };
}

function readMinutes(value: unknown): number | null {
  const { minutes } = value as { minutes?: unknown };
  if (minutes === undefined || minutes === null) return null;
  const number = Number(minutes);
  if (!(number > 0 && number <= 100_000)) throw unusable('avoid.minutes', 'a number above 0', minutes);
  return number;
}

function readBoolean(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw unusable(name, 'true or false', value);
  return value;
}

function unusable(name: string, expected: string, got: unknown): TrunkflowError {
  return new TrunkflowError('bad-message', `Unusable command in msg.control${name && `.${name}`}`, {
    expected,
    got: typeof got === 'string' ? got || 'none' : JSON.stringify(got)?.slice(0, 100),
    status: 'bad command',
  });
}
