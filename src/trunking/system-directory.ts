import { TrunkflowError } from '../core/errors';
import { systemProtocol } from './air';
import { normaliseNac, System, type SystemOptions } from './system';

/** Systems made for NACs nobody set up. */
const MAX_AUTOMATIC = 64;

/** Finds the system a signal belongs to. */
export class SystemDirectory {
  readonly configured: System[];
  private readonly automatic = new Map<string, System>();
  private readonly byIdentity = new Map<string, System>();

  /** @throws TrunkflowError as System does, and 'bad-setting' when two have the same name */
  constructor(options: SystemOptions[]) {
    const names = options.map(({ shortName }) => shortName);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) {
      // Their talkgroups would be taken for the same.
      throw new TrunkflowError('bad-setting', `Two systems have the short name "${twice}"`, {
        hint: 'Give each a name of its own; the sites of one system are one entry with several NACs',
        status: 'bad system name',
      });
    }
    this.configured = options.map((system) => new System(system));
  }

  /** A system by its short name. */
  named(shortName: string): System | undefined {
    const all = [...this.configured, ...this.automatic.values()];
    return all.find((system) => system.shortName === shortName);
  }

  /**
   * The system of a site that has told its identity. Sites of one system have NACs of their own; where no system is set
   * up, their WACN and system ID show that they belong together.
   */
  sameAs(system: System, { wacn, system: id, nac }: { wacn: string; system: string; nac?: string }): System {
    if (this.configured.length > 0) return system;
    const name = `${wacn}-${id}`;
    const first = this.byIdentity.get(name) ?? system;
    if (this.byIdentity.size < MAX_AUTOMATIC) this.byIdentity.set(name, first);
    for (const [key, one] of this.automatic) if (one === system && nac !== undefined) this.automatic.set(key, first);
    return first;
  }

  /**
   * The first configured system that accepts the signal. Where none is configured, one named after protocol and NAC is
   * made, so that equal talkgroup numbers of two systems stay apart.
   */
  find(protocol: string, nac: string | undefined): System | undefined {
    if (this.configured.length > 0) return this.configured.find((system) => system.accepts(protocol, nac));
    const name = [systemProtocol(protocol) || 'radio', nac && normaliseNac(nac)]
      .filter(Boolean)
      .join('-')
      .replace(/[^\w-]/g, '');
    let system = this.automatic.get(name);
    if (!system && this.automatic.size < MAX_AUTOMATIC) {
      system = new System({ shortName: name.slice(0, 64) || 'radio' });
      this.automatic.set(name, system);
    }
    return system;
  }
}
