import { type Publication, withdrawal } from './publication';

/** What stays at the broker when the flow is gone; plain JSON, kept over restarts so that it can be taken away. */
export interface Remembered {
  version: 1;
  /** Discovery topics, with the platform of each component there. */
  devices: Record<string, Record<string, string>>;
  /** Other retained topics. */
  retained: string[];
  /** Systems that were heard; true for those that stood in the flow. */
  systems: Record<string, boolean>;
}

const MOST_DEVICES = 128;
const MOST_TOPICS = 4096;
const MOST_SYSTEMS = 64;

/** Knows what was published to stay, and says how to take it away. */
export class Memory {
  private readonly devices = new Map<string, Map<string, string>>();
  private readonly texts = new Map<string, string>();
  private readonly retained = new Set<string>();
  private readonly heard = new Map<string, boolean>();

  /** @param remembered what was kept, of whatever origin; unusable parts count as absent */
  constructor(
    remembered: unknown,
    private readonly changed: () => void = () => {},
  ) {
    const { devices, retained, systems } = (remembered ?? {}) as Partial<Remembered>;
    for (const [topic, components] of entries(devices).slice(0, MOST_DEVICES))
      this.devices.set(topic, new Map(entries(components).map(([id, platform]) => [id, String(platform)])));
    for (const topic of (Array.isArray(retained) ? retained : []).slice(0, MOST_TOPICS))
      if (typeof topic === 'string') this.retained.add(topic);
    for (const [name, configured] of entries(systems).slice(0, MOST_SYSTEMS)) this.heard.set(name, configured === true);
  }

  toJSON(): Remembered {
    return {
      version: 1,
      devices: Object.fromEntries([...this.devices].map(([topic, ids]) => [topic, Object.fromEntries(ids)])),
      retained: [...this.retained],
      systems: Object.fromEntries(this.heard),
    };
  }

  systems(): string[] {
    return [...this.heard.keys()];
  }

  /** True when the device at this topic was told with this component. */
  has(topic: string, component: string): boolean {
    return this.devices.get(topic)?.has(component) ?? false;
  }

  /** A system was heard; false when there are too many. */
  hear(system: string, configured: boolean): boolean {
    if (this.heard.get(system) === configured) return true;
    if (!this.heard.has(system) && this.heard.size >= MOST_SYSTEMS) return false;
    this.heard.set(system, configured);
    this.changed();
    return true;
  }

  /** Forgets systems that stood in the flow and do no more. */
  forgetGone(configured: readonly string[]): void {
    for (const [system, was] of this.heard)
      if (was && !configured.includes(system)) {
        this.heard.delete(system);
        this.changed();
      }
  }

  /** Sees what goes out, so that what stays is known. */
  sent(publications: readonly Publication[]): void {
    for (const { topic, retain, payload } of publications) {
      if (!retain || payload === '' || this.devices.has(topic) || this.retained.has(topic)) continue;
      if (this.retained.size >= MOST_TOPICS) continue;
      this.retained.add(topic);
      this.changed();
    }
  }

  /** Takes away retained topics nobody uses any more. */
  withdrawUnused(isUsed: (topic: string) => boolean): Publication[] {
    const unused = [...this.retained].filter((topic) => !isUsed(topic));
    for (const topic of unused) this.retained.delete(topic);
    if (unused.length > 0) this.changed();
    return unused.map(withdrawal);
  }

  /**
   * The messages that make Home Assistant know these devices and no others of this node. An entity that is left out
   * stays there; only one that is sent with nothing but its platform goes. So entities that are to go are sent like
   * that once, then the device as it is.
   * @param devices contents by topic
   * @param all send those that have not changed too
   */
  discover(
    devices: ReadonlyMap<string, { components: Record<string, { platform: string }> }>,
    all: boolean,
  ): Publication[] {
    const out: Publication[] = [];
    for (const topic of [...this.devices.keys()].filter((known) => !devices.has(known))) {
      this.devices.delete(topic);
      this.texts.delete(topic);
      this.changed();
      out.push(withdrawal(topic));
    }
    for (const [topic, config] of devices) {
      const text = JSON.stringify(config);
      if (!all && this.texts.get(topic) === text) continue;
      const before = this.devices.get(topic);
      const gone = [...(before ?? [])].filter(([id, platform]) => config.components[id]?.platform !== platform);
      if (gone.length > 0) {
        const reduced = Object.fromEntries(gone.map(([id, platform]) => [id, { platform }]));
        const components = { ...without(config.components, reduced), ...reduced };
        // The device as it is comes again by itself; this does not.
        out.push({ ...discovery(topic, { ...config, components }), lasting: true });
      }
      out.push(discovery(topic, config));
      this.note(topic, config.components, text);
    }
    return out;
  }

  private note(topic: string, components: Record<string, { platform: string }>, text: string): void {
    const ids = new Map(Object.entries(components).map(([id, { platform }]) => [id, platform]));
    const before = this.devices.get(topic);
    this.texts.set(topic, text);
    if (before && sameEntries(before, ids)) return;
    if (!before && this.devices.size >= MOST_DEVICES) return;
    this.devices.set(topic, ids);
    this.changed();
  }
}

function discovery(topic: string, payload: object): Publication {
  return { topic, payload, qos: 1, retain: true };
}

function without<T>(all: Record<string, T>, some: Record<string, unknown>): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([id]) => !(id in some)));
}

function sameEntries(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
}

function entries(value: unknown): [string, never][] {
  return value && typeof value === 'object' ? (Object.entries(value) as [string, never][]) : [];
}
