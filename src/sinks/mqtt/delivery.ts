import type { Publication } from './publication';

/** A publication on its way; `delivery` numbers those whose arrival is worth knowing. */
export interface Outgoing {
  publication: Publication;
  delivery?: number;
}

export interface DeliveryCounters {
  /** Messages passed on. */
  sent: number;
  /** Messages that wait for the broker. */
  waiting: number;
  /** Messages that waited and were given up, the oldest first. */
  dropped: number;
  /** Bytes of messages that may have to be sent again. */
  remembered: number;
}

const MOST_WAITING = 2000;
const MOST_WAITING_BYTES = 16e6;
/** Bytes of a message that does not say its size. */
const USUAL_BYTES = 1500;
/** Time after the start in which a word about the broker may come; later there is nobody who tells, ms. */
const START_PATIENCE = 3000;
/** The same where somebody tells, but perhaps only at the next attempt to connect, 15 s apart by default. */
const TOLD_PATIENCE = 20_000;
/** After a reconnection, what the mqtt client itself sends again gets this long to arrive, ms. */
const RESEND_PATIENCE = 3000;

/**
 * Holds what must not be lost while the broker is away, as the core mqtt out node throws such messages away. A status
 * node on the mqtt out node tells when that is; a complete node tells what arrived, so that also what was on its way
 * in the moment the connection broke is sent again, and nothing twice.
 */
export class Delivery {
  private state: 'starting' | 'blind' | 'connected' | 'away' = 'starting';
  private readonly waiting: Outgoing[] = [];
  private waitingBytes = 0;
  /** Sent and not yet known to have arrived, by number. */
  private readonly underWay = new Map<number, { outgoing: Outgoing; at: number }>();
  private underWayBytes = 0;
  private number = 0;
  private acknowledges = false;
  private brokeAt?: number;
  private resendAt?: number;
  private sent = 0;
  private dropped = 0;

  /** @param told a status node is there to tell of the broker */
  constructor(
    private readonly startedAt: number,
    private readonly told = false,
  ) {}

  /** True when messages go out at once. */
  get open(): boolean {
    return this.state === 'connected' || this.state === 'blind';
  }

  /** Nothing is known of the broker yet. */
  get starting(): boolean {
    return this.state === 'starting';
  }

  /** Nobody tells whether the broker is there. */
  get blind(): boolean {
    return this.state === 'blind';
  }

  counters(): DeliveryCounters {
    const { sent, dropped, underWayBytes: remembered } = this;
    return { sent, waiting: this.waiting.length, dropped, remembered };
  }

  /** What can go out now; what must wait is kept, and what need not is let go. */
  send(publications: readonly Publication[], now: number): Outgoing[] {
    const out = publications.map((publication) => this.numbered(publication));
    if (this.open) return this.pass(out, now);
    for (const outgoing of out) if (outgoing.delivery !== undefined) this.hold(outgoing);
    return [];
  }

  /** The mqtt out node tells of its connection; gives what waited when there is one again. */
  connection(connected: boolean, now: number): Outgoing[] {
    if (!connected) {
      if (this.open) this.brokeAt = now;
      this.state = 'away';
      this.resendAt = undefined;
      return [];
    }
    if (this.state === 'connected') return [];
    this.state = 'connected';
    if (this.brokeAt !== undefined) this.resendAt = now + RESEND_PATIENCE;
    return this.release(now);
  }

  /**
   * A message to send while nothing is known: if it arrives, the broker is there. A flow whose mqtt out node has been
   * connected for long tells nothing by itself.
   */
  probe(publication: Publication): Outgoing {
    return { publication, delivery: ++this.number };
  }

  /** A numbered message has arrived; gives what waited when that is the first word of the broker. */
  arrived(delivery: number, now: number): Outgoing[] {
    this.acknowledges = true;
    this.landed(delivery);
    return this.state === 'starting' ? this.connection(true, now) : [];
  }

  /** Time goes by; gives what must be sent again, or waited for a word about the broker. */
  tick(now: number): Outgoing[] {
    const patience = this.told ? TOLD_PATIENCE : START_PATIENCE;
    if (this.state === 'starting' && now - this.startedAt >= patience) {
      this.state = 'blind';
      return this.release(now);
    }
    if (this.state !== 'connected' || this.resendAt === undefined || now < this.resendAt) return [];
    const lost = [...this.underWay.values()].filter(({ at }) => at <= this.brokeAt!);
    this.resendAt = this.brokeAt = undefined;
    if (!this.acknowledges) return [];
    for (const { outgoing } of lost) this.landed(outgoing.delivery!);
    return this.pass(
      lost.map(({ outgoing }) => outgoing),
      now,
    );
  }

  private numbered(publication: Publication): Outgoing {
    return publication.lasting ? { publication, delivery: ++this.number } : { publication };
  }

  private release(now: number): Outgoing[] {
    this.waitingBytes = 0;
    return this.pass(this.waiting.splice(0), now);
  }

  private pass(out: Outgoing[], now: number): Outgoing[] {
    for (const outgoing of out) {
      if (outgoing.delivery === undefined) continue;
      this.underWay.set(outgoing.delivery, { outgoing, at: now });
      this.underWayBytes += sizeOf(outgoing);
      // Perhaps nobody tells what arrives; recordings are large.
      while (this.underWay.size > MOST_WAITING || this.underWayBytes > MOST_WAITING_BYTES)
        this.landed(this.underWay.keys().next().value!);
    }
    this.sent += out.length;
    return out;
  }

  /** A message is no longer under way. */
  private landed(delivery: number): void {
    const known = this.underWay.get(delivery);
    if (!known) return;
    this.underWay.delete(delivery);
    this.underWayBytes -= sizeOf(known.outgoing);
  }

  private hold(outgoing: Outgoing): void {
    const bytes = sizeOf(outgoing);
    while (
      this.waiting.length > 0 &&
      (this.waiting.length >= MOST_WAITING || this.waitingBytes + bytes > MOST_WAITING_BYTES)
    ) {
      this.waitingBytes -= sizeOf(this.waiting.shift()!);
      this.dropped++;
    }
    this.waiting.push(outgoing);
    this.waitingBytes += bytes;
  }
}

function sizeOf({ publication }: Outgoing): number {
  return publication.bytes ?? USUAL_BYTES;
}
