import type { NodeAPI, NodeDef, Node as RedNode } from 'node-red';
import type { ChannelEvent } from '../../src/core/events';
import type { ChannelizerOptions } from '../../src/dsp/channelizer/options';
import { numberSetting } from '../lib/settings';
import { runStage } from '../lib/stage-node';
import { type ChannelRow, expandChannels } from './channel-list';

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
    const open = new Set<string>();
    runStage(this, {
      accepts: ['iq'],
      outputs: ['iq', 'event'],
      controllable: true,
      settings: () => readOptions(config),
      spec: (options) => ({ stage: 'channelizer', options }),
      observe(message) {
        if (message.port !== 'event') return;
        const event = message.payload as ChannelEvent;
        if (event.state === 'opened') open.add(event.stream);
        else if (event.state === 'closed') open.delete(event.stream);
      },
      topic: (message) => (message.port === 'event' ? `${message.payload.stream}/${message.payload.type}` : undefined),
      status: ({ streams }) =>
        streams === 0
          ? { fill: 'grey', shape: 'ring', text: RED._('status.waiting') }
          : { fill: 'green', shape: 'dot', text: RED._('status.channels', { count: open.size }) },
    });
  });
}

export = register;
