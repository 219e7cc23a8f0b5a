import { TrunkflowError } from '../core/errors';
import type { CallInfo } from '../core/messages';
import { FORMATS, type RecordingFormat } from './formats';
import { type NamePattern, namePattern } from './name-pattern';
import { recordingPath } from './recording-names';

export interface RecorderOptions {
  /** Folder of the recordings; made when it is missing. */
  dir: string;
  format: RecordingFormat;
  /** bit/s; absent: what speech needs. WAV has none. */
  bitrate?: number;
  /** LUFS to which recordings are brought; absent: they stay as they are. */
  loudness?: number;
  /** File name pattern (see namePattern); '' = as trunk-recorder names files. */
  pattern: string;
  /** A file for each call, or for each transmission of it. */
  split: 'call' | 'transmission';
  /** Keep the pauses between the transmissions of a call, as silence. */
  pauses: boolean;
  /** Seconds; shorter recordings are deleted. */
  minLength: number;
  /** Seconds after which a recording goes on in another file. */
  maxLength: number;
  /** Write trunk-recorder's JSON file beside each recording. */
  sidecar: boolean;
  /** Record audio that belongs to no call (a demodulated channel) too: one file for each opening of its squelch. */
  conventional: boolean;
  /** System name of such recordings. */
  conventionalName: string;
  /** What such a recording is called, and whether it is wanted, where its frequency says more. */
  describeConventional?(call: CallInfo): CallInfo;
  /** Keep a log of all calls in the folder: see archive. */
  log: boolean;
  /** Recordings older than so many days are deleted; absent: they stay. */
  keepDays?: number;
  /** The oldest recordings are deleted when all together have more bytes; absent: they stay. */
  keepBytes?: number;
  /** Days after which calls without a recording leave the log; absent: they stay. */
  keepLogDays?: number;
}

const DEFAULTS: Omit<RecorderOptions, 'dir'> = {
  format: 'wav',
  pattern: '',
  split: 'call',
  pauses: false,
  minLength: 0,
  maxLength: 3600,
  sidecar: true,
  conventional: false,
  conventionalName: 'conventional',
  log: false,
};

export type GivenOptions = Partial<RecorderOptions> & Pick<RecorderOptions, 'dir'>;

/** @throws TrunkflowError 'bad-setting' */
export function recorderOptions(given: GivenOptions): RecorderOptions & { name: NamePattern } {
  const options = { ...DEFAULTS, ...given };
  const { dir, minLength, maxLength, pattern, format, loudness, log } = options;
  if (typeof dir !== 'string' || dir.trim() === '') {
    throw new TrunkflowError('bad-setting', 'No folder for recordings', { status: 'no folder' });
  }
  if (!(minLength >= 0 && maxLength > minLength && maxLength <= 86_400)) {
    reject(
      'length of recordings',
      'a shortest below the longest, which is at most 86400 s',
      `${minLength} and ${maxLength}`,
    );
  }
  if (!Object.hasOwn(FORMATS, format)) reject('format', Object.keys(FORMATS).join(', '), String(format));
  if (loudness !== undefined && !(loudness >= -40 && loudness <= -10))
    reject('loudness', '-40 to -10 LUFS', String(loudness));
  for (const [name, least] of [
    ['bitrate', 1000],
    ['keepDays', 0],
    ['keepBytes', 0],
    ['keepLogDays', 0],
  ] as const) {
    const value = options[name];
    if (value !== undefined && !(value >= least)) reject(name, `a number from ${least}`, String(value));
  }
  if (!log && [options.keepDays, options.keepBytes, options.keepLogDays].some((limit) => limit !== undefined)) {
    throw new TrunkflowError('bad-setting', 'Recordings can only be deleted when there is a call log', {
      hint: 'Only what stands in the log is deleted: switch the call log on, or the limits off',
      status: 'needs call log',
    });
  }
  return { ...options, name: pattern.trim() === '' ? recordingPath : namePattern(pattern) };
}

function reject(what: string, expected: string, got: string): never {
  throw new TrunkflowError('bad-setting', `Unusable ${what}`, { expected, got, status: 'bad setting' });
}
