import type { ChannelSignal } from '../../src/core/messages';
import { p25Phase2 } from '../../src/protocols/p25-phase2';
import type { Protocol } from '../../src/protocols/protocol';
import { findProtocol, protocols } from '../../src/protocols/registry';
import { FORMATS as RECORDING_FORMATS, type RecordingFormat } from '../../src/sinks/formats';
import { choiceOption, frequencyOption, hexOption, numberOption, parse, positiveOption, UsageError } from '../command';

/** Formats of each kind of input; the last of discriminator audio are those that ffmpeg or sox decode. */
export const FORMATS = {
  iq: ['cu8', 'cs8', 'cs16', 'cf32', 'wav', 'sigmf'],
  discriminator: ['s16', 'wav', 'sigmf', 'flac', 'mp3', 'ogg', 'opus', 'm4a', 'aac', 'wma', 'aiff'],
  symbols: ['hex', 'marks', 'dibits', 'packed'],
} as const;

export type InputKind = keyof typeof FORMATS;
export type Format = (typeof FORMATS)[InputKind][number];

export const usage = `trunkflow decode FILE [options]

Decodes a recording and prints what it holds, then a summary. '-' as FILE reads raw samples from standard input:

  trunkflow decode voice_48k.cu8
  trunkflow decode site.cu8 --rate 2.4M --center 852.3M --follow --audio calls
  rtl_sdr -f 852300000 -s 2400000 - | trunkflow decode - --format cu8 --rate 2.4M --center 852.3M --follow
  rtl_fm -f 851.625M -s 48000 - | trunkflow decode - --format s16 --rate 48k

  --input KIND     iq, discriminator or symbols (default: told from the file)
  --format F       iq: ${FORMATS.iq.join(', ')}
                   discriminator: s16, wav, or flac, mp3 and others through ffmpeg or sox
                   symbols: ${FORMATS.symbols.join(', ')}
                   (default: told from the file)
  --rate HZ        samples per second, when neither name nor header tells: 48000, 2.4M
  --center HZ      frequency at the middle of a wide band: 852.3M, 852300000
  --channel HZ     channel of a wide band to decode; may be repeated (default: it is searched for)
  --protocol P     ${protocols.map(({ id }) => id).join(', ')} or auto (default)
  --wacn, --system, --nac HEX  what a P25 phase 2 voice channel is scrambled with: 92F70, 3C5, 3C1
  --slot N         only this time slot, 0 or 1 (default: all, each a call of its own)
  --polarity P     auto (default), normal or inverted
  --seconds N      stop after so much signal
  --follow         follow the calls that the control channel grants
  --audio DIR      record calls into DIR, with a JSON file each
  --audio-format F wav (default), mp3, opus or m4a
  --json           print JSON, one object per line, the summary last`;

const OPTIONS = {
  input: { type: 'string' },
  format: { type: 'string' },
  rate: { type: 'string' },
  center: { type: 'string' },
  channel: { type: 'string', multiple: true },
  protocol: { type: 'string' },
  wacn: { type: 'string' },
  system: { type: 'string' },
  nac: { type: 'string' },
  slot: { type: 'string' },
  polarity: { type: 'string' },
  seconds: { type: 'string' },
  follow: { type: 'boolean' },
  audio: { type: 'string' },
  'audio-format': { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** What `trunkflow decode` was asked to do. */
export interface DecodeSettings {
  /** Path, or '-' for standard input. */
  file: string;
  input?: InputKind;
  format?: Format;
  /** Samples per second. */
  rate?: number;
  /** Hz. */
  center?: number;
  /** Hz; empty: searched for in a wide band. */
  channels: number[];
  protocol: Protocol;
  /** The protocol was not named. */
  searched: boolean;
  /** What is known of the channel beforehand. */
  signal: ChannelSignal;
  polarity: 'auto' | 'normal' | 'inverted';
  seconds?: number;
  follow: boolean;
  /** Folder of the recordings. */
  audio?: string;
  audioFormat: RecordingFormat;
  json: boolean;
}

/** @throws UsageError for what cannot be understood */
export function readSettings(args: string[]): DecodeSettings {
  const { values, file } = parse(args, OPTIONS, 'file to decode');
  const { follow = false, json = false, audio } = values;
  const signal = {
    wacn: hexOption('wacn', values.wacn, 5),
    system: hexOption('system', values.system, 3),
    nac: hexOption('nac', values.nac, 3),
    ...(values.slot !== undefined && { slot: Number(choiceOption('slot', values.slot, ['0', '1'])) }),
  };
  const named = choiceOption('protocol', values.protocol, ['auto', ...protocols.map(({ id }) => id)]) ?? 'auto';
  // These are known beforehand of phase 2 voice channels only.
  const isScrambled = signal.wacn !== undefined || signal.system !== undefined || values.slot !== undefined;
  const protocol = named === 'auto' && isScrambled && !follow ? p25Phase2.id : named;
  const kinds = Object.keys(FORMATS) as InputKind[];
  const audioFormats = Object.keys(RECORDING_FORMATS) as RecordingFormat[];
  const input = choiceOption('input', values.input, kinds);
  const format = choiceOption('format', values.format, [
    ...new Set(input ? FORMATS[input] : kinds.flatMap((kind) => [...FORMATS[kind]])),
  ]);
  if (audio === '') throw new UsageError('--audio wants the name of a folder');
  return {
    file,
    input: input ?? kindOf(format),
    format,
    rate: numberOption('rate', values.rate, 'samples per second such as 48000 or 2.4M'),
    center: values.center === undefined ? undefined : frequencyOption('center', values.center),
    channels: (values.channel ?? []).map((text) => frequencyOption('channel', text)),
    protocol: protocol === 'auto' ? protocols[0] : findProtocol(protocol),
    searched: protocol === 'auto',
    signal,
    polarity: choiceOption('polarity', values.polarity, ['auto', 'normal', 'inverted']) ?? 'auto',
    seconds: positiveOption('seconds', values.seconds, 'seconds above 0', 1e9),
    follow,
    audio,
    audioFormat: choiceOption('audio-format', values['audio-format'], audioFormats) ?? 'wav',
    json,
  };
}

/** The kind of input a format belongs to; undefined when there are several. */
function kindOf(format: Format | undefined): InputKind | undefined {
  const kinds = (Object.keys(FORMATS) as InputKind[]).filter((kind) => FORMATS[kind].some((known) => known === format));
  return kinds.length === 1 ? kinds[0] : undefined;
}
