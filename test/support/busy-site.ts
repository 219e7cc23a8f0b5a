import type { Control, PortMessage } from '../../src/core/messages';
import { nistSpeech } from '../../src/sources/generator/nist-speech';
import { type Air, CONTROL, grant, messages, type Said, T0, transmission, updates } from '../trunking/support/script';
import { uniform } from './random';

/** One call of the site. Times in ms since T0. */
export interface SiteCall {
  talkgroup: number;
  source: number;
  frequency: number;
  start: number;
  end: number;
  encrypted: boolean;
}

export interface BusySiteOptions {
  talkgroups: number;
  calls: number;
  seconds: number;
  /** Every so many calls, one is encrypted. */
  encryptedEvery: number;
}

/** What the node that plays the site leaves in the user folder when its time is over. */
export interface BusyResult {
  /** Resident memory in MB, once in every twentieth of the hour. */
  rss: number[];
  /** Delay of Node-RED's event loop, ms. */
  p50: number;
  p99: number;
  max: number;
  /** Seconds it took. */
  took: number;
}

export const BUSY_RESULT = 'busy-site.json';

const FIRST_TALKGROUP = 101;
const VOICE_CHANNELS = 12;
/** From a call's end to the next grant of its talkgroup or channel: longer than any hang time set in the tests. */
const GAP = 2500;
/** Length of a superframe: what a P25 voice channel sends whole. */
const SUPERFRAME = 360;
const BLOCK = 360;

/**
 * A P25 site with as many calls in its time as wanted, as its trunk decoders give it: each call of one unit, 2 to 8 s
 * long, at random times, so that several run at once; the same for the same options.
 */
export function planCalls({ talkgroups, calls, seconds, encryptedEvery }: BusySiteOptions): SiteCall[] {
  const random = uniform(20);
  const between = (least: number, most: number) => Math.floor(least + random() * (most - least));
  const groupFree = new Array<number>(talkgroups).fill(1000);
  const channelFree = new Array<number>(VOICE_CHANNELS).fill(1000);
  const step = (seconds * 1000 - 20_000) / calls;
  return Array.from({ length: calls }, (_, n) => {
    const wanted = Math.round(1000 + n * step + random() * step);
    // The talkgroup and the channel that have been free for longest are sure to be free.
    const start = Math.max(wanted, Math.min(...groupFree), Math.min(...channelFree));
    const free = (list: number[]) => list.flatMap((since, i) => (since <= start ? [i] : []));
    const groups = free(groupFree);
    const channels = free(channelFree);
    const group = groups[between(0, groups.length)];
    const channel = channels[between(0, channels.length)];
    const end = start + 300 + SUPERFRAME * between(6, 22);
    groupFree[group] = channelFree[channel] = end + GAP;
    return {
      talkgroup: FIRST_TALKGROUP + group,
      source: 1000 * (FIRST_TALKGROUP + group) + between(1, 9),
      frequency: 852_000_000 + 25_000 * channel,
      start,
      end,
      encrypted: n % encryptedEvery === encryptedEvery - 1,
    };
  });
}

/** What the control channel and the voice channels' frequencies carry. */
function broadcast(calls: SiteCall[]): { control: Said[]; air: Air } {
  const control: Said[] = [];
  const air: Air = {};
  for (const { talkgroup, source, frequency, start, end, encrypted } of calls) {
    control.push(grant(start, talkgroup, frequency, { source, encrypted }));
    control.push(...updates(start + 500, end, talkgroup, frequency, 1000));
    if (encrypted) continue;
    const { events, voice } = transmission(start + 300, end, talkgroup, source);
    const channel = (air[frequency] ??= { events: [], voice: [] });
    channel.events.push(...events, { at: end + 20, type: 'terminator', call: true });
    channel.voice.push(...voice);
  }
  control.sort((a, b) => a.at - b.at);
  return { control, air };
}

/** Plays the site: what the decoder of the control channel and those of opened voice channels give, in turn. */
export class BusySite {
  readonly calls: SiteCall[];
  private readonly air: Air;
  private readonly queues = new Map<string, PortMessage[]>();

  constructor(options: BusySiteOptions) {
    this.calls = planCalls(options);
    const { control, air } = broadcast(this.calls);
    this.air = air;
    const to = options.seconds * 1000;
    this.queues.set(
      CONTROL,
      messages({ stream: CONTROL, from: 0, to, events: control, block: BLOCK, frequency: 851e6 }),
    );
  }

  /** A follower's commands, as a channelizer takes them. */
  control({ open, close }: Control): void {
    if (open && !Array.isArray(open)) {
      const { id, frequency, from } = open as { id: string; frequency: number; from: number };
      const start = from - T0;
      const { events, voice } = this.air[frequency];
      // The call it is opened for, and no more: the follower closes the channel after it.
      const call = voice.find(({ to }) => to > start)!;
      const to = call.to + GAP;
      const script = { stream: `site/${id}`, from: start, to, frequency, block: BLOCK };
      const said = events.filter(({ at }) => at >= start && at < to);
      this.queues.set(script.stream, withSpeech(messages({ ...script, events: said, voice: [call] })));
    }
    if (close && typeof close === 'object') {
      const left = this.queues.get(`site/${close.id}`);
      left?.splice(0, left.length - 1);
    }
  }

  /** The next message of the stream that is furthest behind; undefined when all is said. */
  next(): PortMessage | undefined {
    let last: PortMessage[] | undefined;
    for (const [stream, list] of this.queues) {
      if (list.length === 0) this.queues.delete(stream);
      else if (!last || timeOf(list[0]) < timeOf(last[0])) last = list;
    }
    return last?.shift();
  }
}

/** Stream time of a message, ms since T0. */
export function timeOf(message: PortMessage): number {
  return (message.port === 'event' ? message.payload.time! : message.info.time) - T0;
}

/** Puts real speech in the place of the script's marks: soft bits, sure of themselves. */
function withSpeech(list: PortMessage[]): PortMessage[] {
  const speech = nistSpeech();
  let at = 0;
  for (const message of list) {
    if (message.port !== 'voice') continue;
    for (let begin = 0; begin < message.payload.length; begin += 144) {
      const frame = speech[at++ % speech.length];
      for (let bit = 0; bit < 144; bit++) message.payload.writeInt8(frame[bit] ? 100 : -100, begin + bit);
    }
  }
  return list;
}
