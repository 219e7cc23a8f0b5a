import type { EventObject } from '../../core/messages';

/** How a system's control channel is read, and what it says of itself. */
export interface SystemHealth {
  system: string;
  protocol: string;
  nac?: string;
  wacn?: string;
  systemId?: string;
  rfss?: number;
  site?: number;
  /** Hz; 0 while unknown. */
  controlChannel: number;
  locked: boolean;
  /** Why it is not locked; empty when it is. */
  reason: string;
  /** Good messages per second, over the last seconds. */
  rate: number;
  /** dB; undefined while unknown. */
  snr?: number;
}

interface Stream {
  /** Clock time of its last statistics, ms. */
  heard: number;
  locked: boolean;
  reason: string;
  rate: number;
  snr?: number;
  kind: 'control' | 'voice' | 'unknown';
  /** Rates since the average was last asked for. */
  sum: number;
  count: number;
}

type Identity = Pick<SystemHealth, 'protocol' | 'nac' | 'wacn' | 'systemId' | 'rfss' | 'site' | 'controlChannel'>;

interface Entry extends Identity {
  streams: Map<string, Stream>;
}

/** Statistics come once a second; after this time without (ms) nothing is heard any more. */
const STALE = 10_000;
const MOST_SYSTEMS = 64;
const MOST_STREAMS = 64;

/** What stats and system events add up to, for each system. */
export class HealthBook {
  private readonly entries = new Map<string, Entry>();

  /** True when the event told something of the system's health or identity. */
  event(system: string, event: EventObject, now: number): boolean {
    if (event.type !== 'stats' && event.type !== 'system') return false;
    const entry = this.entry(system, event);
    if (!entry) return false;
    if (event.type === 'stats') this.stats(entry, event, now);
    else Object.assign(entry, identity(event, entry));
    return true;
  }

  systems(): string[] {
    return [...this.entries.keys()];
  }

  health(system: string, now: number): SystemHealth | undefined {
    const entry = this.entries.get(system);
    if (!entry) return undefined;
    const { streams, ...rest } = entry;
    const main = mainStream(streams, now);
    const isFresh = main !== undefined && now - main.heard <= STALE;
    return {
      system,
      ...rest,
      locked: isFresh && main.locked,
      reason: isFresh ? main.reason : 'no input',
      rate: isFresh ? hundredths(main.count > 0 ? main.sum / main.count : main.rate) : 0,
      ...(isFresh && main.snr !== undefined && { snr: main.snr }),
    };
  }

  /** Begins another interval for the rates. */
  nextInterval(): void {
    for (const { streams } of this.entries.values())
      for (const stream of streams.values()) {
        if (stream.count > 0) stream.rate = stream.sum / stream.count;
        stream.sum = stream.count = 0;
      }
  }

  private entry(system: string, { protocol }: EventObject): Entry | undefined {
    const known = this.entries.get(system);
    if (known) return known;
    if (this.entries.size >= MOST_SYSTEMS) return undefined;
    const made: Entry = { protocol: protocol ?? '', controlChannel: 0, streams: new Map() };
    this.entries.set(system, made);
    return made;
  }

  private stats(entry: Entry, event: EventObject, now: number): void {
    const { stream = '' } = event;
    const rate = numberOf(event.rate) ?? 0;
    const before = entry.streams.get(stream);
    if (!before && entry.streams.size >= MOST_STREAMS) forgetOldest(entry.streams);
    if (typeof event.nac === 'string') entry.nac = event.nac;
    entry.streams.set(stream, {
      heard: now,
      locked: event.locked === true,
      reason: typeof event.reason === 'string' ? event.reason : '',
      rate,
      snr: numberOf(event.snr),
      kind: kindOf(event.counters) ?? before?.kind ?? 'unknown',
      sum: (before?.sum ?? 0) + rate,
      count: (before?.count ?? 0) + 1,
    });
  }
}

function identity(event: EventObject, before: Identity): Partial<Identity> {
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
  return {
    nac: text(event.nac) ?? before.nac,
    wacn: text(event.wacn) ?? before.wacn,
    systemId: text(event.system) ?? before.systemId,
    rfss: numberOf(event.rfss) ?? before.rfss,
    site: numberOf(event.site) ?? before.site,
    controlChannel: numberOf(event.control_channel) ?? before.controlChannel,
  };
}

/** What a stream carries, by what was decoded on it; undefined while nothing was. */
function kindOf(counters: unknown): Stream['kind'] | undefined {
  if (!counters || typeof counters !== 'object') return undefined;
  const count = (name: string) => numberOf((counters as Record<string, unknown>)[name]) ?? 0;
  const signalling = count('tsbk') + count('mbt');
  const voice = count('ldu1') + count('ldu2');
  if (signalling === 0 && voice === 0) return undefined;
  return signalling >= voice ? 'control' : 'voice';
}

/** The control channel, the one that is read best where there are several; else what may become one. */
function mainStream(streams: ReadonlyMap<string, Stream>, now: number): Stream | undefined {
  const worth = ({ kind, heard, locked, rate }: Stream) =>
    (now - heard <= STALE ? 1e6 : 0) +
    (kind === 'control' ? 1e5 : kind === 'unknown' ? 1e4 : 0) +
    (locked ? 1e3 : 0) +
    rate;
  return [...streams.values()].sort((a, b) => worth(b) - worth(a))[0];
}

function forgetOldest(streams: Map<string, Stream>): void {
  const [oldest] = [...streams].sort(([, a], [, b]) => a.heard - b.heard)[0];
  streams.delete(oldest);
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
