import { TrunkflowError } from '../core/errors';
import type { ChannelEvent } from '../core/events';
import { rootOf } from '../core/flow-gate';
import type { CallInfo, EventObject, PortMessage } from '../core/messages';
import type { Counters } from '../core/stage';
import type { CallBook } from './call-log';
import { FOLLOWER_DEFAULTS, type FollowerOptions, type FollowerOutput } from './options';
import { isTime, readEvent } from './read-event';
import { RootFollower } from './root-follower';
import { SystemDirectory } from './system-directory';
import type { SystemTables } from './system-tables';

const MAX_ROOTS = 256;

/**
 * Follows calls: takes what the trunk decoders of control and voice channels give (events and voice) and the
 * channelizer's channel events, asks for voice channels, and gives each call's voice in a stream of its own. Pure logic
 * without clocks or timers: the same streams give the same outputs, whatever the order in which they arrive.
 */
export class Follower {
  readonly systems: SystemDirectory;
  private readonly options: FollowerOptions;
  private readonly roots = new Map<string, RootFollower>();
  private readonly book: CallBook = { active: new Map(), number: 0, counters: {} };
  private outputs: FollowerOutput[] = [];

  /** @throws TrunkflowError 'bad-setting' or 'bad-file' for options that cannot be used */
  constructor(options: Partial<FollowerOptions> = {}) {
    this.options = { ...FOLLOWER_DEFAULTS, ...options };
    check('voice channels', this.options.maxCalls, Number.isInteger(this.options.maxCalls), 0, 1024);
    check('hang time', this.options.hangTime, true, 0.2, 600);
    check('settling time', this.options.settle, true, 0, 60);
    check('patience', this.options.patience, true, 0, 600);
    this.systems = new SystemDirectory(this.options.systems);
  }

  /**
   * Takes one message of a trunk decoder or channelizer.
   * @throws TrunkflowError 'wrong-port' for other messages, 'bad-message' for voice that cannot be used
   */
  handle(message: PortMessage): FollowerOutput[] {
    if (message.port === 'event') this.event(message.payload);
    else if (message.port === 'voice') {
      const { stream, time } = message.info;
      if (typeof stream !== 'string' || stream === '' || !isTime(time)) {
        throw new TrunkflowError('bad-message', 'Unusable voice message', {
          expected: 'a stream and a time',
          status: 'bad message',
        });
      }
      this.atRoot(stream, (root) => root.voice(message));
    } else {
      throw new TrunkflowError('wrong-port', 'Wrong kind of message', {
        expected: 'events and voice from a trunk decoder',
        got: message.port,
        hint: 'Wire both outputs of the trunk decoder to the call follower',
        status: 'wrong input',
      });
    }
    return this.take();
  }

  /**
   * Gives a radio system other tables: for the calls to come, and for units that speak from now on.
   * @returns false when no system of this name is set up
   */
  useTables(shortName: string, tables: SystemTables): boolean {
    const system = this.systems.configured.find((one) => one.shortName === shortName);
    system?.use(tables);
    return system !== undefined;
  }

  /** Ends every call; the follower can be used again. */
  close(): FollowerOutput[] {
    for (const root of this.roots.values()) root.finish();
    this.roots.clear();
    return this.take();
  }

  /** Calls followed now, the longest running first. */
  active(): CallInfo[] {
    return [...this.book.active.values()].map((call) => call.snapshot());
  }

  /** Grants, calls, joined, moved, not_followed_<reason>, ended_<reason>, frames, late, stalled, active ... */
  counters(): Counters {
    return { ...this.book.counters, active: this.book.active.size };
  }

  private event(payload: EventObject): void {
    if (payload?.type === 'channel') {
      const { stream, id } = payload as Partial<ChannelEvent>;
      if (typeof stream === 'string' && typeof id === 'string')
        this.roots.get(rootOf(stream))?.channel(payload as ChannelEvent);
      return;
    }
    const event = readEvent(payload ?? {});
    if (event) this.atRoot(event.stream, (root) => root.event(event));
    else if (event === null) this.count('bad_events');
  }

  private atRoot(stream: string, use: (root: RootFollower) => void): void {
    const name = rootOf(stream);
    let root = this.roots.get(name);
    if (!root) {
      if (this.roots.size >= MAX_ROOTS) {
        this.count('ignored_streams');
        return;
      }
      root = new RootFollower(name, this.options, this.systems, this.book, (output) => this.outputs.push(output));
      this.roots.set(name, root);
    }
    use(root);
    if (root.done) this.roots.delete(name);
  }

  private take(): FollowerOutput[] {
    const { outputs } = this;
    this.outputs = [];
    return outputs;
  }

  private count(name: string): void {
    this.book.counters[name] = (this.book.counters[name] ?? 0) + 1;
  }
}

function check(name: string, value: number, usable: boolean, least: number, most: number): void {
  if (usable && value >= least && value <= most) return;
  throw new TrunkflowError('bad-setting', `Unusable ${name}`, {
    expected: `a number from ${least} to ${most}`,
    got: String(value),
    status: 'bad setting',
  });
}
