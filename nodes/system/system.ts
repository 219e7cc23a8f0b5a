import type { NodeAPI } from 'node-red';
import { asTrunkflowError, type TrunkflowError } from '../../src/core/errors';
import { describeConventional } from '../../src/trunking/describe-conventional';
import { TableStore } from '../../src/trunking/store/table-store';
import { normaliseNac, System } from '../../src/trunking/system';
import type { SystemTables } from '../../src/trunking/system-tables';
import { type ImportReport, reportLines, reportWords } from '../../src/trunking/tables/report';
import { TABLE_NAMES, TABLE_WORDS } from '../../src/trunking/tables/table';
import { ErrorReport } from '../lib/error-report';
import * as systems from '../lib/running-systems';
import { textSetting } from '../lib/settings';
import { serveTables } from './system-admin';
import { serveCommands } from './system-commands';
import type { SystemFollower, SystemNode } from './system-node';
import { controlChannels, type SystemConfig, tablePlaces, unknownFlags, unknownPriority } from './system-settings';

function register(RED: NodeAPI): void {
  RED.nodes.registerType('radio-system', function (this: SystemNode, config: SystemConfig) {
    RED.nodes.createNode(this, config);
    const node = this;
    const userDir = RED.settings.userDir ?? '.';
    const errors = new ErrorReport(node);
    const followers = new Set<SystemFollower>();
    const listeners = new Set<(tables: SystemTables) => void>();
    let store: TableStore | undefined;

    this.shortName = textSetting(config.shortName);
    const nacs = textSetting(config.nac)
      .split(/[\s,;]+/)
      .filter(Boolean);
    this.accepts = (nac) => nacs.length === 0 || nacs.map(normaliseNac).includes(normaliseNac(nac));
    this.store = () => (store ??= makeStore());
    this.bandPlan = () => node.store().bandPlan;
    this.options = () => ({
      shortName: node.shortName,
      nac: nacs,
      controlChannels: controlChannels(config),
      followUnknown: config.followUnknown,
      unknownPriority: unknownPriority(config),
      unknownFlags: unknownFlags(config),
      tables: node.store().tables,
    });
    this.onTables = (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    };
    this.addFollower = (follower) => {
      followers.add(follower);
      return () => followers.delete(follower);
    };
    this.followers = () => [...followers];
    this.describeConventional = (call) => {
      try {
        return describeConventional(new System(node.options()), call);
      } catch {
        // Whoever follows this system's calls tells what is wrong with it.
        return call;
      }
    };
    const stop = systems.add(node);
    node.on('close', () => {
      stop();
      store?.close();
    });
    start();

    /** Reads the tables now, so that the first call has its name; what is wrong with them is told by who needs them. */
    function start(): void {
      try {
        node.store();
      } catch {
        return;
      }
      for (const name of TABLE_NAMES) {
        const report = store?.report(name);
        if (report && report.rejected + report.noted > 0) setImmediate(() => warn(report));
      }
    }

    function makeStore(): TableStore {
      const made = new TableStore({ system: node.shortName, places: tablePlaces(config, userDir) });
      made.onChange((tables) => {
        for (const listener of listeners) listener(tables);
      });
      const { units, channels } = made.problems();
      // Calls go on without these names. What is wrong with the others is told by who cannot do without.
      for (const problem of [units, channels]) if (problem) setImmediate(() => errors.later(problem));
      made.watch({
        report(report) {
          node.log(reportWords(report));
          warn(report);
        },
        problem: (error: TrunkflowError) => errors.warning(asTrunkflowError(error, 'bad-file', 'Unusable table')),
      });
      return made;
    }

    /** Names the lines that cannot be used. */
    function warn(report: ImportReport): void {
      const lines = reportLines(report);
      if (lines.length > 0) node.warn(`${node.shortName}, ${TABLE_WORDS[report.table]}, ${lines.join('\n')}`);
    }
  });

  serveCommands(RED);
  serveTables(RED);
}

export = register;
