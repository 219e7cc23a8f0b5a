import type { NodeAPI, NodeDef, Node as RedNode } from 'node-red';
import { asTrunkflowError, TrunkflowError } from '../../src/core/errors';
import { flowGate } from '../../src/core/flow-gate';
import type { Control } from '../../src/core/messages';
import { toNodeMessage } from '../../src/core/ports';
import { createSource } from '../../src/sources/create-source';
import type { Source, SourceSink, SourceStatus } from '../../src/sources/source';
import type { DeviceNode } from '../device/device-node';
import { configNode } from '../lib/config-node';
import { serve } from '../lib/node-input';
import { optionalNumber, textSetting } from '../lib/settings';
import { StatusLine, type StatusText } from '../lib/status-line';
import { claimStream } from './stream-names';

interface SourceConfig extends NodeDef {
  device: string;
  frequency: unknown;
  rate: unknown;
  gain: unknown;
  autostart: boolean;
}

const LOOKS: Record<SourceStatus['state'], Pick<StatusText, 'fill' | 'shape'>> = {
  stopped: { fill: 'grey', shape: 'ring' },
  starting: { fill: 'yellow', shape: 'ring' },
  running: { fill: 'green', shape: 'dot' },
  reconnecting: { fill: 'yellow', shape: 'ring' },
  ended: { fill: 'grey', shape: 'dot' },
  failed: { fill: 'red', shape: 'ring' },
};

function register(RED: NodeAPI): void {
  RED.nodes.registerType('radio-source', function (this: RedNode, config: SourceConfig) {
    RED.nodes.createNode(this, config);
    const node = this;
    const name = claimStream(textSetting(config.name), node.id);
    let source: Source | undefined;
    let closed = false;
    let status: SourceStatus = { state: 'stopped', text: RED._('status.stopped') };

    const sink: SourceSink = {
      block(message) {
        node.send([toNodeMessage(message), null]);
        return flowGate.room(name.stream);
      },
      drained: () => flowGate.idle(name.stream),
      status: show,
      error: (error) => report.later(error),
    };

    const line = new StatusLine(node, () => ({ ...LOOKS[status.state], text: status.text }));
    const report = serve(node, {
      control: command,
      message() {
        throw new TrunkflowError('wrong-port', 'An sdr source takes commands only', {
          expected: 'msg.control, e.g. {"tune": 852500000}',
          got: 'a message without it',
          status: 'wrong input',
        });
      },
      failed: (error) => show({ state: 'failed', text: error.status }),
      async close() {
        RED.events.off('flows:started', autostart);
        closed = true;
        line.close();
        flowGate.close(name.stream);
        await source?.stop();
        name.release();
      },
    });

    // Not before the nodes behind are there to take the first block.
    if (config.autostart) RED.events.once('flows:started', autostart);
    line.touch();

    function autostart(): void {
      start().catch((cause) => {
        const error = asTrunkflowError(cause, 'device', 'The source could not be started');
        show({ state: 'failed', text: error.status });
        report.later(error);
      });
    }

    async function start(): Promise<void> {
      source ??= createSource(options(), sink);
      flowGate.open(name.stream, { lossless: source.lossless });
      await source.start();
    }

    /** Starting comes last, so that it starts with what else was asked for. */
    async function command({ start: wanted, stream, ...rest }: Control): Promise<void> {
      // What a call follower tells one of several sources, or their channelizers.
      if (stream !== undefined && stream !== name.stream) return;
      if (Object.keys(rest).length > 0) {
        source ??= createSource(options(), sink);
        await source.control(rest);
      }
      if (wanted) await start();
    }

    function options() {
      const device = configNode<DeviceNode>(RED, config.device, 'device');
      return device.sourceOptions({
        stream: name.stream,
        center: optionalNumber(config.frequency, 'centre frequency', undefined, { least: 1 }),
        rate: optionalNumber(config.rate, 'sample rate', undefined, { least: 1 }),
        gain: optionalNumber(config.gain, 'gain', 'auto'),
      });
    }

    function show(next: SourceStatus): void {
      if (closed) return;
      status = next;
      if (next.state === 'ended' || next.state === 'failed') flowGate.close(name.stream);
      line.touch();
      node.send([null, { topic: `${name.stream}/source`, payload: { type: 'source', stream: name.stream, ...next } }]);
    }
  });
}

export = register;
