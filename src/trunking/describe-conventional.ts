import type { CallInfo } from '../core/messages';
import { identifyChannel } from './call-identity';
import type { System } from './system';

/**
 * A call of a conventional channel with the number and names that the channel table has for its frequency, and the flags
 * of that number.
 */
export function describeConventional(system: System, call: CallInfo): CallInfo {
  const channel = system.channel(call.freq);
  if (!channel) return { ...call, ...system.flags(undefined) };
  const identity = identifyChannel(system, channel);
  const entry = system.entry(identity)!;
  return {
    ...call,
    id: `${system.shortName}_${identity.number}_${call.start_time}_${call.call_num}`,
    sys_name: system.shortName,
    talkgroup: identity.number,
    talkgroup_alpha_tag: entry.alphaTag,
    talkgroup_description: entry.description,
    talkgroup_group: entry.category,
    talkgroup_tag: entry.tag,
    ...system.flags(entry),
  };
}
