import type { CallInfo, EventObject } from '../src/core/messages';
import { formatFrequency } from '../src/trunking/frequency';

/** What an event says, in words for people; undefined when it is of no interest to them. */
export function describe(event: EventObject): string | undefined {
  switch (event.type) {
    case 'stats':
      return event.locked ? `good, ${Math.round(event.rate as number)} messages a second` : `nothing: ${event.reason}`;
    case 'diagnosis':
      // What keeps a channel from being read stands in its statistics already.
      return event.node === 'decoder' && event.code !== 'bad_blocks' ? undefined : String(event.words);
    case 'offset':
      return `${event.offset} Hz, ${event.ppm} ppm`;
    case 'channel':
      return event.state === 'refused' ? `refused: ${event.reason}` : undefined;
    case 'carrier':
      return describeCarrier(event);
    case 'call':
      return describeCall(event as unknown as CallInfo & { happened: string });
    case 'recording':
      return `${event.filename}, ${seconds(event.length as number)}`;
    default:
      return describeFields(event);
  }
}

/** Hz as MHz; frequencies relative to an unknown centre as kHz. */
export function mhz(hertz: number): string {
  return Math.abs(hertz) >= 10e6 ? formatFrequency(hertz) : `${hertz >= 0 ? '+' : ''}${hertz / 1000} kHz`;
}

export function seconds(length: number): string {
  return `${Number(length.toFixed(1))} s`;
}

function describeCarrier({ frequency, level, snr, messages, control_messages, nac }: EventObject): string {
  const what = control_messages ? 'control channel' : messages ? 'voice or data channel' : 'nothing decoded';
  const name = nac ? `, NAC ${nac}` : '';
  return `${mhz(frequency as number)}, ${what}${name}, ${level} dB, SNR ${snr} dB`;
}

function describeCall(call: CallInfo & { happened: string }): string {
  const tag = call.talkgroup_alpha_tag && ` (${call.talkgroup_alpha_tag})`;
  const who = `talkgroup ${call.talkgroup}${tag}`;
  const unit = call.unit > 0 ? `, unit ${call.unit}${call.unit_alpha_tag && ` (${call.unit_alpha_tag})`}` : '';
  const where = call.freq ? `, ${mhz(call.freq)}` : '';
  const alarm = call.emergency ? ', EMERGENCY' : '';
  switch (call.happened) {
    case 'start':
      return `${who} begins${unit}${where}${alarm}`;
    case 'update':
      return `${who} goes on${unit}${alarm}`;
    case 'end':
      return `${who} ends after ${seconds(call.length)} (${String(call.reason).replaceAll('_', ' ')})${alarm}`;
    default:
      return `${who}${unit} is not followed: ${String(call.reason).replaceAll('_', ' ')}`;
  }
}

/** Fields that say what other columns say, or only concern programs. */
const HIDDEN = ['type', 'protocol', 'stream', 'time', 'nac', 'message', 'mfid', 'service_options', 'priority'].concat([
  'algorithm',
  'accepted',
  'source_id',
  'supported',
]);
const LABELS: Readonly<Record<string, string>> = { algorithm_name: '', source: 'unit', response: '', utc: '' };
/** What nearly everything is, and need not be said. */
const USUAL: Readonly<Record<string, unknown>> = { mode: 'circuit', key_id: 0, slots: 1 };
const ALL_ZEROS = /^0+$/;

function describeFields(event: EventObject): string {
  const parts = Object.entries(event)
    .filter(([name, value]) => !HIDDEN.includes(name) && USUAL[name] !== value)
    .map(([name, value]) => describeField(name, value));
  if (event.type === 'system' && event.nac) parts.unshift(`NAC ${event.nac}`);
  return parts.filter(Boolean).join(', ');
}

function describeField(name: string, value: unknown): string {
  const label = LABELS[name] ?? name.replaceAll('_', ' ');
  if (value === null || value === undefined || value === '' || value === false) return '';
  if (value === true) return label;
  if (name.endsWith('indicator') && ALL_ZEROS.test(String(value))) return '';
  const text = typeof value === 'number' ? numberText(name, value) : [value].flat().map(word).join(' + ');
  return text === '' ? '' : `${label} ${text}`.trim();
}

/** Frequencies in MHz, steps and widths in kHz. */
function numberText(name: string, value: number): string {
  if (/spacing|bandwidth/.test(name)) return `${value / 1000} kHz`;
  if (/offset/.test(name) && Math.abs(value) >= 100_000) return `${value / 1e6} MHz`;
  if (/frequency|control_channel/.test(name) && value > 10e6) return mhz(value);
  return String(Number(value.toFixed(3)));
}

function word(value: unknown): string {
  if (typeof value === 'object') return JSON.stringify(value);
  return typeof value === 'string' ? value.replaceAll('_', ' ') : String(value);
}
