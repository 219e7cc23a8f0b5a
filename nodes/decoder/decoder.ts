import type { NodeAPI, NodeDef, Node as RedNode } from 'node-red';
import type { StatsEvent } from '../../src/core/events';
import { decoderSpec } from '../../src/protocols/specs';
import { configNode } from '../lib/config-node';
import { Latest } from '../lib/latest';
import { runStage } from '../lib/stage-node';
import type { SystemNode } from '../system/system-node';

interface DecoderConfig extends NodeDef {
  system: string;
}

/** How well a stream is read, as its latest statistics say, and its latest network access code. */
interface Reading extends Pick<StatsEvent, 'locked' | 'reason' | 'code' | 'rate'> {
  nac?: string;
}

function register(RED: NodeAPI): void {
  RED.nodes.registerType('radio-decoder', function (this: RedNode, config: DecoderConfig) {
    RED.nodes.createNode(this, config);
    const readings = new Latest<Reading>();
    const nacs = new Map<string, string>();
    let system: SystemNode | undefined;
    let forgetSystem: (() => void) | undefined;

    const stage = runStage(this, {
      accepts: ['symbols'],
      outputs: ['event', 'voice'],
      settings() {
        const found = configNode<SystemNode>(RED, config.system, 'system');
        if (found !== system) {
          forgetSystem?.();
          forgetSystem = found.onTables(({ bandPlan }) => stage.control({ bandPlan }));
        }
        system = found;
        return { bandPlan: system.bandPlan() };
      },
      spec: decoderSpec,
      observe(message) {
        if (message.port === 'voice' && message.info.end) forget(message.info.stream);
        if (message.port !== 'event') return;
        const { type, stream, locked, reason, code, rate, nac } = message.payload as StatsEvent;
        if (nac) nacs.set(stream, nac);
        if (type === 'stats') readings.set(stream, { locked, reason, code, rate, nac: nacs.get(stream) });
      },
      topic: (message) => (message.port === 'event' ? `${system?.shortName}/${message.payload.type}` : undefined),
      status() {
        const fresh = readings.fresh();
        const locked = fresh.filter((reading) => reading.locked);
        if (fresh.length === 0) return { fill: 'grey', shape: 'ring', text: RED._('status.waiting') };
        if (locked.length === 0) {
          // Channels are empty most of the time: anything else is told first.
          const { reason } = fresh.find(({ code }) => code !== 'no_carrier') ?? fresh[0];
          return { fill: 'yellow', shape: 'ring', text: reason };
        }
        const strange = locked.find(({ nac }) => nac && !system?.accepts(nac))?.nac;
        if (strange) return { fill: 'yellow', shape: 'ring', text: RED._('status.otherNac', { nac: strange }) };
        const text =
          readings.size === 1
            ? RED._('status.locked', { rate: Math.round(locked[0].rate) })
            : RED._('status.some', { count: locked.length, streams: readings.size });
        return { fill: 'green', shape: 'dot', text };
      },
      noInput: RED._('status.noInput'),
    });

    this.on('close', () => forgetSystem?.());

    function forget(stream: string): void {
      readings.delete(stream);
      nacs.delete(stream);
    }
  });
}

export = register;
