import type { NodeAPI, NodeDef, Node as RedNode } from 'node-red';
import { asTrunkflowError, TrunkflowError } from '../../src/core/errors';
import { flowGate } from '../../src/core/flow-gate';
import type { Control, EventObject } from '../../src/core/messages';
import { toNodeMessage } from '../../src/core/ports';
import { createSource } from '../../src/sources/create-source';
import type { Source, SourceSink, SourceStatus } from '../../src/sources/source';
import type { DeviceNode } from '../device/device-node';
import { configNode } from '../lib/config-node';
import { serve } from '../lib/node-input';
import { optionalNumber, textSetting } from '../lib/settings';
import { StatusLine, type StatusText } from '../lib/status-line';
import { Overload } from './overload';
import { claimStream } from './stream-names';

interface SourceConfig extends NodeDef {
  device: string;
  frequency: unknown;
  rate: unknown;
  gain: unknown;
  autostart: boolean;
}

/** How often clipping is looked at, ms. */
const LOOK = 2000;
/** After its correction was adjusted, what was measured before may still arrive, ms. */
const ADJUSTED = 10_000;

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

    const overload = new Overload();
    const looking = setInterval(look, LOOK).unref();
    /** Frequency correction set by command, ppm; and when it was adjusted, ms. */
    let ppm: number | undefined;
    let adjustedAt = Number.NEGATIVE_INFINITY;

    const line = new StatusLine(node, () => {
      if (status.state === 'running' && overload.words) return { fill: 'yellow', shape: 'dot', text: overload.words };
      return { ...LOOKS[status.state], text: status.text };
    });
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
        clearInterval(looking);
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
    async function command({ start: wanted, stream, adjust, ...rest }: Control): Promise<void> {
      // What a call follower tells one of several sources, or their channelizers.
      if (stream !== undefined && stream !== name.stream) return;
      const adjusting = adjust !== undefined && performance.now() - adjustedAt > ADJUSTED;
      if (adjusting) {
        rest.ppm = adjusted(rest.ppm, Number(adjust));
        if (rest.ppm !== undefined) adjustedAt = performance.now();
      }
      if (Object.values(rest).some((value) => value !== undefined)) {
        source ??= createSource(options(), sink);
        await source.control(rest);
        ppm = rest.ppm ?? ppm;
      }
      if (wanted) await start();
    }

    /** A correction with something added to it; undefined when the source cannot tell it from the present one. */
    function adjusted(wanted: number | undefined, more: number): number | undefined {
      const { driver, ppm: set } = options() as { driver: string; ppm?: unknown };
      const present = wanted ?? ppm ?? (typeof set === 'number' ? set : 0);
      // rtl_tcp takes whole numbers: what remains must not be added again and again.
      const steps = driver === 'rtl-tcp' ? 1 : 100;
      const sum = Math.round(steps * (present + more)) / steps;
      return sum === present ? wanted : sum;
    }

    function look(): void {
      if (!source || status.state !== 'running') return;
      const event = overload.observe(source.counters());
      line.touch();
      if (event) send({ ...event, stream: name.stream });
    }

    function send(payload: EventObject): void {
      node.send([null, { topic: `${name.stream}/${payload.type}`, payload }]);
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
      send({ type: 'source', stream: name.stream, ...next });
    }
  });
}

export = register;
