import { resolve } from 'node:path';
import type { NodeAPI, NodeDef, NodeMessage, Node as RedNode } from 'node-red';
import type { TrunkflowError } from '../../src/core/errors';
import { flowGate } from '../../src/core/flow-gate';
import { fromNodeMessage } from '../../src/core/ports';
import { CallRecorder } from '../../src/sinks/call-recorder';
import type { FinishedRecording } from '../../src/sinks/recording';
import { serve } from '../lib/node-input';
import { numberSetting, textSetting } from '../lib/settings';
import { StatusLine, type StatusText } from '../lib/status-line';

interface RecorderConfig extends NodeDef {
  folder: unknown;
  shortest: unknown;
  sidecar: boolean;
  conventional: boolean;
  conventionalName: unknown;
}

function register(RED: NodeAPI): void {
  RED.nodes.registerType('radio-recorder', function (this: RedNode, config: RecorderConfig) {
    RED.nodes.createNode(this, config);
    const node = this;
    let recorder: CallRecorder | undefined;
    let wrong: TrunkflowError | undefined;

    const line = new StatusLine(node, compose);
    const report = serve(node, {
      async message(msg) {
        const message = fromNodeMessage(msg, ['audio']);
        const release = flowGate.hold(message.info.stream);
        try {
          recorder ??= makeRecorder();
          await recorder.write(message);
        } finally {
          release();
        }
        wrong = undefined;
        line.touch();
      },
      failed(error) {
        wrong = error;
        line.touch();
      },
      async close() {
        await recorder?.close();
        line.close();
      },
    });
    try {
      recorder = makeRecorder();
    } catch (error) {
      wrong = report.atStart(error);
    }
    line.touch();

    function makeRecorder(): CallRecorder {
      const folder = textSetting(config.folder);
      return new CallRecorder(
        {
          dir: folder && resolve(RED.settings.userDir ?? '.', folder),
          minLength: numberSetting(config.shortest, 'shortest call', { least: 0 }),
          sidecar: config.sidecar,
          conventional: config.conventional,
          conventionalName: textSetting(config.conventionalName),
        },
        {
          recorded,
          error: (error) => {
            report.later(error);
            line.touch();
          },
        },
      );
    }

    function recorded({ call, filename, json }: FinishedRecording): void {
      line.touch();
      const topic = `${call.sys_name}/${call.talkgroup}`;
      node.send({ topic, payload: call, filename, ...(json ? { sidecar: json } : {}) } as NodeMessage);
    }

    function compose(): StatusText {
      const problem = wrong ?? recorder?.trouble;
      if (problem) return { fill: 'red', shape: 'ring', text: problem.status };
      const { recording = 0, recorded = 0 } = recorder?.counters() ?? {};
      if (recording > 0) return { fill: 'blue', shape: 'dot', text: RED._('status.recording', { count: recording }) };
      if (recorded > 0) return { fill: 'green', shape: 'dot', text: RED._('status.recorded', { count: recorded }) };
      return { fill: 'grey', shape: 'ring', text: RED._('status.waiting') };
    }
  });
}

export = register;
