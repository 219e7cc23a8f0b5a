import type { NodeAPI } from 'node-red';
import type { Archive } from '../../src/sinks/archive/archive';
import { applyCommand, type ListeningCommand } from '../../src/sinks/listening-command';
import { ListeningRules } from '../../src/sinks/listening-rules';
import { archiveRoutes } from '../../src/sinks/live/archive-routes';
import { ArchiveUnion } from '../../src/sinks/live/archive-union';
import { LiveHub } from '../../src/sinks/live/live-hub';
import { liveServer, type Route } from '../../src/sinks/live/live-server';
import { talkgroupRoutes } from '../../src/sinks/live/talkgroup-routes';
import type { PageServer } from '../../src/web/page-server';
import { all, get } from '../lib/archives';
import type { WebPage } from '../lib/web-pages';
import { systemTalkgroups } from './system-talkgroups';

export interface ListeningPageOptions {
  path: string;
  title: string;
  /** 'all' call recorders, 'none', or the id of one. */
  archive: string;
  downloads: boolean;
}

/** A page where calls are heard, found and chosen; several audio sinks may use one. */
export class ListeningPage implements WebPage {
  readonly hub: LiveHub;
  readonly server: PageServer;
  /** What the flow has set. */
  private readonly rules = new ListeningRules();
  private paused = false;

  /** @throws TrunkflowError 'bad-setting' for a path that cannot be one */
  constructor(RED: NodeAPI, { path, title, archive, downloads }: ListeningPageOptions) {
    const searched = archive !== 'none';
    this.hub = new LiveHub({ title, about: { archive: { search: searched, download: searched && downloads } } });
    const routes: Route[] = [talkgroupRoutes(() => [this.hub.talkgroups(), systemTalkgroups(RED)])];
    if (searched) routes.push(archiveRoutes(new ArchiveUnion(() => chosen(archive)), { downloads }));
    this.server = liveServer(this.hub, { path, routes });
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
}

/** Recorders come and go with deployments. */
function chosen(archive: string): ReadonlyMap<string, Archive> {
  if (archive === 'all') return all();
  const one = get(archive);
  return new Map(one ? [[archive, one]] : []);
}
