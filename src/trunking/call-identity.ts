import type { EncryptionEvent } from '../core/events';
import { type Channel, channelNumber } from './channels';
import type { System } from './system';

/** Who calls whom, from a grant or a voice channel's link control. */
export interface Party {
  talkgroup?: number;
  target?: number;
  source?: number;
  emergency?: boolean;
}

/** How voice is encrypted, as its encryption sync says. */
export type Cipher = Pick<EncryptionEvent, 'algorithm' | 'algorithm_name' | 'key_id'>;

/** What tells calls apart: one call for each (system, talkgroup) or pair of units. */
export interface CallIdentity {
  key: string;
  topic: string;
  /** Talkgroup, or the unit called. */
  number: number;
  unitCall: boolean;
  /** The units of a unit call, as far as they are named. */
  units?: readonly number[];
  /** The row of the channel table that names the call: it is on a conventional channel. */
  channel?: Channel;
  /** The time slot it has a carrier's call in, where the other slot may carry another call of the same number. */
  slot?: number;
  /** Talkgroups patched together under the number, itself first; absent when there is no patch. */
  patched?: readonly number[];
}

/**
 * Talkgroups that are patched together at the time (ms) are one call, that of their supergroup.
 * @returns undefined when nobody is named
 */
export function identify(system: System, { talkgroup, target, source }: Party, time: number): CallIdentity | undefined {
  const { shortName } = system;
  if (talkgroup !== undefined) {
    const patch = system.patches.of(talkgroup, time);
    const number = patch?.supergroup ?? talkgroup;
    const topic = `${shortName}/${number}`;
    return { key: topic, topic, number, unitCall: false, patched: patch?.talkgroups };
  }
  if (target === undefined) return undefined;
  // Either unit may be the source, in turn.
  const units = source ? [target, source].sort((a, b) => a - b) : [target];
  const topic = `${shortName}/unit/${target}`;
  return { key: `${shortName}/unit/${units.join('-')}`, topic, number: target, unitCall: true, units };
}

/** The calls of a conventional channel are all the channel's, whatever talkgroup they name: each time slot's are its own. */
export function identifyChannel({ shortName }: System, channel: Channel, slot?: number): CallIdentity {
  const number = channelNumber(channel);
  const topic = `${shortName}/${number}`;
  return inSlot({ key: topic, topic, number, unitCall: false, channel }, slot);
}

/** The same of one time slot: two slots of a carrier are two conversations, though both name the same talkgroup. */
export function inSlot(identity: CallIdentity, slot: number | undefined): CallIdentity {
  return slot === undefined ? identity : { ...identity, key: `${identity.key}/slot-${slot}`, slot };
}
