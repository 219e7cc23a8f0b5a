import { TrunkflowError } from '../core/errors';
import type { PortMessage } from '../core/messages';

export type AudioMessage = Extract<PortMessage, { port: 'audio' }>;

/** Throws 'wrong-port' unless the message holds audio that people can hear. */
export function needSpeech(message: AudioMessage): void {
  if (message.port === 'audio' && message.info.kind !== 'discriminator') return;
  throw new TrunkflowError('wrong-port', 'Wrong kind of message', {
    expected: 'speech from a voice decoder or demod',
    got: message.port === 'audio' ? 'discriminator audio' : message.port,
    hint: 'Wire the voice decoder here',
    status: 'wrong input',
  });
}
