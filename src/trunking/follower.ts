import { TrunkflowError } from '../core/errors';
import type { BandEvent, ChannelEvent, StatsEvent } from '../core/events';
import { rootOf } from '../core/flow-gate';
import type { CallInfo, Control, EventObject, PortMessage } from '../core/messages';
import type { Counters } from '../core/stage';
import type { CallBook } from './call-log';
import { type Commanded, commandedOf } from './commanded';
import { ControlHunt } from './control-hunt';
import { FollowDiagnosis } from './follow-diagnosis';
import { readFollowerCommand } from './follower-command';
import { applyCommand } from './listening-command';
import { ListeningRules } from './listening-rules';
import { OpenedChannels } from './opened-channels';
import { FOLLOWER_DEFAULTS, type FollowerOptions, type FollowerOutput, type HuntEvent } from './options';
import { isTime, readEvent } from './read-event';
import { Roaming } from './roaming';
import { RootFollower } from './root-follower';
import { StreamClock } from './stream-clock';
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
  private readonly book: CallBook;
  private readonly hunts: ControlHunt[];
  private outputs: FollowerOutput[] = [];
  private readonly clock = new StreamClock();
  private readonly diagnosis = new FollowDiagnosis(this.clock);

  /** @throws TrunkflowError 'bad-setting' or 'bad-file' for options that cannot be used */
  constructor(options: Partial<FollowerOptions> = {}) {
    this.options = { ...FOLLOWER_DEFAULTS, ...options };
    check('voice channels', this.options.maxCalls, Number.isInteger(this.options.maxCalls), 0, 1024);
    check('hang time', this.options.hangTime, true, 0.2, 600);
    check('settling time', this.options.settle, true, 0, 60);
    check('patience', this.options.patience, true, 0, 600);
    check('time for a control channel', this.options.dwell, true, 1, 3600);
    this.systems = new SystemDirectory(this.options.systems);
    const emit = (output: FollowerOutput) => this.emit(output);
    const channels = new OpenedChannels(this.options.channelPrefix, this.options.roaming, this.options.channelsBefore);
    this.book = {
      active: new Map(),
      number: 0,
      counters: {},
      released: new Set(),
      rules: new ListeningRules({ now: () => this.clock.now }),
      channels,
      roaming: new Roaming(this.options.roaming, channels, emit),
    };
    const { dwell } = this.options;
    this.hunts = this.systems.configured.flatMap((system) =>
      system.controlChannels.map(
        (list, site) => new ControlHunt({ system, site, list, dwell: dwell * 1000 }, channels, emit),
      ),
    );
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

  /**
   * Takes a command: a talkgroup to hold or avoid, or its priority. Running calls it speaks against end.
   * @throws TrunkflowError 'bad-message' for one that cannot be understood
   */
  command(control: Control): FollowerOutput[] {
    const { configured } = this.systems;
    const command = readFollowerCommand(control, configured.length === 1 ? configured[0].shortName : undefined);
    const { priority } = command;
    const ranked = priority && this.systems.named(priority.system);
    if (priority && !ranked) {
      throw new TrunkflowError('bad-message', 'Unknown radio system in msg.control.priority', {
        expected: 'the short name of a system that is set up or has been heard',
        got: priority.system.slice(0, 64),
        status: 'unknown system',
      });
    }
    applyCommand(this.book.rules, command);
    if (priority) ranked!.setPriority(priority.talkgroup, priority.priority);
    for (const call of [...this.book.active.values()]) {
      const refusal = this.book.rules.refusal({ ...call.info, listen: true });
      if (refusal === 'held' || refusal === 'avoided') call.home!.endUnwished(call, refusal);
      else if (priority && call.isLockedOut) call.home!.endUnwished(call, 'locked_out');
    }
    return this.take();
  }

  /** What is held now; null when nothing is. */
  get held(): { system: string; talkgroup?: number } | null {
    return this.book.rules.hold;
  }

  /** What commands have asked of a system that is set up, and is not lifted yet. */
  commanded(shortName: string): Commanded {
    const { rules } = this.book;
    const system = this.systems.named(shortName);
    return system ? commandedOf(system, rules, this.clock.now) : { hold: rules.hold, talkgroups: [] };
  }

  /** Channels asked for so far, those of earlier followers with the same prefix included. */
  get channelsAsked(): number {
    return this.book.channels.asked;
  }

  /** How the search for each site's control channel stands. */
  hunting(): HuntEvent[] {
    return this.hunts.map(({ state }) => state);
  }

  /** Ends every call; the follower can be used again. */
  close(): FollowerOutput[] {
    for (const hunt of this.hunts) hunt.close();
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
      if (typeof stream === 'string' && typeof id === 'string') {
        const owner = this.book.channels.ownerOf(id);
        if (owner !== undefined) this.roots.get(owner)?.channel(payload as ChannelEvent);
        for (const hunt of this.hunts) hunt.answered(payload as ChannelEvent);
      }
      return;
    }
    if (payload?.type === 'band') {
      if (isBand(payload)) {
        this.book.channels.bands.observe(payload);
        for (const hunt of this.hunts) hunt.bandsChanged();
      }
      return;
    }
    const event = readEvent(payload ?? {});
    if (event) {
      this.clock.observe(rootOf(event.stream), event.time);
      this.atRoot(event.stream, (root) => root.event(event));
      for (const hunt of this.hunts) hunt.observe(event);
      if (event.type === 'stats') this.diagnose(event);
    }
    if (event === null) this.count('bad_events');
  }

  /** Why no call is followed; null when some are, or when there are none. */
  get problem(): FollowDiagnosis['problem'] {
    return this.diagnosis.problem;
  }

  private emit(output: FollowerOutput): void {
    this.outputs.push(output);
    this.diagnosis.told(output);
  }

  private diagnose(stats: StatsEvent): void {
    const ownRead = [...this.roots.values()].some((root) => root.readsSite);
    const event = this.diagnosis.heard(stats, { ownRead, others: this.book.counters.other_system });
    const [system] = this.systems.configured;
    if (event) this.emit({ to: 'systems', topic: `${system?.shortName ?? 'follower'}/diagnosis`, event });
  }

  private atRoot(stream: string, use: (root: RootFollower) => void): void {
    const name = this.rootFor(stream);
    if (name === undefined) return;
    let root = this.roots.get(name);
    if (!root) {
      if (this.roots.size >= MAX_ROOTS) {
        this.count('ignored_streams');
        return;
      }
      root = new RootFollower(name, this.options, this.systems, this.book, (output) => this.emit(output));
      this.roots.set(name, root);
    }
    use(root);
    if (root.done) this.roots.delete(name);
  }

  /**
   * The source whose matter a stream is: that which asked for the channel, wherever it was opened; else its own.
   * Undefined for a channel that is closed already.
   */
  private rootFor(stream: string): string | undefined {
    const { channels } = this.book;
    const id = channels.idIn(stream);
    return id === undefined ? rootOf(stream) : channels.ownerOf(id);
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

function isBand(event: EventObject): event is BandEvent {
  const { state, stream, low, high } = event;
  const known = state === 'covered' || state === 'ended';
  return known && typeof stream === 'string' && stream !== '' && typeof low === 'number' && typeof high === 'number';
}

function check(name: string, value: number, usable: boolean, least: number, most: number): void {
  if (usable && value >= least && value <= most) return;
  throw new TrunkflowError('bad-setting', `Unusable ${name}`, {
    expected: `a number from ${least} to ${most}`,
    got: String(value),
    status: 'bad setting',
  });
}
