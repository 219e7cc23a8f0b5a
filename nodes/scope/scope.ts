import type { NodeAPI, NodeDef, NodeMessage, Node as RedNode } from 'node-red';
import type { TrunkflowError } from '../../src/core/errors';
import { fromNodeMessage } from '../../src/core/ports';
import type { StageSpec } from '../../src/core/stage';
import { protocols } from '../../src/protocols/registry';
import { ScopeHub } from '../../src/sinks/scope/scope-hub';
import { STALLED } from '../lib/latest';
import { serve } from '../lib/node-input';
import { numberSetting, optionalNumber, textSetting } from '../lib/settings';
import { StatusLine, type StatusText } from '../lib/status-line';
import { EditorDoors, openScopePage } from './scope-doors';

interface ScopeConfig extends NodeDef {
  /** A protocol's id; '': symbols of channels are not looked at. */
  signal: string;
  bins: unknown;
  frameRate: unknown;
  raster: unknown;
  page: boolean;
  path: unknown;
  control: boolean;
}

/** Width in which the strongest carrier is measured, Hz. */
const CHANNEL_WIDTH = 12_500;

function readSpec(config: ScopeConfig): StageSpec {
  const bins = numberSetting(config.bins, 'number of bins', { least: 256, most: 4096 });
  const frameRate = numberSetting(config.frameRate, 'frame rate', { least: 1, most: 10 });
  return { stage: 'scope', options: { bins, frameRate, channelWidth: CHANNEL_WIDTH, protocol: config.signal ?? '' } };
}

function register(RED: NodeAPI): void {
  const doors = new EditorDoors(RED);

  RED.nodes.registerType(
    'radio-scope',
    function (this: RedNode, config: ScopeConfig) {
      RED.nodes.createNode(this, config);
      const node = this;
      const title = textSetting(config.name) || RED._('label.node');
      const leave: (() => void)[] = [];
      let hub: ScopeHub | undefined;
      let wrong: TrunkflowError | undefined;
      let trouble: TrunkflowError | undefined;
      let heard = Number.NEGATIVE_INFINITY;

      const line = new StatusLine(this, compose);
      const report = serve(this, {
        message(msg) {
          const message = fromNodeMessage(msg, ['iq', 'audio', 'symbols', 'event', 'call']);
          if (message.port === 'event') hub?.event(message.payload);
          else if (message.port === 'call') hub?.call(message);
          else {
            heard = performance.now();
            hub?.receive(message);
          }
          if (!wrong) return;
          wrong = undefined;
          line.touch();
        },
        failed(error) {
          wrong = error;
          line.touch();
        },
        close() {
          line.close();
          for (const one of leave) one();
          hub?.close();
        },
      });
      try {
        start();
      } catch (error) {
        trouble = report.atStart(error);
      }
      line.touch();

      function start(this: void): void {
        const spec = readSpec(config);
        const scope = {
          id: config.id,
          title,
          hub: new ScopeHub({
            title,
            raster: optionalNumber(config.raster, 'raster', 0, { least: 0 }),
            spec: () => spec,
            control: (control) => node.send({ control } as unknown as NodeMessage),
            error: (error) => report.later(error),
            changed: () => line.touch(),
          }),
        };
        hub = scope.hub;
        leave.push(doors.add(scope));
        if (config.page) leave.push(openScopePage(RED, textSetting(config.path), scope, config.control));
      }

      function compose(): StatusText {
        const problem = wrong ?? trouble;
        if (problem) return { fill: 'red', shape: 'ring', text: problem.status };
        const viewers = hub?.size ?? 0;
        const hears = performance.now() - heard < STALLED;
        if (!hears)
          return {
            fill: viewers > 0 ? 'yellow' : 'grey',
            shape: 'ring',
            text: RED._(heard < 0 ? 'status.waiting' : 'status.noInput'),
          };
        if (viewers > 0) return { fill: 'green', shape: 'dot', text: RED._('status.viewers', { count: viewers }) };
        return { fill: 'grey', shape: 'dot', text: RED._('status.idle') };
      }
    },
    { settings: { radioScopeSignals: { value: offeredSignals(), exportable: true } } },
  );
}

/** What the form offers, made from the protocol registry. */
function offeredSignals() {
  return protocols.map(({ id, label }) => ({ id, label }));
}

export = register;
