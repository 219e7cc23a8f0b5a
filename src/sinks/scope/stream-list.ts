import type { StreamMessage } from '../../core/messages';

/** A stream that can be watched. */
export interface SeenStream {
  stream: string;
  kind: 'iq' | 'audio' | 'symbols';
  rate: number;
  /** Hz; 0 when unknown. */
  center: number;
}

export type WatchableMessage = Exclude<StreamMessage, { port: 'voice' }>;

/** Streams listed at once. */
const MOST = 512;
/** Milliseconds after which a stream that says nothing is no longer offered. */
const FADES = 10_000;

/** The streams that come in, by what their messages say; looking at one costs next to nothing. */
export class StreamList {
  private readonly seen = new Map<string, SeenStream & { heard: number }>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Sees a message; true when the list changed. */
  take({ port, info }: WatchableMessage): boolean {
    const key = keyOf(port, info.stream);
    if (info.end) return this.seen.delete(key);
    const center = 'center' in info ? info.center : (info.frequency ?? 0);
    const known = this.seen.get(key);
    if (known && known.rate === info.rate && known.center === center) {
      known.heard = this.now();
      return false;
    }
    this.seen.set(key, { stream: key, kind: port, rate: info.rate, center, heard: this.now() });
    if (this.seen.size > MOST) this.seen.delete(this.seen.keys().next().value!);
    return true;
  }

  get(stream: string): SeenStream | undefined {
    return this.seen.get(stream);
  }

  /** Streams that go on: the widest band first, then by name. */
  list(): SeenStream[] {
    const least = this.now() - FADES;
    for (const [key, { heard }] of this.seen) if (heard < least) this.seen.delete(key);
    const list = [...this.seen.values()].map(({ heard, ...stream }) => stream);
    const rank = { iq: 0, symbols: 1, audio: 2 };
    return list.sort((a, b) => rank[a.kind] - rank[b.kind] || b.rate - a.rate || (a.stream < b.stream ? -1 : 1));
  }

  /** True when a frequency lies in a band that comes in. */
  covers(frequency: number): boolean {
    return this.list().some(({ kind, rate, center }) => kind === 'iq' && Math.abs(frequency - center) <= rate / 2);
  }
}

/** Channels and what demodulators make of them have the same stream name; what is watched tells them apart. */
export function keyOf(port: WatchableMessage['port'], stream: string): string {
  return port === 'iq' ? stream : `${stream} (${port})`;
}
