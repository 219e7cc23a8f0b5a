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
      status: ({ streams, blocks }) =>
        streams === 0 && blocks === 0
          ? { fill: 'grey', shape: 'ring', text: RED._('status.waiting') }
          : { fill: streams ? 'blue' : 'grey', shape: 'dot', text: RED._('status.calls', { count: streams }) },
    });
  });
}

export = register;
