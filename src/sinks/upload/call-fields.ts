import type { UploadCall } from './service';

/** A stretch of the recording, as the sidecar's freqList has it. */
interface FrequencyItem {
  freq: number;
  pos: number;
  len: number;
  error_count: number;
  spike_count: number;
}

interface SourceItem {
  src: number;
  pos: number;
  tag: string;
  tag_ota: string;
}

/** The recording's stretches; empty when the metadata has none. */
export function frequencies({ metadata }: UploadCall): FrequencyItem[] {
  return items(metadata.freqList).map((item) => ({
    freq: Math.round(number(item.freq)),
    pos: number(item.pos),
    len: number(item.len),
    error_count: number(item.error_count),
    spike_count: number(item.spike_count),
  }));
}

/** The units that talked; those that are not known are left out. */
export function sources({ call, metadata }: UploadCall): SourceItem[] {
  const list = Array.isArray(metadata.srcList) ? items(metadata.srcList) : items(call.sources);
  return list
    .map((item) => ({ src: number(item.src), pos: number(item.pos), tag: text(item.tag), tag_ota: text(item.tag_ota) }))
    .filter(({ src }) => src > 0);
}

/** All talkgroups of a patch; empty when there is none. */
export function patches({ call, metadata }: UploadCall): number[] {
  const list = call.patched_talkgroups ?? metadata.patched_talkgroups;
  const numbers = Array.isArray(list) ? list.map(Number).filter((one) => Number.isInteger(one) && one > 0) : [];
  return numbers.length > 1 ? numbers : [];
}

function items(list: unknown): Record<string, unknown>[] {
  return Array.isArray(list) ? list.filter((item) => item && typeof item === 'object') : [];
}

function number(value: unknown): number {
  return Number.isFinite(Number(value)) ? Number(value) : 0;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
