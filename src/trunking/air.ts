import type { ChannelSignal } from '../core/messages';
import type { Site } from './site';

/**
 * Systems whose control channel and voice channels may be of different air interfaces: those of FDMA channels and of time
 * slots, by either. A slot's voice is scrambled with the identities of the system.
 */
const AIR_INTERFACES: Readonly<Record<string, { fdma: string; tdma: string }>> = {
  p25: { fdma: 'p25', tdma: 'p25-phase2' },
  'p25-phase2': { fdma: 'p25', tdma: 'p25-phase2' },
};

/** The slot of a stream that is one output of a decoder of several; undefined for others. */
export function slotOf(stream: string): number | undefined {
  const [, slot] = /\/slot-(\d)$/.exec(stream) ?? [];
  return slot === undefined ? undefined : Number(slot);
}

/** The protocol a system is set up by: both air interfaces of a kind are one system's. */
export function systemProtocol(protocol: string): string {
  return AIR_INTERFACES[protocol]?.fdma ?? protocol;
}

/**
 * What a granted channel carries, for its demodulator and decoder; undefined where that is what the control channel is.
 * `protocol` is the control channel's. 'unknown_system' while the identities that a slot is scrambled with are not heard yet.
 */
export function channelSignal(
  { wacn, systemId, nac }: Site,
  protocol: string,
  slot: number | undefined,
): ChannelSignal | 'unknown_system' | undefined {
  const air = AIR_INTERFACES[protocol];
  if (slot === undefined) return air && air.fdma !== protocol ? { protocol: air.fdma } : undefined;
  if (!air) return { slot };
  if (!wacn || !systemId || !nac) return 'unknown_system';
  return { protocol: air.tdma, slot, wacn, system: systemId, nac };
}
