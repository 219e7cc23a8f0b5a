import type { Control, PortMessage, VoiceInfo } from '../../../src/core/messages';
import { Follower } from '../../../src/trunking/follower';
import type { FollowerOptions, FollowerOutput } from '../../../src/trunking/options';
import { uniform } from '../../support/random';
import { T0 } from './script';

/** ms that each block covers. */
const BLOCK = 60;
const FRAME_BYTES = 144;
/** Where in a source's band its control channel lies, Hz. */
const CONTROL_AT = 50e3;
/** How far back a channelizer can open a channel, ms. */
const HISTORY = 2000;
const TALKGROUPS = 8;
export const SUPERGROUP = 9;
/** Encrypted voice of a talkgroup has its number and this as a mark. */
export const SECRET = 100;

interface Transmission {
  from: number;
  to: number;
  frequency: number;
  slot?: number;
  talkgroup: number;
  unit: number;
  nac: string;
  encrypted: boolean;
}

interface Stream {
  name: string;
  /** ms of its source's time up to which it has delivered. */
  next: number;
  seq: number;
  frequency: number;
  /** NAC of the control channel that it is; none for others. */
  nac?: string;
  slot?: number;
}

interface Radio {
  name: string;
  low: number;
  high: number;
  /** Its time, ms since T0, and where that was when the world began. */
  now: number;
  readonly nac: string;
  on: boolean;
  streams: Map<string, Stream>;
  wanted: Map<string, { frequency: number; slot?: number }>;
  queue: PortMessage[];
}

export interface WorldOptions {
  seed: number;
  sources: number;
  seconds: number;
  follower?: Partial<FollowerOptions>;
  /** Probabilities for each step of 60 ms. */
  restarts?: number;
  commands?: number;
  refusals?: number;
  /** Control channels are there only when they are looked for. */
  hunted?: boolean;
}

/**
 * A random world for a follower: sources with bands, each with the control channel of a site; conversations that several
 * sites carry, in clear or encrypted, patched or not; channelizers that open, refuse, end and begin again; a person who
 * gives commands. The same seed gives the same world.
 */
export class World {
  readonly follower: Follower;
  readonly outputs: FollowerOutput[] = [];
  /** Ids of channels refused. */
  readonly refused = new Set<string>();
  private readonly random: () => number;
  private readonly radios: Radio[];
  private readonly controls: ReadonlyMap<number, string>;
  private talk: Transmission[] = [];
  private patched: number[] = [];
  private now = 0;

  constructor(private readonly options: WorldOptions) {
    this.random = uniform(options.seed);
    this.radios = Array.from({ length: options.sources }, (_, index) => ({
      name: `radio${index}`,
      low: 850e6 + index * 2e6,
      high: 852e6 + index * 2e6,
      now: index * 137,
      nac: `11${index}`,
      on: false,
      streams: new Map(),
      wanted: new Map(),
      queue: [],
    }));
    this.controls = new Map(this.radios.map(({ low, nac }) => [low + CONTROL_AT, nac]));
    // One list for each site, which begins with channels of nobody.
    const lists = [...this.controls.keys()].map((frequency) => [frequency + 25e3, frequency, frequency + 75e3]);
    const systems = [{ shortName: 'county', controlChannels: options.hunted ? lists : [] }];
    this.follower = new Follower({ systems, ...options.follower });
  }

  run(): this {
    const { seconds, restarts = 0, commands = 0 } = this.options;
    for (const radio of this.radios) this.begin(radio);
    for (this.now = 0; this.now < seconds * 1000; this.now += BLOCK) {
      if (this.random() < 0.03) this.converse();
      for (const radio of this.radios) {
        if (radio.on) this.receive(radio);
        else if (this.random() < 0.05) this.begin(radio);
        if (radio.on && this.random() < restarts) this.restart(radio);
      }
      this.deliver();
      if (this.random() < commands) this.command();
    }
    for (const radio of this.radios) this.flush(radio);
    this.take(this.follower.close());
    return this;
  }

  /** Somebody speaks: at each site on a frequency of its own. */
  private converse(): void {
    const { random } = this;
    const talkgroup = 1 + Math.floor(random() * TALKGROUPS);
    const long = 400 + random() * 4000;
    const encrypted = random() < 0.15;
    const unit = 1 + Math.floor(random() * 20);
    for (const { nac, low } of this.radios) {
      if (random() < 0.3) continue;
      // Now and then in the band of another, or in none.
      const frequency = low + Math.floor(random() * 5) * 100e3 + (random() < 0.2 ? 2e6 : 0);
      const slot = random() < 0.3 ? Math.floor(random() * 2) : undefined;
      const place = (one: Transmission) => one.frequency === frequency && (one.slot ?? slot) === (slot ?? one.slot);
      if (this.talk.some((one) => place(one) && one.to > this.now - 400)) continue;
      const from = this.now + 200 + Math.floor(random() * 200);
      this.talk.push({ from, to: from + long, frequency, slot, talkgroup, unit, nac, encrypted });
    }
    this.talk = this.talk.filter(({ to }) => to > this.now - 10_000);
  }

  private begin(radio: Radio): void {
    const { name, low, high, nac } = radio;
    radio.on = true;
    this.say({ type: 'band', state: 'covered', stream: name, low, high });
    if (!this.options.hunted)
      radio.streams.set('control', this.stream(radio, 'control', low + CONTROL_AT, radio.now, { nac }));
    for (const [id, { frequency, slot }] of radio.wanted)
      radio.streams.set(id, this.stream(radio, id, frequency, radio.now, { slot, nac: this.nacOn(frequency) }));
  }

  /** It ends and begins again, or its time goes back without a word. */
  private restart(radio: Radio): void {
    if (this.random() < 0.5) {
      for (const stream of this.shuffled([...radio.streams.values()])) radio.queue.push(this.voice(stream, [], true));
      this.flush(radio);
      radio.streams.clear();
      radio.on = false;
      const { name, low, high } = radio;
      this.say({ type: 'band', state: 'ended', stream: name, low, high });
    }
    const back = 20_000 * Math.floor(this.random() * 3);
    radio.now -= back;
    for (const stream of radio.streams.values()) stream.next -= back;
  }

  private receive(radio: Radio): void {
    radio.now += BLOCK;
    for (const stream of this.shuffled([...radio.streams.values()]))
      while (stream.next < radio.now) this.block(radio, stream);
  }

  /** One block of a stream: events first, then voice. */
  private block(radio: Radio, stream: Stream): void {
    const { next: from, name } = stream;
    // Where the source stands in the world's time.
    const shift = this.now - radio.now;
    const to = from + BLOCK;
    const say = (at: number, type: string, more: object) =>
      radio.queue.push({
        port: 'event',
        payload: { type, protocol: 'p25', stream: name, time: T0 + at, ...more } as never,
      });
    const passes = (at: number) => at >= from && at < to;
    const here = this.talk.map((one) => ({ ...one, from: one.from - shift, to: one.to - shift }));
    if (stream.nac !== undefined) this.announce(stream.nac, here, from, say);
    else if (Math.floor(from / BLOCK) % 16 === 0) say(from, 'stats', { locked: false, reason: 'no carrier' });
    const frames: { at: number; mark: number }[] = [];
    for (const one of here) {
      if (one.frequency !== stream.frequency || one.slot !== stream.slot) continue;
      const { talkgroup, unit, nac, encrypted } = one;
      const mark = talkgroup + (encrypted ? SECRET : 0);
      for (let at = one.from - 80; at < one.to; at += 360) {
        if (passes(at)) say(at, 'talker', { nac, talkgroup, source: unit });
        const cipher = { algorithm: encrypted ? 0x84 : 0x80, algorithm_name: '', key_id: 1 };
        if (passes(at + 10)) say(at + 10, 'encryption', { nac, encrypted, ...cipher });
      }
      for (let at = one.from; at + 20 <= one.to; at += 20) if (passes(at)) frames.push({ at, mark });
      if (passes(one.to + 20)) say(one.to + 20, 'terminator', { nac, call: unit % 2 === 0 });
    }
    for (const { at, mark } of frames) radio.queue.push(this.voice({ ...stream, next: at }, [mark]));
    radio.queue.push(this.voice(stream, []));
    stream.seq += frames.length + 1;
    stream.next = to;
  }

  private announce(
    nac: string,
    here: readonly Transmission[],
    from: number,
    say: (at: number, type: string, more: object) => void,
  ): void {
    const { random } = this;
    const tick = Math.floor(from / BLOCK);
    if (tick % 16 === 0) say(from, 'stats', { locked: random() < 0.9, snr: random() * 30, reason: 'no carrier' });
    if (tick % 40 === 0) say(from, 'system', { nac, wacn: 'BEE00', system: '3C5' });
    if (random() < 0.004) this.patched = [1, 2, 3, 4].filter(() => random() < 0.5);
    if (tick % 30 === 0) {
      const dissolved = this.patched.length === 0;
      const action = dissolved ? 'delete' : 'add';
      say(from, 'patch', { nac, action, supergroup: SUPERGROUP, talkgroups: this.patched, dissolved });
    }
    for (const one of here) {
      if (one.nac !== nac || from < one.from - 200 || from > one.to) continue;
      const { talkgroup, frequency, slot, unit: source } = one;
      const isFirst = from < one.from - 200 + BLOCK;
      if (!isFirst && random() < 0.7) continue;
      const named = this.patched.includes(talkgroup) && random() < 0.5 ? SUPERGROUP : talkgroup;
      const encrypted = isFirst && one.encrypted && random() < 0.5;
      const emergency = random() < 0.02;
      const grant = {
        nac,
        talkgroup: named,
        frequency: random() < 0.02 ? null : frequency,
        slot,
        encrypted,
        emergency,
      };
      say(from + 10, 'grant', { ...grant, update: !isFirst, source: isFirst ? source : undefined });
    }
  }

  /** Random parts of what waits at each source, in the order of its streams. */
  private deliver(): void {
    for (const radio of this.shuffled([...this.radios])) {
      const count = Math.floor(this.random() * (radio.queue.length + 1));
      for (const message of radio.queue.splice(0, count)) this.hand(message);
    }
  }

  private flush(radio: Radio): void {
    while (radio.queue.length > 0) this.hand(radio.queue.shift()!);
  }

  private hand(message: PortMessage): void {
    this.take(this.follower.handle(message));
  }

  private say(payload: object): void {
    this.hand({ port: 'event', payload: payload as never });
  }

  private command(): void {
    const { random } = this;
    const ref = { system: 'county', talkgroup: 1 + Math.floor(random() * (TALKGROUPS + 1)) };
    const commands: Control[] = [
      { hold: ref },
      { hold: null },
      { hold: null },
      { avoid: { ...ref, minutes: random() * 0.2 } },
      { lift: ref },
      { avoid: null },
      { priority: { ...ref, priority: random() < 0.2 ? -1 : Math.ceil(random() * 9) } },
      { priority: { ...ref, priority: null } },
    ];
    this.take(this.follower.command(commands[Math.floor(random() * commands.length)]));
  }

  private take(outputs: FollowerOutput[]): void {
    for (const output of outputs) {
      this.outputs.push(output);
      if (output.to === 'control') this.obey(output.control);
    }
  }

  private obey({ stream, open, close, tune }: Extract<FollowerOutput, { to: 'control' }>['control']): void {
    const radio = this.radios.find(({ name }) => name === stream);
    if (!radio) return;
    if (open) this.open(radio, open as { id: string; frequency: number; from?: number; signal?: { slot?: number } });
    if (close) {
      const { id } = close as { id: string };
      radio.wanted.delete(id);
      const left = radio.streams.get(id);
      if (left) radio.queue.push(this.voice(left, [], true));
      radio.streams.delete(id);
    }
    if (typeof tune === 'number') {
      const half = (radio.high - radio.low) / 2;
      Object.assign(radio, { low: tune - half, high: tune + half });
      const payload = { type: 'band', state: 'covered', stream, low: radio.low, high: radio.high };
      radio.queue.push({ port: 'event', payload: payload as never });
    }
  }

  private open(
    radio: Radio,
    { id, frequency, from, signal }: { id: string; frequency: number; from?: number; signal?: { slot?: number } },
  ): void {
    const outside = frequency < radio.low || frequency > radio.high;
    if (outside || this.random() < (this.options.refusals ?? 0)) {
      this.refused.add(id);
      const reason = outside ? 'out_of_band' : 'too_many';
      const payload = { type: 'channel', state: 'refused', id, stream: `${radio.name}/${id}`, frequency, reason };
      radio.queue.push({ port: 'event', payload });
      return;
    }
    const { slot } = signal ?? {};
    radio.wanted.set(id, { frequency, slot });
    if (!radio.on) return;
    const start = Math.min(radio.now, Math.max(radio.now - HISTORY, (from ?? T0 + radio.now) - T0));
    radio.streams.set(id, this.stream(radio, id, frequency, start, { slot, nac: this.nacOn(frequency) }));
  }

  private stream(radio: Radio, id: string, frequency: number, next: number, more: Partial<Stream>): Stream {
    return { name: `${radio.name}/${id}`, frequency, next, seq: 0, ...more };
  }

  /** The NAC of the control channel on a frequency. */
  private nacOn(frequency: number): string | undefined {
    return this.controls.get(frequency);
  }

  private voice(stream: Stream, marks: number[], end = false): PortMessage {
    const info: VoiceInfo = {
      stream: stream.name,
      seq: stream.seq,
      time: T0 + stream.next,
      codec: 'imbe',
      format: 'soft',
      frames: marks.length,
      duration: end || marks.length > 0 ? marks.length * 20 : BLOCK,
      frequency: stream.frequency,
      errors: 0,
      ...(end && { end }),
    };
    return { port: 'voice', payload: Buffer.concat(marks.map((mark) => Buffer.alloc(FRAME_BYTES, mark))), info };
  }

  private shuffled<T>(list: T[]): T[] {
    for (let at = list.length - 1; at > 0; at--) {
      const other = Math.floor(this.random() * (at + 1));
      [list[at], list[other]] = [list[other], list[at]];
    }
    return list;
  }
}
