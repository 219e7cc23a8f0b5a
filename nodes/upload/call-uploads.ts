import type { NodeMessage } from 'node-red';
import { asTrunkflowError, TrunkflowError } from '../../src/core/errors';
import { fromNodeMessage, type WireMessage } from '../../src/core/ports';
import { createService } from '../../src/sinks/upload/create-service';
import type { CallRecord } from '../../src/sinks/upload/queued-call';
import { recordedCall } from '../../src/sinks/upload/recorded-call';
import type { CallServiceName } from '../../src/sinks/upload/service';
import { type Outcome, Uploader } from '../../src/sinks/upload/uploader';
import { textSetting } from '../lib/settings';
import type { StatusText } from '../lib/status-line';
import { requireSystem } from './require-system';
import type { Sender, SenderNode } from './sender';
import { parallelUploads, queueLimits, serviceSettings, uploadRules } from './upload-settings';

/** Uploads each recorded call. @throws TrunkflowError 'bad-setting' */
export function callUploads(own: SenderNode, name: CallServiceName): Sender {
  const { RED, node, config } = own;
  const rules = uploadRules(config);
  requireSystem(name, textSetting(config.system), config.rules);
  const service = createService(serviceSettings(config, name, own.secret));
  /** What happened last, for the status: a refused key is shown until something is uploaded. */
  let last: Outcome | undefined;
  let uploaded = 0;

  const uploader = new Uploader(
    service,
    {
      folder: own.folder,
      parallel: parallelUploads(config),
      limits: queueLimits(config),
      as({ call, length }) {
        const verdict = rules.judge(call, length);
        return 'as' in verdict ? verdict.as : undefined;
      },
    },
    { finished, trouble: own.trouble, changed: own.changed },
  );

  return {
    async message(msg) {
      const wire = msg as WireMessage;
      const { payload: call, event } = fromNodeMessage(wire, ['call']);
      if (event !== 'recorded') throw notRecorded(event);
      const { record, from } = recordedCall({ ...wire, payload: call });
      const verdict = rules.judge(call, record.length);
      if ('refusal' in verdict) {
        send(record, false, { status: 'skipped', reason: verdict.refusal });
        return;
      }
      try {
        await uploader.offer(record, from);
      } catch (error) {
        const known = asTrunkflowError(error, 'storage', 'The call could not be kept');
        send(record, false, { status: 'failed', reason: reasonOf(known), error: known.message });
        throw error;
      }
    },
    status,
    close: () => uploader.close(),
  };

  function finished(record: CallRecord, outcome: Outcome): void {
    last = outcome;
    if (outcome.status === 'failed') {
      const { status: happened, reason, error, attempts } = outcome;
      own.trouble(error);
      send(record, false, { status: happened, reason, error: error.message, attempts });
    } else {
      uploaded++;
      send(record, true, { ...outcome });
    }
    own.changed();
  }

  /** Tells what became of a call, without its audio. */
  function send({ call, metadata, about }: CallRecord, good: boolean, upload: object): void {
    const msg = { ...about, event: 'recorded', payload: call, metadata, upload: { service: name, ...upload } };
    node.send((good ? [msg, null] : [null, msg]) as NodeMessage[]);
  }

  function status(): StatusText {
    const { queued, active, retryIn, trouble } = uploader.state;
    if (last?.status === 'failed' && last.reason === 'key_refused')
      return { fill: 'red', shape: 'ring', text: last.error.status };
    if (retryIn !== undefined && trouble && Math.floor(retryIn / 4000) % 2 === 0)
      return { fill: 'yellow', shape: 'ring', text: trouble.status };
    if (retryIn !== undefined) return { fill: 'yellow', shape: 'ring', text: retryText(RED._, retryIn) };
    if (trouble) return { fill: 'red', shape: 'ring', text: trouble.status };
    if (queued > active) return { fill: 'blue', shape: 'dot', text: RED._('status.queued', { count: queued }) };
    if (active > 0) return { fill: 'blue', shape: 'dot', text: RED._('status.uploading') };
    if (uploaded > 0) return { fill: 'green', shape: 'dot', text: RED._('status.uploaded', { count: uploaded }) };
    return { fill: 'grey', shape: 'ring', text: RED._('status.waiting') };
  }
}

/** When the next attempt is made, in words. */
export function retryText(translate: SenderNode['RED']['_'], ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 100) return translate('status.retry', { count: seconds });
  return translate('status.retryMinutes', { count: Math.ceil(seconds / 60) });
}

function notRecorded(event: string): TrunkflowError {
  return new TrunkflowError('wrong-port', 'Wrong kind of message', {
    expected: 'finished calls from a call recorder',
    got: `the event "${event}" of a call`,
    hint: 'Wire the call recorder here, not the call follower',
    status: 'wrong input',
  });
}

/** Why a call could not be taken. */
function reasonOf({ code, status }: TrunkflowError): 'format' | 'file_missing' | 'storage' {
  if (status === 'wrong format') return 'format';
  return code === 'bad-file' ? 'file_missing' : 'storage';
}
