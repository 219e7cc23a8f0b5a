import type { NodeAPI, NodeDef, NodeMessage, Node as RedNode } from 'node-red';
import { TrunkflowError } from '../../src/core/errors';
import type { WireMessage } from '../../src/core/ports';
import { checkTableName } from '../../src/trunking/system-tables';
import { guessTable } from '../../src/trunking/tables/guess-table';
import { type ImportMode, type ImportReport, reportLines, reportWords } from '../../src/trunking/tables/report';
import { TABLE_WORDS, type TableName } from '../../src/trunking/tables/table';
import { configNode } from '../lib/config-node';
import { serve } from '../lib/node-input';
import { StatusLine, type StatusText } from '../lib/status-line';
import type { SystemNode } from '../system/system-node';

interface TablesConfig extends NodeDef {
  system: string;
  table: 'auto' | TableName;
  mode: ImportMode;
  keep: boolean;
}

function register(RED: NodeAPI): void {
  RED.nodes.registerType('radio-tables', function (this: RedNode, config: TablesConfig) {
    RED.nodes.createNode(this, config);
    const node = this;
    let wrong: TrunkflowError | undefined;
    let last: ImportReport | undefined;

    const line = new StatusLine(node, compose);
    const errors = serve(node, {
      async message(msg) {
        const system = configNode<SystemNode>(RED, config.system, 'system');
        const table = tableOf(msg);
        const report = await system.store().import(table, msg.payload, {
          mode: modeOf(msg),
          origin: 'message',
          keep: config.keep,
        });
        wrong = undefined;
        last = report;
        line.touch();
        tell(report);
        node.send(Object.assign(msg, { topic: `${system.shortName}/${table}`, payload: report }) as NodeMessage);
      },
      failed(error) {
        wrong = error;
        line.touch();
      },
      close: () => line.close(),
    });
    try {
      configNode<SystemNode>(RED, config.system, 'system');
    } catch (error) {
      wrong = errors.atStart(error);
    }
    line.touch();

    function tableOf(msg: WireMessage): TableName {
      if (msg.table !== undefined) return checkTableName(msg.table);
      return config.table && config.table !== 'auto' ? config.table : guessTable(msg.payload);
    }

    /** One talkgroup, as a button on a dashboard sends it, never replaces the table unless that is said. */
    function modeOf({ mode, payload }: WireMessage): ImportMode {
      if (mode === 'replace' || mode === 'merge') return mode;
      if (mode !== undefined) {
        throw new TrunkflowError('bad-setting', 'Unusable msg.mode', {
          expected: 'replace or merge',
          got: String(mode).slice(0, 40),
          status: 'bad mode',
        });
      }
      return isOneRow(payload) ? 'merge' : config.mode;
    }

    function tell(report: ImportReport): void {
      node.log(reportWords(report));
      const lines = reportLines(report);
      if (lines.length > 0) node.warn(`${report.system}, ${TABLE_WORDS[report.table]}, ${lines.join('\n')}`);
    }

    function compose(): StatusText {
      if (wrong) return { fill: 'red', shape: 'ring', text: wrong.status };
      if (!last) return { fill: 'grey', shape: 'ring', text: RED._('status.waiting') };
      const text =
        last.rejected > 0
          ? RED._('status.rejected', { count: last.rejected })
          : RED._('status.rows', { count: last.rows });
      return { fill: last.rejected > 0 ? 'yellow' : 'green', shape: 'dot', text };
    }
  });
}

function isOneRow(payload: unknown): boolean {
  return payload !== null && typeof payload === 'object' && !Array.isArray(payload) && !Buffer.isBuffer(payload);
}

export = register;
