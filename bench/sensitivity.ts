/**
 * `npm run sensitivity [-- --quick]`: how weak, how far off and how distorted a P25 signal may be. Impairs two clean
 * recordings of other projects' encoders, runs the demodulator and the P25 decoder, prints the table beside what OP25
 * reached on the same signals with the same definitions, and writes it as JSON. Seeds are fixed: a run can be repeated.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIBIT_LEVELS } from '../src/coding/dibits';
import type { EventObject, PortMessage } from '../src/core/messages';
import { asFloat32 } from '../src/core/shared-buffer';
import { Fsk4Stage } from '../src/dsp/demod/fsk4-stage';
import { findProtocol } from '../src/protocols/registry';
import { capture } from '../test/support/captures';
import { fromCu8, type Impairments, impair, toCs16 } from '../test/support/channel-simulator';
import {
  PHASE2,
  PHASE2_QUICK,
  type Phase2Condition,
  type Phase2Outcome,
  phase2Sensitivity,
} from './phase2-sensitivity';
import { type VoiceOutcome, VoiceTruth } from './voice-truth';

const RATE = 48000;
const SYMBOL_RATE = 4800;
const CONTROL = 'synth/p25_control_c4fm';
const VOICE = 'synth/p25_voice_c4fm';
const SENT = { tsbk: 464, linkControls: 70, voiceFrames: 1260 };
/** Share of symbols that are wrong where a frame was not found. */
const LOST = 0.75;

export interface Condition {
  name: string;
  how: Impairments;
  /** What OP25 (boatbod, fsk4, rc filter) reached: TSBKs, LDU1 link controls, voice frames, voice symbol error rate. */
  op25?: { tsbk: number; linkControls: number; voiceFrames: number; ser: number };
}

const peer = (tsbk: number, linkControls: number, voiceFrames: number, ser: number) => ({
  tsbk,
  linkControls,
  voiceFrames,
  ser,
});

const NOISE: Condition[] = [
  { name: 'clean', how: {}, op25: peer(458, 70, 1260, 0.0004) },
  { name: 'Es/N0 20 dB', how: { esn0: 20 }, op25: peer(460, 70, 1260, 0.0004) },
  { name: 'Es/N0 17 dB', how: { esn0: 17 }, op25: peer(428, 70, 1260, 0.0006) },
  { name: 'Es/N0 14 dB', how: { esn0: 14 }, op25: peer(79, 68, 1233, 0.0125) },
  { name: 'Es/N0 12 dB', how: { esn0: 12 }, op25: peer(2, 58, 999, 0.0539) },
  { name: 'Es/N0 10 dB', how: { esn0: 10 }, op25: peer(0, 4, 108, 0.1615) },
  { name: 'Es/N0 8 dB', how: { esn0: 8 }, op25: peer(0, 0, 0, 0.3895) },
  { name: 'Es/N0 7 dB', how: { esn0: 7 } },
  { name: 'Es/N0 6 dB', how: { esn0: 6 }, op25: peer(0, 0, 0, 0.5735) },
];

const OTHER: Condition[] = [
  { name: 'offset +500 Hz', how: { esn0: 20, offset: 500 }, op25: peer(458, 70, 1260, 0.0003) },
  { name: 'offset +1000 Hz', how: { esn0: 20, offset: 1000 }, op25: peer(458, 70, 1260, 0.0004) },
  { name: 'offset -1000 Hz', how: { esn0: 20, offset: -1000 }, op25: peer(458, 70, 1260, 0.0004) },
  { name: 'offset +2000 Hz', how: { esn0: 20, offset: 2000 }, op25: peer(458, 70, 1260, 0.0004) },
  { name: 'offset -2000 Hz', how: { esn0: 20, offset: -2000 }, op25: peer(458, 70, 1260, 0.0004) },
  { name: 'clock +50 ppm', how: { esn0: 20, ppm: 50 }, op25: peer(458, 69, 1251, 0.0004) },
  { name: 'clock -50 ppm', how: { esn0: 20, ppm: -50 }, op25: peer(458, 70, 1260, 0.0004) },
  { name: '+1730 Hz, +50 ppm, 8 dB', how: { esn0: 8, offset: 1730, ppm: 50 } },
  {
    name: 'two rays 20 us, 1.3 Hz',
    how: { esn0: 25, ray: { delay: 20, beat: 1.3 } },
    op25: peer(342, 46, 1026, 0.092),
  },
  {
    name: 'two rays 40 us, 1.3 Hz',
    how: { esn0: 25, ray: { delay: 40, beat: 1.3 } },
    op25: peer(281, 42, 927, 0.1389),
  },
  {
    name: 'two rays 60 us, 1.3 Hz',
    how: { esn0: 25, ray: { delay: 60, beat: 1.3 } },
    op25: peer(231, 34, 783, 0.1991),
  },
  {
    name: 'two rays 80 us, 1.3 Hz',
    how: { esn0: 25, ray: { delay: 80, beat: 1.3 } },
    op25: peer(183, 28, 765, 0.2666),
  },
];

export const QUICK: Condition[] = NOISE.filter(({ how }) => [14, 12, 10, 8].includes(how.esn0 ?? 0));

/** What one recording gave: P25 decoder counters, and the symbol error rate against the symbols sent. */
export interface Outcome {
  counters: Record<string, number>;
  linkControls: number;
  /** Events the clean recording does not give: messages that were not sent. */
  falseEvents: number;
  /** Voice compared with what was sent. */
  voice?: VoiceOutcome;
  ser: number;
  /** Processor seconds per second of signal, demodulator and decoder. */
  cpu: number;
}

/** A clean recording with the symbols that were sent. */
class Reference {
  private readonly clean: Float32Array;
  private readonly dibits: Uint8Array;
  /** Time of each clean frame's first symbol, ms, and its index among the symbols sent. */
  private readonly frames: { time: number; index: number }[] = [];
  private readonly events: ReadonlySet<string>;
  /** Times of the clean recording's voice frames, ms, and the voice that was sent in them. */
  private readonly voiceTimes: readonly number[];
  private readonly voice?: VoiceTruth;

  constructor(name: string) {
    this.clean = fromCu8(readFileSync(capture(`${name}_48k.cu8`)));
    this.dibits = readFileSync(capture(`${name}.symbols.bin`));
    const { messages } = demodulate(toCs16(this.clean));
    let index = 0;
    for (const { frame } of framesOf(messages)) {
      this.frames.push({ time: frame.time, index });
      index += frame.symbols;
    }
    const { events, voice } = decode(messages);
    this.events = new Set(events);
    this.voiceTimes = voice.map(({ time }) => time);
    const sent = capture(`${name}.imbe144.hex`);
    if (existsSync(sent)) this.voice = new VoiceTruth(sent);
  }

  run({ how }: Condition, seed: number): Outcome {
    const signal = toCs16(impair(this.clean, RATE, SYMBOL_RATE, { seed, ...how }));
    const began = process.cpuUsage();
    const { messages } = demodulate(signal);
    const { counters, linkControls, events, voice } = decode(messages);
    const used = process.cpuUsage(began);
    const seconds = signal.length / 4 / RATE;
    return {
      counters,
      linkControls,
      falseEvents: events.filter((event) => !this.events.has(event)).length,
      voice: this.voice?.compare(
        this.voiceTimes.map((sent) => voice.find(({ time }) => Math.abs(time - sent) < 5)?.bits ?? null),
      ),
      ser: this.errorRate(messages),
      cpu: (used.user + used.system) / 1e6 / seconds,
    };
  }

  private errorRate(messages: Symbols[]): number {
    let wrong = 0;
    let compared = 0;
    const right = new Uint8Array(this.dibits.length);
    for (const { frame, metrics } of framesOf(messages)) {
      const match = this.frames.find(({ time }) => Math.abs(time - frame.time) < 5);
      if (!match) continue;
      for (let k = 0; k < frame.symbols && match.index + k < this.dibits.length; k++) {
        const four = metrics.subarray(4 * k, 4 * k + 4);
        const level = 2 * four.indexOf(Math.max(...four)) - 3;
        right[match.index + k] = level === DIBIT_LEVELS[this.dibits[match.index + k]] ? 2 : 1;
      }
    }
    for (const mark of right) {
      if (mark === 1) wrong++;
      if (mark > 0) compared++;
    }
    return (wrong + LOST * (this.dibits.length - compared)) / this.dibits.length;
  }
}

type Symbols = Extract<PortMessage, { port: 'symbols' }>;

function demodulate(signal: Buffer): { messages: Symbols[] } {
  const protocol = findProtocol('p25');
  const stage = new Fsk4Stage(protocol.airInterfaces[0], { protocol: 'p25', polarity: 'auto' });
  const messages: PortMessage[] = [];
  const block = 4 * 4800;
  for (let at = 0, seq = 0; at < signal.length; at += block, seq++)
    messages.push(
      ...stage.process({
        port: 'iq',
        payload: signal.subarray(at, at + block),
        info: {
          stream: 'sensitivity',
          seq,
          time: (1000 * at) / 4 / RATE,
          format: 'cs16',
          rate: RATE,
          center: 0,
          sample: at / 4,
          dropped: 0,
        },
      }),
    );
  messages.push(...stage.flush());
  stage.close();
  return { messages: messages as Symbols[] };
}

function* framesOf(messages: Symbols[]) {
  for (const { payload, info } of messages) {
    const metrics = asFloat32(payload);
    for (const frame of info.frames)
      yield { frame, metrics: metrics.subarray(4 * frame.start, 4 * (frame.start + frame.symbols)) };
  }
}

/** Events as text without what depends on when they were received. */
function content(event: EventObject): string {
  return JSON.stringify({ ...event, time: undefined, frequency: undefined, uplink_frequency: undefined });
}

function decode(messages: Symbols[]) {
  const events: string[] = [];
  const voice: { time: number; bits: Int8Array }[] = [];
  const sink = {
    event: (event: EventObject) => {
      if (event.type !== 'system') events.push(content(event));
    },
    voice: (time: number, _frames: number, bits: Int8Array) => {
      voice.push({ time, bits: bits.slice() });
    },
  };
  const decoder = findProtocol('p25').createDecoder(sink, {});
  let before = decoder.counters();
  let linkControls = 0;
  for (const { frame, metrics } of framesOf(messages)) {
    decoder.frame({ ...frame, frequency: 0 }, metrics);
    const after = decoder.counters();
    if (after.ldu1 > before.ldu1 && after.rs_ok > before.rs_ok) linkControls++;
    before = after;
  }
  return { counters: before, linkControls, events, voice };
}

/** Control channel under these conditions: TSBKs read of 464. */
export function controlChannel(conditions: Condition[]): { condition: Condition; outcome: Outcome }[] {
  const reference = new Reference(CONTROL);
  return conditions.map((condition) => ({ condition, outcome: reference.run(condition, 11) }));
}

/** Voice channel: link controls, voice frames and symbol error rate. */
export function voiceChannel(conditions: Condition[]): { condition: Condition; outcome: Outcome }[] {
  const reference = new Reference(VOICE);
  return conditions.map((condition) => ({ condition, outcome: reference.run(condition, 12) }));
}

function main(quick: boolean): void {
  if (!existsSync(capture(`${CONTROL}_48k.cu8`))) {
    console.log('The recordings this needs are not here; see docs/demod.md, Sensitivity.');
    return;
  }
  const conditions = quick ? QUICK : [...NOISE, ...OTHER];
  const row = (cells: (string | number | undefined)[]) =>
    console.log(cells.map((cell, i) => (i === 0 ? `${cell}`.padEnd(26) : `${cell ?? '-'}`.padStart(9))).join(''));

  console.log(`P25 control channel, C4FM: TSBKs read of ${SENT.tsbk}\n`);
  row(['', 'here', 'OP25', 'false', 'SER', 'CPU s/s']);
  const control = controlChannel(conditions);
  for (const { condition, outcome } of control)
    row([
      condition.name,
      outcome.counters.tsbk,
      condition.op25?.tsbk,
      outcome.falseEvents,
      outcome.ser.toFixed(4),
      outcome.cpu.toFixed(4),
    ]);

  console.log(
    `\nP25 voice channel, C4FM: link controls of ${SENT.linkControls} LDU1, messages not sent, voice frames\n` +
      `of ${SENT.voiceFrames}: handed on, played (not repeated or muted), of these with wrong u0..u3, with right u0..u3, with right u0..u6\n`,
  );
  row(['', 'LC', 'OP25', 'false', 'frames', 'OP25', 'played', 'wrong', 'golay', 'right', 'SER', 'OP25', 'CPU s/s']);
  const voice = voiceChannel(conditions);
  for (const { condition, outcome } of voice)
    row([
      condition.name,
      outcome.linkControls,
      condition.op25?.linkControls,
      outcome.falseEvents,
      outcome.counters.voice_frames,
      condition.op25?.voiceFrames,
      outcome.voice?.played,
      outcome.voice?.wrongPlayed,
      outcome.voice?.golayRight,
      outcome.voice?.right,
      outcome.ser.toFixed(4),
      condition.op25?.ser.toFixed(4),
      outcome.cpu.toFixed(4),
    ]);

  console.log(
    '\nP25 phase 2, slot 0: 630 voice frames without a corrected bit, with the content sent; MAC PDUs; encryption syncs\n',
  );
  row(['', 'clean', 'OP25', 'right', 'frames', 'MAC', 'OP25', 'ESS', 'CPU s/s']);
  const phase2: { condition: Phase2Condition; outcome: Phase2Outcome }[] = [];
  phase2Sensitivity(quick ? PHASE2_QUICK : PHASE2, (condition, outcome) => {
    phase2.push({ condition, outcome });
    const { clean, right, frames, mac, ess, cpu } = outcome;
    row([condition.name, clean, condition.op25?.clean, right, frames, mac, condition.op25?.mac, ess, cpu.toFixed(4)]);
  });

  const folder = join(__dirname, 'results');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'sensitivity.json');
  writeFileSync(file, `${JSON.stringify({ sent: SENT, control, voice, phase2 }, null, 1)}\n`);
  console.log(`\nwritten to ${file}`);
}

if (require.main === module) main(process.argv.includes('--quick'));
