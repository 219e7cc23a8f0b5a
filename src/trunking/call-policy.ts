import type { GrantEvent } from '../core/events';
import type { CallIdentity } from './call-identity';
import type { FollowerOptions, SkipReason } from './options';
import type { SkippedCall } from './skipped-calls';
import type { System } from './system';

/** What is asked for: by a grant, or by a voice channel that says less. */
type Asked = Partial<Pick<GrantEvent, 'data' | 'encrypted' | 'frequency'>>;

/** Why a call is not wanted even if there is a channel for it; undefined when it is. */
export function refusal(
  system: System,
  options: Pick<FollowerOptions, 'unitCalls'>,
  identity: CallIdentity,
  asked: Asked,
): SkipReason | undefined {
  if (asked.data) return 'data';
  const { unitCall } = identity;
  if (unitCall && !options.unitCalls) return 'unit_call';
  const entry = system.entry(identity);
  if (entry && entry.priority < 0) return 'locked_out';
  if (!entry && !unitCall && !system.followUnknown) return 'unknown_talkgroup';
  if (asked.encrypted || entry?.encryption === 'always') return 'encrypted';
  return asked.frequency === null ? 'unknown_frequency' : undefined;
}

/** True when a grant changes nothing about a call that is not followed. */
export function staysSkipped(skipped: SkippedCall, grant: GrantEvent): boolean {
  if (skipped.reason === 'out_of_band') return grant.frequency === skipped.frequency;
  if (skipped.reason !== 'encrypted') return false;
  // Updates do not say whether the call is encrypted, and where the voice itself said so a grant is not believed until
  // it is for another unit.
  if (grant.encrypted || grant.update) return true;
  return skipped.byVoice === true && (!grant.source || !skipped.source || grant.source === skipped.source);
}
