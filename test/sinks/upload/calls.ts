import type { CallInfo } from '../../../src/core/messages';
import type { CallRecord } from '../../../src/sinks/upload/queued-call';
import type { AudioMime, UploadCall } from '../../../src/sinks/upload/service';
import { clearCall } from '../../support/call-info';

const START = 1_700_000_000;

/** A finished call; its texts are as awkward as texts of talkgroups can be. */
export function call(more: Partial<CallInfo> = {}): CallInfo {
  return clearCall(START, {
    talkgroup: 1001,
    talkgroup_alpha_tag: 'Fire "Disp"\r\n1',
    talkgroup_description: 'Feuerwehr Köln — Einsatz',
    talkgroup_group: 'Fire & Rescue',
    unit: 4_424_001,
    unit_alpha_tag: 'Engine 1',
    freq: 851_012_500,
    stop_time: START + 12,
    start_time_ms: START * 1000 + 250,
    stop_time_ms: START * 1000 + 12_600,
    length: 12.35,
    state: 'ended',
    emergency: true,
    priority: 3,
    error_count: 9,
    spike_count: 2,
    freq_error: -120,
    signal: -43,
    noise: -90,
    ...more,
  });
}

/** Its sidecar, with trunk-recorder's fields. */
export function metadata(of: CallInfo): Record<string, unknown> {
  return {
    call_num: of.call_num,
    freq: of.freq,
    start_time: of.start_time,
    stop_time: of.stop_time,
    emergency: Number(of.emergency),
    encrypted: 0,
    call_length: 12,
    talkgroup: of.talkgroup,
    talkgroup_tag: of.talkgroup_alpha_tag,
    audio_type: of.audio_type,
    short_name: of.sys_name,
    freqList: [
      { freq: 851_012_500, time: START, pos: 0, len: 6.1, error_count: 4, spike_count: 1 },
      { freq: 851_012_500, time: START + 7, pos: 6.1, len: 6.25, error_count: 5, spike_count: 1 },
    ],
    srcList: [
      { src: 4_424_001, time: START, pos: 0, emergency: 1, signal_system: '', tag: 'Engine 1', tag_ota: '' },
      { src: -1, time: START + 5, pos: 5, emergency: 0, signal_system: '', tag: '', tag_ota: '' },
      { src: 4_424_002, time: START + 7, pos: 6.1, emergency: 0, signal_system: '', tag: '', tag_ota: 'Ladder 2' },
    ],
  };
}

/** Bytes that look like what breaks parsers: boundaries, line ends, zeros. */
export const AUDIO = Buffer.concat([
  Buffer.from('\r\n--trunkflow-\r\n\r\n--\0\xff\r', 'latin1'),
  Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 37) & 255)),
  Buffer.from('\r\n', 'latin1'),
]);

export function upload(mime: AudioMime, name: string, more: Partial<CallInfo> = {}, system = '42'): UploadCall {
  const info = call(more);
  return { call: info, metadata: metadata(info), length: 12.35, audio: { name, mime, data: AUDIO }, system };
}

export function record(n: number, more: Partial<CallRecord> = {}): CallRecord {
  const info = call({ call_num: n });
  return {
    key: `recording-${n}`,
    queued: Date.now(),
    call: info,
    metadata: metadata(info),
    length: 12.35,
    audio: { name: `${n}.m4a`, mime: 'audio/mp4' },
    about: { topic: 'county/1001' },
    ...more,
  };
}
