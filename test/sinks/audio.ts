import type { AudioInfo, CallInfo, PortMessage } from '../../src/core/messages';
import { clearCall } from '../support/call-info';

export type AudioMessage = Extract<PortMessage, { port: 'audio' }>;

export const T0 = new Date(2024, 2, 5, 12, 0, 0).getTime();

export function callInfo(more: Partial<CallInfo> = {}): CallInfo {
  return clearCall(T0 / 1000, {
    id: 'county_9101_1_1',
    call_num: 1,
    talkgroup_alpha_tag: 'FIRE 1',
    talkgroup_description: 'Fire dispatch',
    unit: 700001,
    unit_alpha_tag: 'Engine 4',
    freq: 852_500_000,
    start_time_ms: T0 + 123,
    stop_time_ms: T0 + 123,
    sources: [{ src: 700001, time: T0 / 1000, pos: 0, emergency: 0, signal_system: '', tag: 'Engine 4' }],
    freq_error: -12,
    signal: -31.4,
    ...more,
  });
}

/** `ms` of audio whose samples count up from `first`. */
export function audio(stream: string, at: number, ms: number, more: Partial<AudioInfo> = {}, first = 0): AudioMessage {
  const samples = new Int16Array(ms * 8);
  for (let i = 0; i < samples.length; i++) samples[i] = first + i;
  return {
    port: 'audio',
    payload: Buffer.from(samples.buffer),
    info: { stream, seq: 0, time: T0 + at, rate: 8000, ...more },
  };
}

/** A call of one stream: `blocks` messages of 100 ms, then its end. */
export function callAudio(stream: string, blocks: number, call: Partial<CallInfo> = {}): AudioMessage[] {
  const messages = [];
  for (let i = 0; i < blocks; i++) {
    messages.push(
      audio(stream, 200 + i * 100, 100, { seq: i, call: callInfo({ ...call, length: (i + 1) / 10 }) }, i * 800),
    );
  }
  const last = callInfo({
    ...call,
    state: 'ended',
    reason: 'terminator',
    length: blocks / 10,
    stop_time_ms: T0 + 200 + blocks * 100,
  });
  messages.push(audio(stream, 200 + blocks * 100, 0, { seq: blocks, call: last, end: true }));
  return messages;
}
