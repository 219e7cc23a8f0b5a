import { TrunkflowError } from '../../core/errors';
import { IQ_BYTES, type IqFormat } from '../../core/messages';
import { checkFrequency, checkRate } from '../settings';

/**
 * 'p25-site': a trunked P25 site, its control channel and two voice channels spread over the band.
 * 'p25-control', 'p25-voice': one of its channels alone. 'nfm': a tone with CTCSS. 'carrier', 'noise': just that.
 */
export type SignalKind = 'p25-site' | 'p25-control' | 'p25-voice' | 'nfm' | 'carrier' | 'noise';

export interface SignalOptions {
  /** Default 'p25-site'. */
  signal?: SignalKind;
  /** Samples per second, default 240 000. A site needs at least 192 000, its channels alone 24 000. */
  rate?: number;
  /** Centre frequency, Hz; default 851.5 MHz. */
  center?: number;
  /** Default 'cu8', as RTL-SDR gives it. */
  format?: IqFormat;
  /** Frequency of a signal that has one carrier only, Hz; default the centre. */
  frequency?: number;
  /** Amplitude of each carrier relative to full scale, dB; default -14. */
  level?: number;
  /** Es/N0 in dB for 4800 symbols/s, default 25; Infinity for no noise. */
  noise?: number;
  /** Frequency error of the transmitters, Hz; default 120. */
  offset?: number;
  /** Makes another noise, and other encrypted speech. */
  seed?: number;
  /** Length, s; default endless. */
  seconds?: number;
  /** Identity of the P25 site; 12, 20, 12, 8 and 8 bits. */
  nac?: number;
  wacn?: number;
  system?: number;
  rfss?: number;
  site?: number;
  /** Talkgroups that speak in turn; default 1001 and 1002. */
  talkgroups?: readonly number[];
  /** One more that speaks encrypted. */
  encryptedTalkgroup?: number | null;
  /** Frequency of the tone, Hz; default 1000. */
  tone?: number;
  /** Frequency of the sub-audible tone, Hz; default 100, 0 for none. */
  ctcss?: number;
}

export type SignalSettings = Required<Omit<SignalOptions, 'encryptedTalkgroup'>> & {
  encryptedTalkgroup: number | null;
};

const KINDS: readonly SignalKind[] = ['p25-site', 'p25-control', 'p25-voice', 'nfm', 'carrier', 'noise'];

/** Least rate at which the signal fits in the band, samples/s. */
const LEAST_RATE: Record<SignalKind, number> = {
  'p25-site': 192_000,
  'p25-control': 24_000,
  'p25-voice': 24_000,
  nfm: 24_000,
  carrier: 1000,
  noise: 1000,
};

/** Fills in the defaults. Throws 'bad-setting' for what cannot be. */
export function signalSettings(options: SignalOptions): SignalSettings {
  const { signal = 'p25-site', format = 'cu8', center = 851_500_000, talkgroups = [1001, 1002] } = options;
  if (!KINDS.includes(signal)) throw bad('There is no such test signal', KINDS.join(', '), signal);
  if (!Object.hasOwn(IQ_BYTES, format)) throw bad('Unknown sample format', Object.keys(IQ_BYTES).join(', '), format);
  const rate = checkRate(options.rate ?? 240_000);
  if (rate < LEAST_RATE[signal]) {
    throw bad(
      `The rate is too low for the signal ${signal}`,
      `at least ${LEAST_RATE[signal]} samples per second`,
      rate,
    );
  }
  checkFrequency(center);
  const frequency = within('frequency', options.frequency ?? center, center - rate / 2, center + rate / 2);
  const settings: SignalSettings = {
    signal,
    rate,
    format,
    center,
    frequency,
    level: within('level', options.level ?? -14, -100, 0),
    noise: options.noise === Number.POSITIVE_INFINITY ? options.noise : within('noise', options.noise ?? 25, -50, 200),
    offset: within('offset', options.offset ?? 120, -5000, 5000),
    seed: whole('seed', options.seed ?? 1, 32),
    seconds: options.seconds ?? Number.POSITIVE_INFINITY,
    nac: whole('nac', options.nac ?? 0x3a1, 12),
    wacn: whole('wacn', options.wacn ?? 0xbee00, 20),
    system: whole('system', options.system ?? 0x3a1, 12),
    rfss: whole('rfss', options.rfss ?? 1, 8),
    site: whole('site', options.site ?? 1, 8),
    talkgroups: talkgroups.map((talkgroup) => whole('talkgroup', talkgroup, 16)),
    encryptedTalkgroup: options.encryptedTalkgroup == null ? null : whole('talkgroup', options.encryptedTalkgroup, 16),
    tone: within('tone', options.tone ?? 1000, 0, 5000),
    ctcss: within('ctcss', options.ctcss ?? 100, 0, 300),
  };
  if (!(settings.seconds > 0)) throw bad('The length must be more than nothing', 'seconds above 0', settings.seconds);
  return settings;
}

function within(name: string, value: number, least: number, most: number): number {
  if (typeof value === 'number' && value >= least && value <= most) return value;
  throw bad(`The test signal's ${name} is out of range`, `a number from ${least} to ${most}`, value);
}

function whole(name: string, value: number, bits: number): number {
  if (Number.isInteger(value) && value >= 0 && value < 2 ** bits) return value;
  throw bad(`The test signal's ${name} is out of range`, `a whole number of at most ${bits} bits`, value);
}

function bad(what: string, expected: string, got: unknown): TrunkflowError {
  return new TrunkflowError('bad-setting', what, { expected, got: String(got), status: 'bad test signal' });
}
