import type { NodeAPI, NodeDef, Node as RedNode } from 'node-red';
import type { TrunkflowError } from '../../src/core/errors';
import { fromNodeMessage } from '../../src/core/ports';
import { LiveHub } from '../../src/sinks/live/live-hub';
import { liveServer } from '../../src/sinks/live/live-server';
import { Speaker } from '../../src/sinks/speaker';
import { serve } from '../lib/node-input';
import { textSetting } from '../lib/settings';
import { StatusLine, type StatusText } from '../lib/status-line';
import { type WebPage, WebPages } from '../lib/web-pages';

interface AudioConfig extends NodeDef {
  browser: boolean;
  path: unknown;
  speakers: boolean;
}

interface ListeningPage extends WebPage {
  hub: LiveHub;
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
      message(msg) {
        const message = fromNodeMessage(msg, ['audio']);
        opened?.page.hub.publish(message);
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
        opened?.close();
        await speaker?.close();
      },
    });
    try {
      if (config.browser) opened = WebPages.open(RED, 'listening page', textSetting(config.path), makePage);
    } catch (error) {
      trouble = report.atStart(error);
    }
    line.touch();

    function makePage(path: string): ListeningPage {
      const hub = new LiveHub({ title: textSetting(config.name) || 'Trunkflow' });
      return { hub, server: liveServer(hub, { path }), close: () => hub.close() };
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
