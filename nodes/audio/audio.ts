import type { NodeAPI, NodeDef, Node as RedNode } from 'node-red';
import type { TrunkflowError } from '../../src/core/errors';
import { fromNodeMessage } from '../../src/core/ports';
import { Speaker } from '../../src/sinks/speaker';
import { serve } from '../lib/node-input';
import { textSetting } from '../lib/settings';
import { StatusLine, type StatusText } from '../lib/status-line';
import { ListeningPages } from './listening-pages';

interface AudioConfig extends NodeDef {
  browser: boolean;
  path: unknown;
  speakers: boolean;
}

function register(RED: NodeAPI): void {
  const pages = new ListeningPages(RED);

  RED.nodes.registerType('radio-audio', function (this: RedNode, config: AudioConfig) {
    RED.nodes.createNode(this, config);
    const speaker = config.speakers ? new Speaker({}, { error: troubled }) : undefined;
    let page: ReturnType<ListeningPages['open']> | undefined;
    let wrong: TrunkflowError | undefined;
    let trouble: TrunkflowError | undefined;

    const line = new StatusLine(this, compose);
    const report = serve(this, {
      message(msg) {
        const message = fromNodeMessage(msg, ['audio']);
        page?.hub.publish(message);
        speaker?.write(message);
        if (speaker?.program) trouble = undefined;
        wrong = undefined;
        line.touch();
      },
      failed(error) {
        wrong = error;
        line.touch();
      },
      async close() {
        line.close();
        page?.close();
        await speaker?.close();
      },
    });
    try {
      if (config.browser) page = pages.open(textSetting(config.path), textSetting(config.name) || 'Trunkflow');
    } catch (error) {
      trouble = report.atStart(error);
    }
    line.touch();

    function troubled(error: TrunkflowError): void {
      trouble = error;
      report.later(error);
      line.touch();
    }

    function compose(): StatusText {
      const problem = wrong ?? trouble;
      if (problem) return { fill: 'red', shape: 'ring', text: problem.status };
      const listeners = page?.hub.listeners ?? 0;
      if (listeners > 0) return { fill: 'green', shape: 'dot', text: RED._('status.listeners', { count: listeners }) };
      if (speaker?.program) return { fill: 'green', shape: 'dot', text: RED._('status.speakers') };
      return { fill: 'grey', shape: 'ring', text: RED._(page || speaker ? 'status.idle' : 'status.off') };
    }
  });
}

export = register;
