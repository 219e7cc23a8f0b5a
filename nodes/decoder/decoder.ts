import type { NodeAPI, NodeDef, Node as RedNode } from 'node-red';
import type { StatsEvent } from '../../src/core/events';
import type { SymbolsInfo } from '../../src/core/messages';
import { configNode } from '../lib/config-node';
import { runStage } from '../lib/stage-node';
import type { SystemNode } from '../system/system-node';

interface DecoderConfig extends NodeDef {
  system: string;
}

/** How well a stream is read, as its latest statistics say. */
type Reading = Pick<StatsEvent, 'locked' | 'reason' | 'rate'>;

function register(RED: NodeAPI): void {
  RED.nodes.registerType('radio-decoder', function (this: RedNode, config: DecoderConfig) {
    RED.nodes.createNode(this, config);
    const readings = new Map<string, Reading>();
    const system = () => configNode<SystemNode>(RED, config.system, 'system');

    runStage(this, {
      accepts: ['symbols'],
      outputs: ['event', 'voice'],
      settings: () => ({ bandPlan: system().bandPlan() }),
      spec: ({ bandPlan }, message) => ({
        stage: 'decoder',
        options: { protocol: (message.info as SymbolsInfo).protocol, bandPlan },
      }),
      observe(message) {
        if (message.port === 'voice' && message.info.end) readings.delete(message.info.stream);
        if (message.port !== 'event' || message.payload.type !== 'stats') return;
        const { stream, locked, reason, rate } = message.payload as StatsEvent;
        readings.set(stream, { locked, reason, rate });
      },
      topic: (message) => (message.port === 'event' ? `${system().shortName}/${message.payload.type}` : undefined),
      status() {
        const streams = [...readings.values()];
        const locked = streams.filter((reading) => reading.locked);
        if (streams.length === 0) return { fill: 'grey', shape: 'ring', text: RED._('status.waiting') };
        if (locked.length === 0) return { fill: 'yellow', shape: 'ring', text: streams[0].reason };
        const text =
          streams.length === 1
            ? RED._('status.locked', { rate: Math.round(locked[0].rate) })
            : RED._('status.some', { count: locked.length, streams: streams.length });
        return { fill: 'green', shape: 'dot', text };
      },
    });
  });
}

export = register;
