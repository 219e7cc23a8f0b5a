import { TrunkflowError } from '../core/errors';
import type { CallInfo } from '../core/messages';
import { nameValue, safePart } from './safe-names';
import { strftime } from './strftime';

const MOST_PATTERN = 500;
const MOST_FOLDERS = 20;

const pad = (value: number, digits = 2) => String(value).padStart(digits, '0');
const local = (call: CallInfo) => new Date(call.start_time_ms);

/** What each token stands for: trunk-recorder's names, and shorter ones of our own. */
const TOKENS: Readonly<Record<string, (call: CallInfo) => string | number>> = {
  talkgroup: (call) => call.talkgroup,
  talkgroup_tag: (call) => call.talkgroup_tag,
  talkgroup_alpha_tag: (call) => call.talkgroup_alpha_tag,
  talkgroup_description: (call) => call.talkgroup_description,
  talkgroup_group: (call) => call.talkgroup_group,
  talkgroup_display: (call) => call.talkgroup,
  short_name: (call) => call.sys_name,
  freq: (call) => Math.round(call.freq),
  freq_mhz: (call) => (call.freq / 1e6).toFixed(4),
  call_num: (call) => call.call_num,
  tdma_slot: (call) => (call.phase2_tdma ? call.tdma_slot : ''),
  // There are no numbers for systems, sources and recorders here; the sidecar has 0 too.
  sys_num: () => 0,
  source_num: () => 0,
  recorder_num: () => 0,
  epoch: (call) => Math.floor(call.start_time_ms / 1000),
  audio_type: (call) => call.audio_type,
  emergency: (call) => Number(call.emergency),
  encrypted: (call) => Number(call.encrypted),
  priority: (call) => call.priority,
  signal: (call) => Math.round(call.signal),
  noise: (call) => Math.round(call.noise),
  color_code: (call) => call.color_code ?? -1,

  system: (call) => call.sys_name,
  alpha_tag: (call) => call.talkgroup_alpha_tag,
  description: (call) => call.talkgroup_description,
  group: (call) => call.talkgroup_group,
  tag: (call) => call.talkgroup_tag,
  unit: (call) => call.sources.find(({ src }) => src > 0)?.src ?? call.unit,
  unit_tag: (call) => call.sources.find(({ tag }) => tag)?.tag ?? call.unit_alpha_tag,
  call: (call) => call.call_num,
  yyyy: (call) => local(call).getFullYear(),
  mm: (call) => pad(local(call).getMonth() + 1),
  dd: (call) => pad(local(call).getDate()),
  hh: (call) => pad(local(call).getHours()),
  mi: (call) => pad(local(call).getMinutes()),
  ss: (call) => pad(local(call).getSeconds()),
  ms: (call) => pad(((call.start_time_ms % 1000) + 1000) % 1000, 3),
};

/** Names of the tokens besides `time:` and `ztime:`. */
export const TOKEN_NAMES: readonly string[] = Object.keys(TOKENS);

/** Makes the path of a call's recording below the folder, without extension. */
export type NamePattern = (call: CallInfo) => string;

/**
 * Reads a file name pattern: text with tokens in braces, `/` between folders. Patterns of trunk-recorder's
 * `filenameFormat` give the names they give there; like there, `-call_<n>` is put behind them, unless the pattern has
 * the token `{call}`. Whatever a call is named, the path stays below the folder.
 * @throws TrunkflowError 'bad-setting' that names what cannot be understood
 */
export function namePattern(pattern: string): NamePattern {
  if (pattern.length > MOST_PATTERN) reject(`a pattern of at most ${MOST_PATTERN} characters`, String(pattern.length));
  const wanted = pattern
    .trim()
    .replace(/\/{2,}/g, '/')
    .replace(/^\/|\/$/g, '');
  if (wanted === '') reject('a pattern with a file name', `"${pattern}"`);
  const pieces = wanted.split(/(\{[^{}]*\})/).map(readPiece);
  const numbered = wanted.includes('{call}');
  return (call) => {
    const names = pieces
      .map((piece) => piece(call))
      .join('')
      .split('/')
      .slice(0, MOST_FOLDERS)
      .map(safePart);
    return numbered ? names.join('/') : `${names.join('/')}-call_${nameValue(String(call.call_num))}`;
  };
}

function readPiece(piece: string): (call: CallInfo) => string {
  if (piece.startsWith('{') && piece.endsWith('}')) return readToken(piece.slice(1, -1));
  if (/[{}]/.test(piece)) reject('a closing brace for each opening one', `"${piece}"`);
  return () => piece;
}

function readToken(token: string): (call: CallInfo) => string {
  const time = /^(z?)time:(.+)$/.exec(token);
  if (time) {
    const format = strftime(time[2], time[1] === 'z');
    if (!format) reject('a time such as {time:%Y-%m-%d}', `{${token}}`);
    return (call) => format(call.start_time_ms);
  }
  if (!Object.hasOwn(TOKENS, token)) reject(`one of {${TOKEN_NAMES.join('}, {')}}, {time:...}`, `{${token}}`);
  return (call) => nameValue(String(TOKENS[token](call) ?? ''));
}

function reject(expected: string, got: string): never {
  throw new TrunkflowError('bad-setting', 'Unusable file name pattern', { expected, got, status: 'bad pattern' });
}
