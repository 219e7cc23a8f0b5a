import { writeBits } from '../../src/coding/bits';
import { C4fmCarrier } from '../../src/sources/generator/c4fm-carrier';
import { STATUS } from '../../src/sources/generator/p25/frame';
import {
  type Channel,
  composeTsdu,
  groupGrant,
  groupGrantUpdate,
  networkStatus,
  rfssStatus,
} from '../../src/sources/generator/p25/tsbk';
import { toCs16 } from './channel-simulator';

/** Samples per second of the band, and how many times those of a recording it is. */
export const RATE = 240_000;
const FACTOR = 5;

/** A site whose control channel is of phase 1 and whose voice channels have two slots; Hz. */
export const SITE = {
  center: 851_500_000,
  control: 851_437_500,
  voice: 851_550_000,
  /** Channel 2-0 and 2-1 are the slots of this frequency, and so on by carriers. */
  base: 851_000_000,
  spacing: 12_500,
  wacn: 0x92f70,
  system: 0x3c5,
  nac: 0x3c1,
};

const IDENTIFIER = 2;
/** Two slots on carriers of 12.5 kHz (TIA-102.AABC-E 6.2.32). */
const CHANNEL_TYPE = 3;

/** What the control channel grants: talkgroups by slot, from `from` to `to` (seconds). */
export interface TdmaCall {
  slot: number;
  talkgroup: number;
  source: number;
  /** Service options. */
  options?: number;
  from: number;
  to: number;
}

/** IDEN_UP_TDMA (TIA-102.AABC-E 6.2.32). */
function tdmaIdentifier(): Uint8Array {
  const bits = new Uint8Array(80);
  let at = 0;
  const put = (value: number, width: number) => {
    writeBits(bits, at, width, value);
    at += width;
  };
  put(0x33, 8);
  put(0, 8);
  put(IDENTIFIER, 4);
  put(CHANNEL_TYPE, 4);
  put(0, 1);
  put(45_000_000 / SITE.spacing, 13);
  put(SITE.spacing / 125, 10);
  put(SITE.base / 5, 32);
  return bits;
}

function* controlDibits(calls: readonly TdmaCall[]): Generator<number> {
  const control: Channel = { identifier: IDENTIFIER, number: (2 * (SITE.control - SITE.base)) / SITE.spacing };
  const identity = { lra: 1, system: SITE.system, rfss: 1, site: 1, control, services: 0x70 };
  const channelOf = ({ slot }: TdmaCall): Channel => ({
    identifier: IDENTIFIER,
    number: (2 * (SITE.voice - SITE.base)) / SITE.spacing + slot,
  });
  const granted = new Set<TdmaCall>();
  let sent = 0;
  for (let n = 0; ; n++) {
    const time = sent / 4800;
    const running = calls.filter(({ from, to }) => time >= from && time < to);
    const fresh = running.find((call) => !granted.has(call));
    const blocks = [n % 2 ? tdmaIdentifier() : networkStatus(identity, SITE.wacn), rfssStatus(identity)];
    if (fresh) {
      granted.add(fresh);
      blocks.push(groupGrant(fresh.options ?? 4, channelOf(fresh), fresh.talkgroup, fresh.source));
    } else if (running.length > 0 && n % 4 === 0) {
      const [a, b = a] = running;
      blocks.push(groupGrantUpdate(channelOf(a), a.talkgroup, channelOf(b), b.talkgroup));
    }
    const dibits = composeTsdu(SITE.nac, blocks, STATUS.IDLE);
    sent += dibits.length;
    yield* dibits;
  }
}

/**
 * The band as cs16 at RATE: the control channel, and a recording (interleaved, 48 kS/s) of the voice carrier from `start`
 * seconds on.
 */
export function tdmaSite(calls: readonly TdmaCall[], carrier: Float32Array, start: number, seconds: number): Buffer {
  const count = Math.round(seconds * RATE);
  const iq = new Float32Array(2 * count);
  const dibits = controlDibits(calls);
  const control = new C4fmCarrier({
    rate: RATE,
    offset: SITE.control - SITE.center,
    amplitude: 0.3,
    next: () => dibits.next().value ?? null,
  });
  control.add(iq, count);
  addCarrier(iq, carrier, Math.round(start * RATE), (SITE.voice - SITE.center) / RATE);
  return toCs16(iq);
}

/** Adds a recording, brought to the band's rate by a windowed sinc, at `shift` cycles a sample. */
function addCarrier(iq: Float32Array, carrier: Float32Array, start: number, shift: number): void {
  const half = 10;
  const taps = Array.from({ length: FACTOR }, (_, phase) =>
    Float64Array.from({ length: 2 * half }, (_, j) => {
      const t = j - half + 1 - phase / FACTOR;
      const window = 0.5 + 0.5 * Math.cos((Math.PI * t) / half);
      return Math.abs(t) < 1e-9 ? 1 : (Math.sin(Math.PI * t) / (Math.PI * t)) * window;
    }),
  );
  const most = Math.min(iq.length / 2 - start, (carrier.length / 2 - 2 * half) * FACTOR);
  for (let i = 0; i < most; i++) {
    const row = taps[i % FACTOR];
    const first = Math.floor(i / FACTOR) - half + 1;
    let re = 0;
    let im = 0;
    for (let j = 0; j < row.length; j++) {
      const n = first + j;
      if (n < 0) continue;
      re += row[j] * carrier[2 * n];
      im += row[j] * carrier[2 * n + 1];
    }
    const angle = 2 * Math.PI * shift * (start + i);
    const c = 0.3 * Math.cos(angle);
    const s = 0.3 * Math.sin(angle);
    iq[2 * (start + i)] += re * c - im * s;
    iq[2 * (start + i) + 1] += re * s + im * c;
  }
}
