import type { NodeAPI, NodeDef, Node as RedNode } from 'node-red';
import type { ChannelEvent } from '../../src/core/events';
import type { IqInfo } from '../../src/core/messages';
import type { ChannelizerOptions } from '../../src/dsp/channelizer/options';
import { numberSetting } from '../lib/settings';
import { runStage } from '../lib/stage-node';
import { type ChannelRow, expandChannels } from './channel-list';
import { ChannelWatch } from './channel-watch';

interface ChannelizerConfig extends NodeDef {
  channels: ChannelRow[];
  rate: unknown;
  bandwidth: unknown;
  maxChannels: unknown;
  history: unknown;
  removeDc: boolean;
}

function readOptions(config: ChannelizerConfig): ChannelizerOptions {
  const maxChannels = numberSetting(config.maxChannels, 'number of channels', { least: 1 });
  return {
    channels: expandChannels(config.channels ?? [], maxChannels),
    rate: numberSetting(config.rate, 'output rate', { least: 1 }),
    bandwidth: numberSetting(config.bandwidth, 'bandwidth', { least: 1 }),
    maxChannels,
    history: numberSetting(config.history, 'history', { least: 0 }),
    removeDc: config.removeDc,
  };
}

function register(RED: NodeAPI): void {
  RED.nodes.registerType('radio-channelizer', function (this: RedNode, config: ChannelizerConfig) {
    RED.nodes.createNode(this, config);
    const watch = new ChannelWatch(config.channels ?? []);
    const stage = runStage(this, {
      accepts: ['iq'],
      outputs: ['iq', 'event'],
      controllable: true,
      settings: () => readOptions(config),
      spec: (options) => ({ stage: 'channelizer', options }),
      arrived: ({ info }) => watch.arrived(info as IqInfo),
      observe(message) {
        if (message.port !== 'event') return;
        const refusal = watch.observe(message.payload as ChannelEvent);
        if (refusal) stage.trouble(refusal.error, refusal.kind);
      },
      topic: (message) => (message.port === 'event' ? `${message.payload.stream}/${message.payload.type}` : undefined),
      status({ streams }) {
        if (streams === 0) return { fill: 'grey', shape: 'ring', text: RED._('status.waiting') };
        const { open, missing } = watch.counts();
        if (missing > 0)
          return {
            fill: open > 0 ? 'yellow' : 'red',
            shape: 'ring',
            text: RED._('status.outOfBand', { count: missing }),
          };
        if (open === 0) return { fill: 'yellow', shape: 'ring', text: RED._('status.none') };
        return { fill: 'green', shape: 'dot', text: RED._('status.channels', { count: open }) };
      },
      noInput: RED._('status.noInput'),
    });
  });
}

export = register;
