import type { BandPlan } from './band-plan';
import type { MessageEvent } from './messages/definition';

const IDENTITY = ['wacn', 'system', 'rfss', 'site'] as const;

/** What the broadcasts of one system add up to: its channel identifiers and the site's identity. */
export class SystemState {
  private identity: Record<string, unknown> = {};

  constructor(private readonly bands: BandPlan) {}

  /** Another system is heard. */
  reset(): void {
    this.identity = {};
    this.bands.reset();
  }

  /** Learns from one event; gives a 'system' event when the identity became known or changed. */
  observe(event: MessageEvent): MessageEvent | null {
    if (event.type === 'iden_update' && this.isOurs(event)) {
      this.bands.learn(event.identifier as number, {
        base: event.base_frequency as number,
        spacing: event.spacing as number,
        offset: event.transmit_offset as number,
        bandwidth: event.bandwidth as number,
        slots: event.slots as number,
      });
    }
    if (event.type !== 'network_status' && event.type !== 'rfss_status') return null;
    const identity = { ...this.identity };
    for (const field of IDENTITY) if (event[field] !== undefined) identity[field] = event[field];
    if (typeof event.control_frequency === 'number') identity.control_channel = event.control_frequency;
    const changed = Object.keys(identity).some((field) => identity[field] !== this.identity[field]);
    this.identity = identity;
    return changed ? { type: 'system', ...identity } : null;
  }

  /** Some identifier updates tell what another system's identifiers mean. */
  private isOurs({ wacn, system }: MessageEvent): boolean {
    return wacn === undefined || (wacn === this.identity.wacn && system === this.identity.system);
  }
}
