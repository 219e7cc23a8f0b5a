import type { NodeAPI, NodeDef, NodeMessage, Node as RedNode } from 'node-red';
import type { TrunkflowError } from '../../src/core/errors';
import { flowGate } from '../../src/core/flow-gate';
import { fromNodeMessage, toNodeMessage } from '../../src/core/ports';
import { Follower } from '../../src/trunking/follower';
import type { FollowerOutput } from '../../src/trunking/options';
import { configNode } from '../lib/config-node';
import { STALLED } from '../lib/latest';
import { serve } from '../lib/node-input';
import { numberSetting, optionalNumber, textSetting } from '../lib/settings';
import { StatusLine, type StatusText } from '../lib/status-line';
import type { SystemNode } from '../system/system-node';

interface FollowerConfig extends NodeDef {
  system: string;
  maxCalls: unknown;
  hangTime: unknown;
  unitCalls: boolean;
  conventional: boolean;
  roaming: unknown;
  dwell: unknown;
}

/** Why calls are not followed, by the code of the diagnosis. */
const REASONS: Record<string, string> = {
  encrypted: 'status.encrypted',
  locked_out: 'status.locked_out',
  unknown_talkgroup: 'status.unknown_talkgroup',
  no_channel: 'status.no_channel',
  out_of_band: 'status.out_of_band',
  data: 'status.data',
  unit_call: 'status.unit_call',
  unknown_system: 'status.unknown_system',
  unknown_frequency: 'status.unknown_frequency',
  nothing_read: 'status.nothing_read',
  wrong_system: 'status.wrong_system',
};
/** Those of them without anything being wrong. */
const WISHED = ['encrypted', 'locked_out', 'data', 'unit_call'];

const OUTPUTS: readonly FollowerOutput['to'][] = ['control', 'calls', 'voice', 'systems'];

/** Channels that each node has asked for, before it was deployed anew too: what still comes of those is not taken for others'. */
const asked = new Map<string, number>();

function register(RED: NodeAPI): void {
  RED.nodes.registerType('radio-follower', function (this: RedNode, config: FollowerConfig) {
    RED.nodes.createNode(this, config);
    const node = this;
    let follower: Follower | undefined;
    let wrong: TrunkflowError | undefined;
    let heardAt: number | undefined;
    let forgetSystem: (() => void) | undefined;

    const line = new StatusLine(node, compose);
    const report = serve(node, {
      control(command) {
        follower ??= makeFollower();
        follower.command(command).forEach(send);
        wrong = undefined;
        line.touch();
      },
      message(msg) {
        const message = fromNodeMessage(msg, ['event', 'voice']);
        const stream = message.port === 'event' ? message.payload.stream : message.info.stream;
        const release = flowGate.hold(stream ?? '');
        try {
          follower ??= makeFollower();
          follower.handle(message).forEach(send);
        } finally {
          release();
        }
        wrong = undefined;
        heardAt = performance.now();
        line.touch();
      },
      failed(error) {
        wrong = error;
        line.touch();
      },
      close() {
        line.close();
        forgetSystem?.();
        // Ends its calls and closes its channels, whose channelizer may live on.
        follower?.close().forEach(send);
        if (follower) asked.set(node.id, follower.channelsAsked);
      },
    });
    try {
      follower = makeFollower();
    } catch (error) {
      wrong = report.atStart(error);
    }
    line.touch();

    function makeFollower(): Follower {
      const system = configNode<SystemNode>(RED, config.system, 'system');
      const made = new Follower({
        systems: [system.options()],
        maxCalls: numberSetting(config.maxCalls, 'number of calls'),
        hangTime: numberSetting(config.hangTime, 'time of silence'),
        unitCalls: config.unitCalls,
        conventional: config.conventional,
        roaming: textSetting(config.roaming),
        dwell: optionalNumber(config.dwell, 'time for each control channel', 3, { least: 1 }),
        channelPrefix: `voice-${node.id.slice(0, 6)}`,
        channelsBefore: asked.get(node.id),
      });
      forgetSystem?.();
      const forgetTables = system.onTables((tables) => void made.useTables(system.shortName, tables));
      const forgetFollower = system.addFollower({
        commanded: () => made.commanded(system.shortName),
        command(control) {
          made.command(control).forEach(send);
          line.touch();
        },
      });
      forgetSystem = () => {
        forgetTables();
        forgetFollower();
      };
      return made;
    }

    function send(output: FollowerOutput): void {
      const message = wireMessage(output) as NodeMessage;
      node.send(OUTPUTS.map((to) => (to === output.to ? message : null)));
    }

    /** While no control channel is read, nothing else matters. */
    function hunting(running: Follower): StatusText | undefined {
      const states = running.hunting();
      if (states.length === 0 || states.some(({ state }) => state === 'locked')) return undefined;
      const tried = states.find(({ state }) => state === 'trying');
      if (states.every(({ reason }) => reason === 'no_source'))
        return { fill: 'grey', shape: 'ring', text: RED._('status.waiting') };
      if (!tried) return { fill: 'red', shape: 'ring', text: RED._('status.outOfReach') };
      return { fill: 'yellow', shape: 'ring', text: RED._('status.trying', { frequency: tried.frequency / 1e6 }) };
    }

    /** Why none of the last minute's calls was followed. */
    function notFollowed({ problem }: Follower): StatusText | undefined {
      if (!problem) return undefined;
      const { code, words, count } = problem;
      const text = words.startsWith('all ') ? RED._('status.allEncrypted') : RED._(REASONS[code], { count });
      return { fill: WISHED.includes(code) ? 'green' : 'yellow', shape: 'ring', text };
    }

    function idle({ held }: Follower): StatusText {
      const text = held ? RED._('status.held', { talkgroup: held.talkgroup ?? held.system }) : RED._('status.idle');
      return { fill: 'green', shape: 'ring', text };
    }

    function compose(): StatusText {
      if (wrong) return { fill: 'red', shape: 'ring', text: wrong.status };
      if (!follower || heardAt === undefined) return { fill: 'grey', shape: 'ring', text: RED._('status.waiting') };
      const calls = follower.active();
      if (calls.length === 0) return hunting(follower) ?? notFollowed(follower) ?? idle(follower);
      // Calls end in stream time, which may stand still.
      if (performance.now() - heardAt > STALLED)
        return { fill: 'yellow', shape: 'ring', text: RED._('status.noInput') };
      const text =
        calls.length === 1
          ? RED._('status.one', { talkgroup: calls[0].talkgroup_alpha_tag || calls[0].talkgroup })
          : RED._('status.calls', { count: calls.length });
      return { fill: 'blue', shape: 'dot', text };
    }
  });
}

function wireMessage(output: FollowerOutput): object {
  switch (output.to) {
    case 'control':
      return { control: output.control };
    case 'calls':
      return { topic: output.topic, event: output.event, payload: output.call };
    case 'voice':
      return toNodeMessage(output.message);
    case 'systems':
      return { topic: output.topic, payload: output.event };
  }
}

export = register;
