import type {
  EncryptionEvent,
  GrantEvent,
  PatchEvent,
  StatsEvent,
  SystemEvent,
  TalkerAliasEvent,
  TalkerEvent,
  TerminatorEvent,
} from '../core/events';
import type { EventObject } from '../core/messages';

/** The events a follower acts on. */
export type FollowedEvent =
  | GrantEvent
  | TalkerEvent
  | EncryptionEvent
  | TerminatorEvent
  | TalkerAliasEvent
  | SystemEvent
  | PatchEvent
  | StatsEvent
  | AlternateEvent;

/** Another control channel of the site that is heard. */
export interface AlternateEvent {
  type: 'secondary_control_channel';
  protocol: string;
  stream: string;
  time: number;
  nac?: string;
  /** Hz. */
  frequency: number;
}

/** Identities on any air interface known have at most 24 bits. */
const MAX_IDENTITY = 0xffffff;
const MAX_PATCHED = 64;

/**
 * Checks what a wire brought: fields of the wrong type are taken as absent.
 * @returns undefined for other events; null for one of these that lacks what it needs
 */
export function readEvent(event: EventObject): FollowedEvent | undefined | null {
  const read = READERS[event.type];
  if (!read || !Object.hasOwn(READERS, event.type)) return undefined;
  const { stream, time, protocol, nac } = event;
  if (typeof stream !== 'string' || stream === '' || !isTime(time)) return null;
  const base = { stream, time, protocol: text(protocol) ?? '', nac: text(nac) };
  return read(event, base);
}

interface BaseFields {
  stream: string;
  time: number;
  protocol: string;
  nac?: string;
}

const READERS: Readonly<Record<string, (event: EventObject, base: BaseFields) => FollowedEvent | null>> = {
  grant(event, base) {
    const { frequency, slot, priority } = event;
    const grant: GrantEvent = {
      ...base,
      type: 'grant',
      update: event.update === true,
      ...parties(event),
      frequency: isFrequency(frequency) ? Math.round(frequency) : null,
      channel: text(event.channel) ?? '',
      slot: Number.isInteger(slot) ? (slot as number) : undefined,
      emergency: event.emergency === true,
      encrypted: event.encrypted === true,
      priority: typeof priority === 'number' && Number.isFinite(priority) ? priority : 0,
      duplex: event.duplex === true,
      mode: event.mode === 'packet' ? 'packet' : 'circuit',
      data: event.data === true,
    };
    return grant.talkgroup === undefined && grant.target === undefined ? null : grant;
  },
  talker: (event, base) => ({
    ...base,
    type: 'talker',
    ...parties(event),
    emergency: event.emergency === true,
    encrypted: typeof event.encrypted === 'boolean' ? event.encrypted : undefined,
  }),
  encryption: (event, base) =>
    typeof event.encrypted === 'boolean'
      ? {
          ...base,
          type: 'encryption',
          encrypted: event.encrypted,
          algorithm: identity(event.algorithm) ?? 0,
          algorithm_name: text(event.algorithm_name) ?? '',
          key_id: identity(event.key_id) ?? 0,
        }
      : null,
  terminator: (event, base) => ({ ...base, type: 'terminator', call: event.call === true }),
  talker_alias({ text: name, block, source }, base) {
    // Blocks may be blank.
    const readable = typeof name === 'string' && name.length <= 64 ? name : undefined;
    return {
      ...base,
      type: 'talker_alias',
      text: readable,
      block:
        Number.isInteger(block) && (block as number) > 0 && (block as number) <= 16 ? (block as number) : undefined,
      source: identity(source),
    };
  },
  system: (event, base) => ({ ...base, type: 'system', wacn: text(event.wacn), system: text(event.system) }),
  patch({ action, supergroup, talkgroups, dissolved, two_way }, base) {
    const number = identity(supergroup);
    if (number === undefined || (action !== 'add' && action !== 'delete')) return null;
    const members = Array.isArray(talkgroups) ? talkgroups.slice(0, MAX_PATCHED) : [];
    const known = members.map(identity).filter((member): member is number => member !== undefined);
    return {
      ...base,
      type: 'patch',
      action,
      supergroup: number,
      talkgroups: known,
      dissolved: dissolved === true,
      two_way: two_way !== false,
    };
  },
  stats: ({ locked, reason, code, rate, snr }, base) => ({
    ...base,
    type: 'stats',
    locked: locked === true,
    reason: text(reason) ?? '',
    code: text(code) ?? '',
    rate: typeof rate === 'number' && rate >= 0 ? rate : 0,
    snr: typeof snr === 'number' && Number.isFinite(snr) ? snr : undefined,
    counters: {},
  }),
  secondary_control_channel: ({ frequency }, base) =>
    isFrequency(frequency) ? { ...base, type: 'secondary_control_channel', frequency: Math.round(frequency) } : null,
};

export function isTime(time: unknown): time is number {
  return typeof time === 'number' && Math.abs(time) < 1e15;
}

function isFrequency(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value < 1e12;
}

function parties(event: EventObject): { talkgroup?: number; source?: number; target?: number } {
  return {
    talkgroup: identity(event.talkgroup),
    source: identity(event.source),
    target: identity(event.target),
  };
}

function identity(value: unknown): number | undefined {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_IDENTITY
    ? (value as number)
    : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 64 ? value : undefined;
}
