import type { CallInfo } from '../core/messages';
import { conventionalCall } from './conventional-call';

/** A call as there might be one, for showing what a file name pattern makes of it. @param time ms since 1970 */
export function exampleCall(time: number): CallInfo {
  const info = { stream: 'example', seq: 0, time, rate: 8000, frequency: 851_012_500 };
  const source = { src: 700_001, pos: 0, emergency: 0, signal_system: '', tag: 'Engine 4', tag_ota: '' };
  return {
    ...conventionalCall(info, 42, 'county'),
    talkgroup: 9101,
    talkgroup_alpha_tag: 'FIRE 1',
    talkgroup_description: 'Fire dispatch',
    talkgroup_group: 'Fire',
    talkgroup_tag: 'Fire Dispatch',
    unit: 700_001,
    unit_alpha_tag: 'Engine 4',
    conventional: false,
    audio_type: 'digital',
    sources: [{ ...source, time: Math.floor(time / 1000) }],
  };
}
