import type { NodeAPI, NodeDef, Node as RedNode } from 'node-red';
import type { TrunkflowError } from '../../src/core/errors';
import { fromNodeMessage } from '../../src/core/ports';
import { Speaker } from '../../src/sinks/speaker';
import { readListeningCommand } from '../../src/trunking/listening-command';
import { serve } from '../lib/node-input';
import { textSetting } from '../lib/settings';
import { StatusLine, type StatusText } from '../lib/status-line';
import { WebPages } from '../lib/web-pages';
import { ListeningPage } from './listening-page';

interface AudioConfig extends NodeDef {
  browser: boolean;
  path: unknown;
  archive: unknown;
  downloads: boolean;
  speakers: boolean;
}

function register(RED: NodeAPI): void {
  RED.nodes.registerType('radio-audio', function (this: RedNode, config: AudioConfig) {
    RED.nodes.createNode(this, config);
    const speaker = config.speakers ? new Speaker({}, { error: troubled }) : undefined;
    let opened: { page: ListeningPage; close(): void } | undefined;
    let wrong: TrunkflowError | undefined;
    let trouble: TrunkflowError | undefined;

    const line = new StatusLine(this, compose);
    const report = serve(this, {
      control(control) {
        const command = readListeningCommand(control);
        opened?.page.control(command);
        speaker?.control(command);
      },
      message(msg) {
        const message = fromNodeMessage(msg, ['audio', 'call']);
        if (message.port === 'call') opened?.page.hub.tell(message);
        else {
          opened?.page.hub.publish(message);
          speaker?.write(message);
        }
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
        opened?.close();
        await speaker?.close();
      },
    });
    try {
      if (config.browser) opened = openPage();
    } catch (error) {
      trouble = report.atStart(error);
    }
    line.touch();

    function openPage() {
      const { page, close } = WebPages.open(
        RED,
        'listening page',
        textSetting(config.path),
        (path) => new ListeningPage(RED, path),
      );
      const leave = page.join({
        name: textSetting(config.name),
        // What flows made before there was an archive say nothing of it.
        archive: textSetting(config.archive) || 'all',
        downloads: config.downloads ?? true,
      });
      return {
        page,
        close() {
          leave();
          close();
        },
      };
    }

    function troubled(error: TrunkflowError): void {
      trouble = error;
      report.later(error);
      line.touch();
    }

    function compose(): StatusText {
      const problem = wrong ?? trouble;
      if (problem) return { fill: 'red', shape: 'ring', text: problem.status };
      const listeners = opened?.page.hub.listeners ?? 0;
      if (listeners > 0) return { fill: 'green', shape: 'dot', text: RED._('status.listeners', { count: listeners }) };
      if (speaker?.program) return { fill: 'green', shape: 'dot', text: RED._('status.speakers') };
      return { fill: 'grey', shape: 'ring', text: RED._(opened || speaker ? 'status.idle' : 'status.off') };
    }
  });
}

export = register;
