import type { ChannelRequest, Control, PortMessage } from '../../../src/core/messages';
import { Follower } from '../../../src/trunking/follower';
import type { ControlOutput, FollowerOptions, FollowerOutput } from '../../../src/trunking/options';
import { type Air, messages, type Said, T0 } from './script';

/** A source and the band its channelizer covers. */
export interface Covered {
  stream: string;
  /** Hz. */
  low: number;
  high: number;
}

/** Two dongles, and frequencies of control channels and voice in the band of each, Hz. */
export const LOW: Covered = { stream: 'low', low: 850e6, high: 852.4e6 };
export const HIGH: Covered = { stream: 'high', low: 854e6, high: 856.4e6 };
export const C1 = 851_000_000;
export const C2 = 855_000_000;
export const F1 = 852_000_000;
export const F2 = 856_000_000;
export const SYSTEM = { shortName: 'county' };

/** What the site with this NAC says. */
export const atSite = (nac: string, events: Said[]): Said[] => events.map((event) => ({ nac, ...event }));

export interface SitesPlay {
  sources: Covered[];
  /** Control channels that are there from the start: stream and what it says. */
  controls?: Record<string, Said[]>;
  /** What each frequency carries; of a voice channel that is opened, or a control channel that is looked for. */
  air?: Air;
  seconds?: number;
  options?: Partial<FollowerOptions>;
  /** Commands to the follower, by ms since T0. */
  commands?: { at: number; control: Control }[];
  /** Frequencies on which the channelizers give no channel. */
  refuse?: number[];
  /** Where a source goes when it is told to tune, ms later. */
  tuneTime?: number;
}

/** Plays several sources with control channels to one follower, with channelizers that open what it asks for. */
export function playSites(play: SitesPlay): { outputs: FollowerOutput[]; follower: Follower } {
  const { sources, controls = {}, air = {}, seconds = 12, commands = [], refuse = [], tuneTime = 200 } = play;
  const follower = new Follower(play.options);
  const outputs: FollowerOutput[] = [];
  const bands = new Map(sources.map((source) => [source.stream, source]));
  const queues = new Map<string, PortMessage[]>();
  const later: { at: number; act(): void }[] = [];
  const end = seconds * 1000;
  let now = 0;
  const take = (more: FollowerOutput[]) => {
    for (const output of more) {
      outputs.push(output);
      if (output.to === 'control') obey(output.control);
    }
  };
  const tellBand = ({ stream, low, high }: Covered) =>
    take(follower.handle({ port: 'event', payload: { type: 'band', state: 'covered', stream, low, high } }));
  function obey({ stream: parent, open, close, tune }: Extract<FollowerOutput, { to: 'control' }>['control']): void {
    if (open) {
      const { id, frequency, from = T0 + now } = open as { id: string; frequency: number; from?: number };
      const stream = `${parent}/${id}`;
      const band = bands.get(parent)!;
      const reason = refuse.includes(frequency) ? 'too_many' : 'out_of_band';
      if (reason === 'too_many' || frequency < band.low || frequency > band.high) {
        const payload = { type: 'channel', state: 'refused', id, stream, frequency, reason };
        queues.set(stream, [{ port: 'event', payload }]);
        return;
      }
      const { events, voice } = air[frequency] ?? { events: [], voice: [] };
      const start = from - T0;
      const said = events.filter(({ at }) => at >= start);
      const spoken = voice
        .filter(({ to }) => to > start)
        .map((part) => ({ ...part, from: Math.max(part.from, start) }));
      queues.set(stream, messages({ stream, from: start, to: end, events: said, voice: spoken, frequency }));
    }
    if (close && typeof close === 'object') {
      const left = queues.get(`${parent}/${close.id}`);
      left?.splice(0, left.length - 1);
    }
    if (tune) {
      const band = bands.get(parent)!;
      const half = (band.high - band.low) / 2;
      const moved = { stream: parent, low: tune - half, high: tune + half };
      const act = () => {
        bands.set(parent, moved);
        tellBand(moved);
      };
      later.push({ at: now + tuneTime, act });
    }
  }
  for (const source of sources) tellBand(source);
  for (const [stream, events] of Object.entries(controls))
    queues.set(stream, messages({ stream, from: 0, to: end, events }));
  for (const { at, control } of commands) later.push({ at, act: () => take(follower.command(control)) });
  for (;;) {
    const ready = [...queues.values()].filter((list) => list.length > 0);
    if (ready.length === 0) break;
    const time = (list: PortMessage[]) => (list[0].port === 'event' ? (list[0].payload.time ?? 0) : list[0].info.time);
    const last = ready.reduce((a, b) => (time(b) < time(a) ? b : a));
    now = Math.max(now, time(last) - T0);
    for (const due of later.filter(({ at }) => at <= now)) {
      later.splice(later.indexOf(due), 1);
      due.act();
    }
    take(follower.handle(last.shift()!));
  }
  outputs.push(...follower.close());
  return { outputs, follower };
}

/** Stats as a decoder gives them once a second. */
export function stats(from: number, to: number, locked: boolean, more: object = {}): Said[] {
  const list = [];
  for (let at = from; at < to; at += 1000)
    list.push({
      at,
      type: 'stats',
      nac: undefined,
      locked,
      reason: locked ? '' : 'no carrier',
      rate: locked ? 40 : 0,
      counters: {},
      ...more,
    });
  return list;
}

/** Commands to channelizers and sources, in order. */
export function controls(outputs: FollowerOutput[]): ControlOutput['control'][] {
  return outputs.flatMap((output) => (output.to === 'control' ? [output.control] : []));
}

/** The channels asked for. */
export function opened(outputs: FollowerOutput[]): ChannelRequest[] {
  return controls(outputs).flatMap(({ open }) => open ?? []);
}

/** What was told of control channels, e.g. 'trying 851', 'failed 851 no carrier'. */
export function huntStory(outputs: FollowerOutput[]): string[] {
  return outputs.flatMap((output) => {
    if (output.to !== 'systems' || output.event.type !== 'control_channel') return [];
    const { state, frequency, reason } = output.event;
    return [[state, frequency / 1e6, reason].filter((word) => word !== undefined).join(' ')];
  });
}
