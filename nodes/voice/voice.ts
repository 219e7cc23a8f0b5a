import type { NodeAPI, NodeDef, Node as RedNode } from 'node-red';
import { Latest } from '../lib/latest';
import { runStage } from '../lib/stage-node';
import { VoiceLoss } from './voice-loss';

/** Share of a call's voice from which on its loss is heard as gaps and robot voices. */
const MUCH = 0.1;

function register(RED: NodeAPI): void {
  RED.nodes.registerType('radio-voice', function (this: RedNode, config: NodeDef) {
    RED.nodes.createNode(this, config);
    const losses = new Latest<VoiceLoss>();
    runStage(this, {
      accepts: ['voice'],
      outputs: ['audio'],
      settings: () => ({}),
      spec: (options) => ({ stage: 'voice', options }),
      observe(message) {
        if (message.port !== 'audio') return;
        const { stream, end } = message.info;
        const loss = losses.get(stream) ?? new VoiceLoss();
        loss.observe(message.info, message.payload.length / 2);
        if (end) losses.delete(stream);
        else losses.set(stream, loss);
      },
      status({ streams, blocks }) {
        const worst = Math.max(0, ...losses.fresh().map(({ share }) => share));
        if (streams > 0 && worst > MUCH)
          return { fill: 'yellow', shape: 'dot', text: RED._('status.lost', { share: Math.round(100 * worst) }) };
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
