import type { NodeAPI } from 'node-red';
import type { Archive } from '../../src/sinks/archive/archive';
import { archiveRoutes } from '../../src/sinks/live/archive-routes';
import { ArchiveUnion } from '../../src/sinks/live/archive-union';
import { LiveHub } from '../../src/sinks/live/live-hub';
import { liveServer, type Route } from '../../src/sinks/live/live-server';
import { talkgroupRoutes } from '../../src/sinks/live/talkgroup-routes';
import { applyCommand, type ListeningCommand } from '../../src/trunking/listening-command';
import { ListeningRules } from '../../src/trunking/listening-rules';
import type { PageServer } from '../../src/web/page-server';
import { all, get } from '../lib/archives';
import type { WebPage } from '../lib/web-pages';
import { systemTalkgroups } from './system-talkgroups';

/** What one audio sink wants of the page. */
export interface PageWishes {
  /** Name of the sink; '' = none. */
  name: string;
  /** 'all' call recorders, 'none', or the id of one. */
  archive: string;
  downloads: boolean;
}

/**
 * A page where calls are heard, found and chosen. Several audio sinks may use one: it is named after all of them, and
 * searches what any of them lets it search; recordings may be saved where none of those forbids it.
 */
export class ListeningPage implements WebPage {
  readonly hub: LiveHub;
  readonly server: PageServer;
  /** Of the sinks that use it, in the order they came. */
  private readonly wishes = new Set<PageWishes>();
  /** What the flow has set. */
  private readonly rules = new ListeningRules();
  private paused = false;

  /** @throws TrunkflowError 'bad-setting' for a path that cannot be one */
  constructor(RED: NodeAPI, path: string) {
    this.hub = new LiveHub({ about: () => this.about() });
    const archive = archiveRoutes(new ArchiveUnion(() => this.archives()), { downloads: () => this.downloads });
    const routes: Route[] = [
      talkgroupRoutes(() => [this.hub.talkgroups(), systemTalkgroups(RED)]),
      (...request) => this.searched.length > 0 && archive(...request),
    ];
    this.server = liveServer(this.hub, { path, routes });
  }

  /** A sink uses the page; call the result when it is gone. */
  join(wishes: PageWishes): () => void {
    this.wishes.add(wishes);
    return () => this.wishes.delete(wishes);
  }

  /** Does for all listeners what a flow says. */
  control(command: ListeningCommand): void {
    applyCommand(this.rules, command);
    if (command.pause !== undefined) this.paused = command.pause;
    const { skip, replay } = command;
    this.hub.control({ hold: this.rules.hold, avoided: this.rules.avoiding(), paused: this.paused }, { skip, replay });
  }

  close(): void {
    this.hub.close();
  }

  private get searched(): PageWishes[] {
    return [...this.wishes].filter(({ archive }) => archive !== 'none');
  }

  private get downloads(): boolean {
    return this.searched.every(({ downloads }) => downloads);
  }

  private about() {
    const names = new Set([...this.wishes].map(({ name }) => name).filter(Boolean));
    const search = this.searched.length > 0;
    return { title: [...names].join(', ') || 'Trunkflow', archive: { search, download: search && this.downloads } };
  }

  /** Recorders come and go with deployments. */
  private archives(): ReadonlyMap<string, Archive> {
    const ids = this.searched.map(({ archive }) => archive);
    if (ids.includes('all')) return all();
    return new Map(ids.map((id) => [id, get(id)] as const).filter((one): one is [string, Archive] => Boolean(one[1])));
  }
}
