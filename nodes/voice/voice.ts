import type { NodeAPI, NodeDef, Node as RedNode } from 'node-red';
import { runStage } from '../lib/stage-node';

function register(RED: NodeAPI): void {
  RED.nodes.registerType('radio-voice', function (this: RedNode, config: NodeDef) {
    RED.nodes.createNode(this, config);
    runStage(this, {
      accepts: ['voice'],
      outputs: ['audio'],
      settings: () => ({}),
      spec: (options) => ({ stage: 'voice', options }),
      status({ streams, blocks }) {
        if (streams > 0) return { fill: 'blue', shape: 'dot', text: RED._('status.calls', { count: streams }) };
        return {
          fill: blocks ? 'green' : 'grey',
          shape: 'ring',
          text: RED._(blocks ? 'status.idle' : 'status.waiting'),
        };
      },
      noInput: RED._('status.noInput'),
    });
  });
}

export = register;
