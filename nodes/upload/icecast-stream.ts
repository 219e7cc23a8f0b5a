import type { NodeMessage } from 'node-red';
import type { CallInfo } from '../../src/core/messages';
import { fromNodeMessage, type WireMessage } from '../../src/core/ports';
import { LiveStream } from '../../src/sinks/upload/icecast/live-stream';
import type { Refusal } from '../../src/sinks/upload/rules';
import type { StatusText } from '../lib/status-line';
import { retryText } from './call-uploads';
import type { Sender, SenderNode } from './sender';
import { icecastSettings, uploadRules } from './upload-settings';

/** Calls whose refusal is remembered, so that each is told once. */
const MOST_TOLD = 500;

/** Streams audio while it comes. @throws TrunkflowError 'bad-setting' */
export function icecastStream(own: SenderNode): Sender {
  const { RED, node, config } = own;
  const rules = uploadRules(config);
  const told = new Set<string>();
  const stream = new LiveStream(icecastSettings(config, own.secret), {
    playing: (call) => send(call, true, { status: 'streamed' }),
    trouble: own.trouble,
    changed: own.changed,
  });

  return {
    message(msg) {
      const message = fromNodeMessage(msg as WireMessage, ['audio']);
      const { call } = message.info;
      const verdict = call && rules.judge(call);
      if (call && verdict && 'refusal' in verdict) refuse(call, verdict.refusal);
      else stream.write(message);
    },
    status,
    close: () => stream.close(),
  };

  function refuse(call: CallInfo, reason: Refusal): void {
    if (told.has(call.id)) return;
    if (told.size >= MOST_TOLD) told.delete(told.values().next().value!);
    told.add(call.id);
    send(call, false, { status: 'skipped', reason });
  }

  function send(call: CallInfo, good: boolean, upload: object): void {
    const topic = `${call.sys_name}/${call.talkgroup}`;
    const msg = { topic, event: 'update', payload: call, upload: { service: 'icecast', ...upload } };
    node.send((good ? [msg, null] : [null, msg]) as NodeMessage[]);
  }

  function status(): StatusText {
    const { onAir, title, retryIn, trouble } = stream.state;
    if (onAir) return { fill: 'green', shape: 'dot', text: title || RED._('status.onAir') };
    if (retryIn === undefined) return { fill: 'yellow', shape: 'ring', text: RED._('status.connecting') };
    if (trouble && Math.floor(retryIn / 4000) % 2 === 0) return { fill: 'red', shape: 'ring', text: trouble.status };
    return { fill: 'yellow', shape: 'ring', text: retryText(RED._, retryIn) };
  }
}
