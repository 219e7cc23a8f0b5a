import { nistSpeech } from '../nist-speech';
import { Random } from '../noise';
import type { SignalSettings } from '../options';
import { encodeImbeFrame } from './imbe-frame';
import { CLEAR, type Encryption, FRAMES_PER_LDU } from './voice';

/**
 * The site's time line, in symbols (1/4800 s) since the start: one call every ten seconds, each of two talkers who speak
 * the same sentence, the talkgroups in turn, on the voice channels in turn. All is a function of the call's number.
 */

/** From one call's grant to the next one's, symbols. */
const CALL_PERIOD = 48_000;
const FIRST_CALL = 4_800;

/** Lengths of the data units, symbols. */
const HDU = 396;
const LDU = 864;
const TDU = 72;
export const TDULC = 216;

/** The voice channel's carrier comes up so long after the grant ... */
const KEY_UP = 720;
/** ... and sends so many symbols before the first data unit. */
export const LEAD_IN = 48;
/** Terminators with link control between the talkers, and after the last. */
export const HANG_TERMINATORS = 12;
export const RELEASE_TERMINATORS = 8;

const TALKERS = 2;

export interface Talker {
  source: number;
  /** When the transmission's first symbol is sent. */
  start: number;
}

export interface Call {
  talkgroup: number;
  encrypted: boolean;
  /** Index of the voice channel. */
  channel: number;
  /** When the call is granted. */
  grant: number;
  talkers: Talker[];
  /** When the carrier goes off. */
  end: number;
}

export class Timeline {
  private readonly turns: { talkgroup: number; encrypted: boolean }[];
  /** LDUs of one transmission. */
  readonly ldus = nistSpeech().length / FRAMES_PER_LDU;

  constructor(
    private readonly settings: SignalSettings,
    private readonly channels: number,
  ) {
    const { talkgroups, encryptedTalkgroup } = settings;
    this.turns = talkgroups.map((talkgroup) => ({ talkgroup, encrypted: false }));
    if (encryptedTalkgroup !== null) this.turns.push({ talkgroup: encryptedTalkgroup, encrypted: true });
  }

  /** The n-th call, from 0; null when no talkgroup ever speaks. */
  call(n: number): Call | null {
    if (this.turns.length === 0) return null;
    const grant = FIRST_CALL + n * CALL_PERIOD;
    const transmission = HDU + this.ldus * LDU + TDU;
    const first = grant + KEY_UP;
    const talkers: Talker[] = [];
    const { talkgroup, encrypted } = this.turns[n % this.turns.length];
    const round = Math.floor(n / this.turns.length);
    for (let i = 0; i < TALKERS; i++) {
      // Eight units in each group, numbered after it.
      const source = (talkgroup * 100 + 1 + ((round * TALKERS + i) % 8)) & 0xffffff;
      talkers.push({ source, start: first + LEAD_IN + i * (transmission + HANG_TERMINATORS * TDULC) });
    }
    const end = talkers[TALKERS - 1].start + transmission + RELEASE_TERMINATORS * TDULC;
    return { talkgroup, encrypted, channel: n % this.channels, grant, talkers, end };
  }

  /** The call that is running at this symbol, or null. */
  running(symbol: number): Call | null {
    const n = Math.floor((symbol - FIRST_CALL) / CALL_PERIOD);
    const call = n < 0 ? null : this.call(n);
    return call && symbol < call.end ? call : null;
  }

  encryption(call: Call): Encryption {
    if (!call.encrypted) return CLEAR;
    // 0xAA is ADP; its key is not needed to send what nobody can read.
    const random = this.random(call.grant);
    return { algorithm: 0xaa, key: 1, indicator: Uint8Array.from({ length: 9 }, () => random.word()) };
  }

  /** The voice frames of one transmission, 144 bits each: the sentence, or what encryption makes of it. */
  speech(call: Call, talker: Talker): readonly Uint8Array[] {
    if (!call.encrypted) return nistSpeech();
    const random = this.random(talker.start);
    return nistSpeech().map(() => encodeImbeFrame(Uint8Array.from({ length: 11 }, () => random.word())));
  }

  private random(symbol: number): Random {
    return new Random(this.settings.seed + symbol);
  }
}
