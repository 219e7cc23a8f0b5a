/**
 * `npm run sensitivity [-- --quick]`: how weak, how far off and how distorted a P25 signal may be. Impairs four clean
 * recordings of other projects' encoders, runs the demodulator and the P25 decoder, prints the table beside what OP25
 * reached on the same signals with the same definitions, and writes it as JSON and as a picture for the documentation. Seeds
 * are fixed: a run can be repeated.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIBIT_LEVELS } from '../src/coding/dibits';
import type { EventObject, PortMessage } from '../src/core/messages';
import { asFloat32 } from '../src/core/shared-buffer';
import { Fsk4Stage } from '../src/dsp/demod/fsk4-stage';
import { findProtocol } from '../src/protocols/registry';
import { capture } from '../test/support/captures';
import { fromCu8, impair, toCs16 } from '../test/support/channel-simulator';
import {
  PHASE2,
  PHASE2_QUICK,
  type Phase2Condition,
  type Phase2Outcome,
  phase2Sensitivity,
} from './phase2-sensitivity';
import { ALL, type Condition, type Modulation, QUICK } from './sensitivity-conditions';
import { type Curve, plot } from './sensitivity-plot';
import { type VoiceOutcome, VoiceTruth } from './voice-truth';

const RATE = 48000;
const SYMBOL_RATE = 4800;
const MODULATIONS: readonly Modulation[] = ['c4fm', 'cqpsk'];
const controlName = (modulation: Modulation) => `synth/p25_control_${modulation}`;
const voiceName = (modulation: Modulation) => `synth/p25_voice_${modulation}`;
/** The picture for the documentation. */
const PICTURE = join(__dirname, '..', 'docs', 'sensitivity.svg');
const SENT = { tsbk: 464, linkControls: 70, voiceFrames: 1260 };
/** Share of symbols that are wrong where a frame was not found. */
const LOST = 0.75;

/** What one recording gave: P25 decoder counters, and the symbol error rate against the symbols sent. */
export interface Outcome {
  counters: Record<string, number>;
  linkControls: number;
  /** Events the clean recording does not give: messages that were not sent. */
  falseEvents: number;
  /** Voice compared with what was sent. */
  voice?: VoiceOutcome;
  ser: number;
  /** Frames, and of them those the sequence detector and the equaliser received; the modulation found. */
  frames: number;
  sequenced: number;
  equalised: number;
  modulation: string;
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
    const last = messages[messages.length - 1]?.info;
    return {
      counters,
      linkControls,
      falseEvents: events.filter((event) => !this.events.has(event)).length,
      voice: this.voice?.compare(
        this.voiceTimes.map((sent) => voice.find(({ time }) => Math.abs(time - sent) < 5)?.bits ?? null),
      ),
      ser: this.errorRate(messages),
      frames: last?.stats?.frames ?? 0,
      sequenced: last?.stats?.sequenced ?? 0,
      equalised: last?.stats?.equalised ?? 0,
      modulation: last?.modulation ?? '',
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

/** Events as text without what depends on when they were received: frequencies are known once their band was told. */
function content(event: EventObject): string {
  return JSON.stringify(event, (key, value) => (key === 'time' || key.endsWith('frequency') ? undefined : value));
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

/** How a recording of this modulation fares under a condition. */
export interface Result {
  modulation: Modulation;
  condition: Condition;
  outcome: Outcome;
}

/** Control channel under these conditions: TSBKs read of 464. */
export function controlChannel(conditions: readonly Condition[], modulation: Modulation = 'c4fm'): Result[] {
  const reference = new Reference(controlName(modulation));
  return conditions.map((condition) => ({ modulation, condition, outcome: reference.run(condition, 11) }));
}

/** Voice channel: link controls, voice frames and symbol error rate. */
export function voiceChannel(conditions: readonly Condition[], modulation: Modulation = 'c4fm'): Result[] {
  const reference = new Reference(voiceName(modulation));
  return conditions.map((condition) => ({ modulation, condition, outcome: reference.run(condition, 12) }));
}

function row(cells: (string | number | undefined)[]): void {
  console.log(cells.map((cell, i) => (i === 0 ? `${cell}`.padEnd(26) : `${cell ?? '-'}`.padStart(9))).join(''));
}

const share = (part: number, whole: number): string => `${Math.round((100 * part) / Math.max(1, whole))} %`;

function printControl(results: readonly Result[], modulation: Modulation): void {
  console.log(`\nP25 control channel, ${modulation.toUpperCase()}: TSBKs read of ${SENT.tsbk}, messages not sent\n`);
  row(['', 'here', 'OP25', 'false', 'SER', 'sequence', 'equaliser', 'found', 'CPU s/s']);
  for (const { condition, outcome } of results)
    row([
      condition.name,
      outcome.counters.tsbk,
      condition.op25?.[modulation]?.tsbk,
      outcome.falseEvents,
      outcome.ser.toFixed(4),
      share(outcome.sequenced, outcome.frames),
      share(outcome.equalised, outcome.frames),
      outcome.modulation,
      outcome.cpu.toFixed(4),
    ]);
}

function printVoice(results: readonly Result[], modulation: Modulation): void {
  console.log(
    `\nP25 voice channel, ${modulation.toUpperCase()}: link controls of ${SENT.linkControls} LDU1, messages not sent, voice frames\n` +
      `of ${SENT.voiceFrames}: handed on, played (not repeated or muted), of these with wrong u0..u3, with right u0..u3, with right u0..u6\n`,
  );
  row(['', 'LC', 'OP25', 'false', 'frames', 'OP25', 'played', 'wrong', 'golay', 'right', 'SER', 'OP25', 'CPU s/s']);
  for (const { condition, outcome } of results) {
    const op25 = condition.op25?.[modulation];
    row([
      condition.name,
      outcome.linkControls,
      op25?.linkControls,
      outcome.falseEvents,
      outcome.counters.voice_frames,
      op25?.voiceFrames,
      outcome.voice?.played,
      outcome.voice?.wrongPlayed,
      outcome.voice?.golayRight,
      outcome.voice?.right,
      outcome.ser.toFixed(4),
      op25?.ser.toFixed(4),
      outcome.cpu.toFixed(4),
    ]);
  }
}

function printPhase2(quick: boolean): { condition: Phase2Condition; outcome: Phase2Outcome }[] {
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
  return phase2;
}

/** Share of TSBKs read against Es/N0, here and with OP25. */
function picture(results: readonly Result[]): string {
  const curves: Curve[] = MODULATIONS.flatMap((modulation, i) => {
    const noisy = results.filter(
      ({ modulation: own, condition: { how } }) => own === modulation && Object.keys(how).join() === 'esn0',
    );
    const colour = ['#1565c0', '#c62828'][i];
    const points = (value: (result: Result) => number | undefined) =>
      noisy
        .flatMap((result) => {
          const tsbk = value(result);
          return tsbk === undefined ? [] : [{ x: result.condition.how.esn0!, y: tsbk / SENT.tsbk }];
        })
        .sort((a, b) => a.x - b.x);
    const name = modulation.toUpperCase();
    return [
      { name, colour, points: points(({ outcome }) => outcome.counters.tsbk) },
      {
        name: `${name}, OP25`,
        colour,
        dashed: true,
        points: points(({ condition }) => condition.op25?.[modulation]?.tsbk),
      },
    ];
  });
  return plot('P25 control channel: trunking blocks read', curves, 4, 20);
}

function main(quick: boolean): void {
  if (!existsSync(capture(`${controlName('c4fm')}_48k.cu8`))) {
    console.log('The recordings this needs are not here; see docs/demod.md, Sensitivity.');
    return;
  }
  const conditions = quick ? QUICK : ALL;
  const control: Result[] = [];
  const voice: Result[] = [];
  for (const modulation of MODULATIONS) {
    control.push(...controlChannel(conditions, modulation));
    printControl(control.slice(-conditions.length), modulation);
    voice.push(...voiceChannel(conditions, modulation));
    printVoice(voice.slice(-conditions.length), modulation);
  }
  const phase2 = printPhase2(quick);
  const folder = join(__dirname, 'results');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'sensitivity.json');
  writeFileSync(file, `${JSON.stringify({ sent: SENT, control, voice, phase2 }, null, 1)}\n`);
  console.log(`\nwritten to ${file}`);
  if (quick) return;
  writeFileSync(PICTURE, picture(control));
  console.log(`picture in ${PICTURE}`);
}

if (require.main === module) main(process.argv.includes('--quick'));
