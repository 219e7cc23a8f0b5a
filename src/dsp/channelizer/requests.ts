import type { ChannelSignal, Control } from '../../core/messages';
import type { ChannelizerOptions } from './options';

/** Narrowest channel whose filter the shortest history can start exactly, Hz. */
export const LEAST_BANDWIDTH = 1000;
const LONGEST_ID = 64;

/** A channel as wanted, complete and checked. */
export interface ChannelSpec {
  id: string;
  /** Hz. */
  frequency: number;
  bandwidth: number;
  /** Least output rate, samples/s. */
  rate: number;
  /** Stream time in ms from which it is wanted. */
  from?: number;
  permanent: boolean;
  /** What it carries, as whoever asked for it told; goes with its blocks. */
  signal?: ChannelSignal;
}

/** Reads a channel request of any origin; a string says what is wrong with it. */
export function readRequest(value: unknown, options: ChannelizerOptions, permanent: boolean): ChannelSpec | string {
  if (typeof value !== 'object' || value === null) return 'a channel request is an object with a frequency in Hz';
  const request = value as Record<string, unknown>;
  const { frequency, from } = request;
  const id = request.id ?? String(frequency);
  const bandwidth = request.bandwidth ?? options.bandwidth;
  const rate = request.rate ?? options.rate;
  if (!isNumber(frequency) || Math.abs(frequency) > 1e12) return 'frequency is a number in Hz';
  if (typeof id !== 'string' || id === '' || id.length > LONGEST_ID || id.includes('/'))
    return `id is a text of 1 to ${LONGEST_ID} characters without "/"`;
  if (!isNumber(bandwidth) || bandwidth < LEAST_BANDWIDTH || bandwidth > 1e8)
    return `bandwidth is a number in Hz from ${LEAST_BANDWIDTH}`;
  if (!isNumber(rate) || rate <= 0) return 'rate is a number of samples per second above 0';
  if (from !== undefined && !isNumber(from)) return 'from is a stream time in milliseconds';
  const spec: ChannelSpec = { id, frequency, bandwidth, rate, from: permanent ? undefined : from, permanent };
  return request.signal === undefined ? spec : { ...spec, signal: readSignal(request.signal) };
}

/** What is said of a channel's contents; fields of the wrong type are taken as absent. */
function readSignal(value: unknown): ChannelSignal {
  const { protocol, slot, wacn, system, nac } = (typeof value === 'object' && value !== null ? value : {}) as Record<
    string,
    unknown
  >;
  const text = (field: unknown) => (typeof field === 'string' && field.length <= 16 ? field : undefined);
  const whole = Number.isInteger(slot) && (slot as number) >= 0 && (slot as number) < 16;
  return {
    protocol: text(protocol),
    ...(whole && { slot: slot as number }),
    wacn: text(wacn),
    system: text(system),
    nac: text(nac),
  };
}

/** The frequency and id a refused request seems to name, for the answer. */
export function describeRequest(value: unknown): { id: string; frequency: number } {
  const { id, frequency } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const hertz = isNumber(frequency) ? frequency : 0;
  return { id: (typeof id === 'string' ? id : String(hertz)).slice(0, LONGEST_ID), frequency: hertz };
}

/** Does a close command mean this channel? It names an id or a frequency in Hz; undefined when it is neither. */
export function closeTest(close: Control['close'] | unknown): ((channel: ChannelSpec) => boolean) | undefined {
  if (typeof close === 'string') return (channel) => channel.id === close;
  if (typeof close === 'number') return (channel) => channel.frequency === close;
  if (typeof close !== 'object' || close === null) return undefined;
  const { id, frequency } = close as Record<string, unknown>;
  if (typeof id === 'string') return (channel) => channel.id === id;
  if (typeof frequency === 'number') return (channel) => channel.frequency === frequency;
  return undefined;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
