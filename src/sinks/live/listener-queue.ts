import type { Counters } from '../../core/stage';

/** JSON text, or binary sound. */
export type Packet = string | Buffer;

export interface Listener {
  /** Takes one packet; the next comes when the promise is settled. */
  deliver(packet: Packet): Promise<void>;
}

/** Texts that may wait for one listener; one with more does not listen and is let go. */
const MAX_TEXTS = 2000;

interface Waiting {
  packet: Packet;
  /** Of live sound, which is dropped when too much waits; else 0. */
  seconds: number;
}

/**
 * What waits for one listener. Live sound is bounded in seconds: the oldest is dropped, and the listener told. What it
 * missed before it joined is not counted: it is bounded by what the hub keeps.
 */
export class ListenerQueue {
  /** It wants sound. */
  listens = false;
  private readonly waiting: Waiting[] = [];
  private seconds = 0;
  private texts = 0;
  private lost = 0;
  private busy = false;
  private closed = false;

  constructor(
    private readonly listener: Listener,
    private readonly maxWaiting: number,
    private readonly count: Counters,
    private readonly gone: () => void,
  ) {}

  text(packet: string): void {
    this.texts++;
    if (this.texts > MAX_TEXTS) this.gone();
    else this.add({ packet, seconds: 0 });
  }

  missed(packet: Buffer): void {
    this.add({ packet, seconds: 0 });
  }

  sound(packet: Buffer, seconds: number): void {
    this.seconds += seconds;
    while (this.seconds > this.maxWaiting) {
      const oldest = this.waiting.findIndex((one) => one.seconds > 0);
      if (oldest < 0) break;
      const [dropped] = this.waiting.splice(oldest, 1);
      this.seconds -= dropped.seconds;
      this.lost += dropped.seconds;
      this.count.dropped_packets++;
    }
    this.add({ packet, seconds });
  }

  /** Drops the sound that waits: it is not wanted any more. */
  silence(): void {
    const texts = this.waiting.filter(({ packet }) => typeof packet === 'string');
    this.waiting.splice(0, this.waiting.length, ...texts);
    this.seconds = this.lost = 0;
  }

  close(): void {
    this.closed = true;
    this.waiting.length = 0;
  }

  private add(one: Waiting): void {
    if (this.closed) return;
    this.waiting.push(one);
    if (!this.busy) void this.pump();
  }

  private async pump(): Promise<void> {
    this.busy = true;
    try {
      for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
        if (typeof next.packet === 'string') this.texts--;
        this.seconds -= next.seconds;
        if (this.lost > 0) {
          const seconds = this.lost;
          this.lost = 0;
          await this.listener.deliver(JSON.stringify({ type: 'lost', seconds }));
        }
        await this.listener.deliver(next.packet);
      }
    } catch {
      // A connection that cannot take a packet is over.
      this.gone();
    }
    this.busy = false;
  }
}
