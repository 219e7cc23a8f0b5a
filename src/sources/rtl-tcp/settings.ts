import type { Control } from '../../core/messages';
import { cannot, checkFrequency, checkGain, checkPpm } from '../settings';
import { encodeCommand, type RtlTcpCommand } from './commands';

/** What can be set on an rtl_tcp server, when it is connected and later by `msg.control`. */
export interface RtlTcpSettings {
  /** dB, or 'auto'. */
  gain?: number | 'auto';
  /** The tuner's gain step, from 0; instead of `gain`. */
  gainIndex?: number;
  /** Gain of the tuner's IF stages, dB by stage number from 1 (E4000 only). */
  ifGain?: Record<string, number>;
  ppm?: number;
  /** The RTL2832's own digital AGC. */
  agc?: boolean;
  /** Sample the antenna at one of the converter's inputs, without the tuner. */
  directSampling?: 'off' | 'I' | 'Q';
  offsetTuning?: boolean;
  biasTee?: boolean;
  /** The server sends a counter instead of samples. */
  testMode?: boolean;
  /** Crystal frequencies, Hz. */
  rtlXtal?: number;
  tunerXtal?: number;
}

type Encoder = (value: never) => [RtlTcpCommand, number][];

const whole = (name: string, most: number) => (value: unknown) => {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw cannot(`${name} must be a whole number from 0 to ${most}, got ${JSON.stringify(value)}`);
};
const flag = (name: string) => (value: unknown) => {
  if (typeof value === 'boolean') return value ? 1 : 0;
  throw cannot(`${name} must be true or false, got ${JSON.stringify(value)}`);
};
const directSampling = (value: unknown) => {
  const index = ['off', 'I', 'Q'].indexOf(value as string);
  if (index >= 0) return index;
  throw cannot(`directSampling must be "off", "I" or "Q", got ${JSON.stringify(value)}`);
};
const one =
  (command: RtlTcpCommand, check: (value: unknown) => number): Encoder =>
  (value) => [[command, check(value)]];

/** In the order they are sent: the crystals first, because frequencies are counted from them. */
const ENCODERS: Record<keyof RtlTcpSettings, Encoder> = {
  rtlXtal: one('rtlXtal', checkFrequency),
  tunerXtal: one('tunerXtal', checkFrequency),
  ppm: one('ppm', (value) => Math.round(checkPpm(value))),
  directSampling: one('directSampling', directSampling),
  offsetTuning: one('offsetTuning', flag('offsetTuning')),
  agc: one('agc', flag('agc')),
  testMode: one('testMode', flag('testMode')),
  biasTee: one('biasTee', flag('biasTee')),
  gain: (value) => {
    const gain = checkGain(value);
    return gain === 'auto'
      ? [['gainMode', 0]]
      : [
          ['gainMode', 1],
          ['gain', 10 * gain],
        ];
  },
  gainIndex: (value) => [
    ['gainMode', 1],
    ['gainIndex', whole('gainIndex', 255)(value)],
  ],
  ifGain: (value: unknown) => {
    if (typeof value !== 'object' || value === null) throw cannot('ifGain must name stages, e.g. {"1": 6}');
    return Object.entries(value).map(([stage, gain]) => {
      const tenths = Math.round(10 * (checkGain(gain) as number));
      return ['ifGain', (whole('ifGain stage', 6)(Number(stage)) << 16) | (tenths & 0xffff)];
    });
  },
};

const NAMES = Object.keys(ENCODERS) as (keyof RtlTcpSettings)[];

/** The settings among a command's fields. */
export function settingsOf(command: Control | RtlTcpSettings): RtlTcpSettings {
  const fields = command as Record<string, unknown>;
  return Object.fromEntries(NAMES.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]));
}

/** These settings as the bytes to send; throws 'bad-setting' for values out of range. */
export function encodeSettings(settings: RtlTcpSettings): Buffer {
  const commands = NAMES.filter((name) => settings[name] !== undefined).flatMap((name) =>
    ENCODERS[name](settings[name] as never),
  );
  return Buffer.concat(commands.map(([command, value]) => encodeCommand(command, value)));
}
