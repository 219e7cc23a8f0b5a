import type { PortMessage, VoiceInfo } from '../../../src/core/messages';
import { Follower } from '../../../src/trunking/follower';
import type { CallOutput, FollowerOptions, FollowerOutput, VoiceOutput } from '../../../src/trunking/options';

export const T0 = 1_700_000_000_000;
export const CONTROL = 'site/851000000';
/** How far, in ms, one stream may be before another in a random order. */
const SKEW = 1500;
/** Bytes of one IMBE frame of soft bits. */
const FRAME_BYTES = 144;

export interface Said {
  /** ms since T0. */
  at: number;
  type: string;
  [field: string]: unknown;
}

/** A stretch of voice: frames of 20 ms, whose bits all are `mark`, so that a test can tell whose voice it was. */
export interface Spoken {
  from: number;
  to: number;
  mark: number;
}

/** What one stream carries. */
export interface Script {
  stream: string;
  from: number;
  to: number;
  events?: Said[];
  voice?: Spoken[];
  frequency?: number;
  /** ms per voice message; default 60. */
  block?: number;
  end?: boolean;
}

export function grant(at: number, talkgroup: number, frequency: number | null, more: object = {}): Said {
  return {
    at,
    type: 'grant',
    update: false,
    talkgroup,
    frequency,
    channel: '1-1',
    emergency: false,
    encrypted: false,
    priority: 4,
    duplex: false,
    mode: 'circuit',
    data: false,
    ...more,
  };
}

export function update(at: number, talkgroup: number, frequency: number, more: object = {}): Said {
  return grant(at, talkgroup, frequency, { update: true, ...more });
}

/** An update every `step` ms. */
export function updates(from: number, to: number, talkgroup: number, frequency: number, step = 400): Said[] {
  const list = [];
  for (let at = from; at < to; at += step) list.push(update(at, talkgroup, frequency));
  return list;
}

export function talker(at: number, talkgroup: number, source: number, more: object = {}): Said {
  return { at, type: 'talker', talkgroup, source, emergency: false, encrypted: false, ...more };
}

export function encryption(at: number, encrypted: boolean): Said {
  return { at, type: 'encryption', encrypted, algorithm: encrypted ? 0x84 : 0x80, algorithm_name: '', key_id: 0 };
}

export function terminator(at: number, call: boolean): Said {
  return { at, type: 'terminator', call };
}

/** A clear transmission as P25 brings it: header, then link control with every superframe. */
export function transmission(from: number, to: number, talkgroup: number, source: number, mark = talkgroup % 100) {
  const events = [talker(from - 82, talkgroup, source), encryption(from - 82, false)];
  for (let at = from; at < to; at += 360) events.push(talker(at, talkgroup, source), encryption(at + 180, false));
  return { events, voice: [{ from, to, mark }] };
}

export function patch(at: number, action: string, talkgroups: number[], more: object = {}): Said {
  return { at, type: 'patch', action, supergroup: 900, talkgroups, ...more };
}

/** A transmission with the release of its channel. */
export function released(from: number, to: number, talkgroup: number, source: number, mark?: number) {
  const { events, voice } = transmission(from, to, talkgroup, source, mark);
  return { events: [...events, terminator(to + 40, true)], voice };
}

/**
 * The messages of a stream in the order in which its decoder gives them: what lies in a block comes with it, the events
 * first; frames are delivered when the LDU (180 ms) they stand in is complete.
 */
export function messages(script: Script): PortMessage[] {
  const { stream, from, to, events = [], voice = [], block = 60, end = true, frequency = 0 } = script;
  const list: PortMessage[] = [];
  const frames = voice.flatMap(({ from: first, to: last, mark }) => {
    const times = [];
    for (let at = first; at + 20 <= last; at += 20) {
      const ldu = first + Math.floor((at - first) / 180) * 180 + 180;
      times.push({ at, mark, ready: Math.min(ldu, last) });
    }
    return times;
  });
  frames.sort((a, b) => a.ready - b.ready);
  const said = [...events].sort((a, b) => a.at - b.at).filter(({ at }) => at >= from);
  let seq = 0;
  const info = (time: number, duration: number, count: number): VoiceInfo => ({
    stream,
    seq: seq++,
    time: T0 + time,
    codec: 'imbe',
    format: 'soft',
    frames: count,
    duration,
    frequency,
    errors: 0,
    level: -30,
    noise: -60,
    offset: 50,
  });
  for (let start = from; start < to; start += block) {
    const stop = Math.min(start + block, to);
    while (said.length > 0 && (said[0].at < stop || (stop === to && said[0].at <= to))) {
      const { at, type, ...fields } = said.shift()!;
      const payload = { type, protocol: 'p25', stream, time: T0 + at, nac: '3C1', ...fields };
      list.push({ port: 'event', payload });
    }
    const ready = [];
    while (frames.length > 0 && frames[0].ready <= stop) ready.push(frames.shift()!);
    for (const run of runs(ready.filter((frame) => frame.ready > start))) {
      const payload = Buffer.concat(run.map(({ mark }) => Buffer.alloc(FRAME_BYTES, mark)));
      list.push({ port: 'voice', payload, info: info(run[0].at, run.length * 20, run.length) });
    }
    list.push({ port: 'voice', payload: Buffer.alloc(0), info: info(start, stop - start, 0) });
  }
  if (end) list.push({ port: 'voice', payload: Buffer.alloc(0), info: { ...info(to, 0, 0), end: true } });
  return list;
}

function runs<T extends { at: number }>(frames: T[]): T[][] {
  const list: T[][] = [];
  for (const frame of frames) {
    const last = list.at(-1)?.at(-1);
    if (last && Math.abs(frame.at - last.at - 20) < 1) list.at(-1)!.push(frame);
    else list.push([frame]);
  }
  return list;
}

/** What a frequency carries; a channel opened there starts at its `from`. */
export type Air = Record<number, { events: Said[]; voice: Spoken[] }>;

export interface PlayOptions {
  control: Said[];
  air?: Air;
  seconds?: number;
  options?: Partial<FollowerOptions>;
  block?: number;
  /** Frequencies the channelizer refuses. */
  refuse?: number[];
  /** Messages that an opened channel falls behind the control channel before it delivers. */
  lag?: number;
  /** Conventional streams that are there from the start. */
  others?: Script[];
  /** Random numbers in 0..1 that pick which stream delivers next; default: the one that is behind. */
  pick?: () => number;
}

/** Plays a site to a follower, with a channelizer that opens the voice channels it asks for. */
export function play(play: PlayOptions): { outputs: FollowerOutput[]; follower: Follower } {
  const { control, air = {}, seconds = 20, block = 60, refuse = [], lag = 0, others = [] } = play;
  const follower = new Follower(play.options);
  const outputs: FollowerOutput[] = [];
  const end = seconds * 1000;
  const queues = new Map<string, PortMessage[]>();
  const waiting: { list: PortMessage[]; id: string; after: number }[] = [];
  queues.set(CONTROL, messages({ stream: CONTROL, from: 0, to: end, events: control, block }));
  for (const other of others) queues.set(other.stream, messages({ block, ...other }));
  let turn = 0;
  const take = (message: PortMessage) => {
    for (const output of follower.handle(message)) {
      outputs.push(output);
      if (output.to !== 'control') continue;
      const { open, close } = output.control;
      if (open && !Array.isArray(open)) {
        const { id, frequency, from } = open as { id: string; frequency: number; from: number };
        const stream = `site/${id}`;
        if (refuse.includes(frequency)) {
          const payload = { type: 'channel', state: 'refused', id, stream, frequency, reason: 'out_of_band' };
          waiting.push({ list: [{ port: 'event', payload }], id: stream, after: turn + lag });
        } else {
          const { events, voice } = air[frequency] ?? { events: [], voice: [] };
          const start = from - T0;
          const script: Script = {
            stream,
            from: start,
            to: end,
            events: events.filter(({ at }) => at >= start),
            voice: voice
              .filter(({ to }) => to > start)
              .map((part) => ({ ...part, from: part.from + Math.max(0, Math.ceil((start - part.from) / 180) * 180) })),
            frequency,
            block,
          };
          waiting.push({ list: messages(script), id: stream, after: turn + lag });
        }
      }
      if (close && typeof close === 'object') {
        const left = queues.get(`site/${close.id}`);
        left?.splice(0, left.length - 1);
      }
    }
  };
  for (;;) {
    for (const entry of waiting.filter(({ after }) => after <= turn)) {
      waiting.splice(waiting.indexOf(entry), 1);
      queues.set(entry.id, entry.list);
    }
    const ready = [...queues.values()].filter((list) => list.length > 0);
    if (ready.length === 0 && waiting.length === 0) break;
    turn++;
    if (ready.length === 0) continue;
    // Streams keep abreast, as credits make them in a replay.
    const time = (list: PortMessage[]) => (list[0].port === 'event' ? (list[0].payload.time ?? 0) : list[0].info.time);
    const last = ready.reduce((a, b) => (time(b) < time(a) ? b : a));
    const near = ready.filter((list) => time(list) <= time(last) + SKEW);
    take((play.pick ? near[Math.floor(play.pick() * near.length)] : last).shift()!);
  }
  outputs.push(...follower.close());
  return { outputs, follower };
}

/** A follower that takes messages as they are given to it, and what comes of them. */
export function following(options: Partial<FollowerOptions>) {
  const follower = new Follower(options);
  const outputs: FollowerOutput[] = [];
  const take = (list: PortMessage[]): void => {
    for (const message of list) outputs.push(...follower.handle(message));
  };
  return { follower, outputs, take };
}

export function calls(outputs: FollowerOutput[]): CallOutput[] {
  return outputs.filter((output): output is CallOutput => output.to === 'calls');
}

/** 'start 100', 'end 100 terminator' ... */
export function story(outputs: FollowerOutput[]): string[] {
  return calls(outputs)
    .filter(({ event }) => event !== 'update')
    .map(({ event, call }) => [event, call.talkgroup, call.reason].filter((word) => word !== undefined).join(' '));
}

/** Marks of the voice that went out for each talkgroup, frame by frame. */
export function heard(outputs: FollowerOutput[]): Record<number, number[]> {
  const result: Record<number, number[]> = {};
  for (const output of outputs) {
    if (output.to !== 'voice') continue;
    const { payload, info } = output.message;
    const list = (result[info.call!.talkgroup] ??= []);
    for (let at = 0; at < payload.length; at += FRAME_BYTES) list.push(payload[at]);
  }
  return result;
}

export function voiceOf(outputs: FollowerOutput[]): VoiceOutput[] {
  return outputs.filter((output): output is VoiceOutput => output.to === 'voice');
}

/** Opens and closes in order: 'open 852000000', 'close voice-1'. */
export function asked(outputs: FollowerOutput[]): string[] {
  return outputs.flatMap((output) => {
    if (output.to !== 'control') return [];
    const { open, close } = output.control;
    if (open) return [`open ${(open as { frequency: number }).frequency}`];
    return [`close ${(close as { id: string }).id}`];
  });
}
