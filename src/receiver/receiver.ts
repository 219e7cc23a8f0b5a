import type { ChannelEvent } from '../core/events';
import type {
  CallInfo,
  ChannelRequest,
  ChannelSignal,
  Control,
  EventObject,
  PortMessage,
  StreamMessage,
} from '../core/messages';
import type { Counters } from '../core/stage';
import { CHANNELIZER_DEFAULTS } from '../dsp/channelizer/options';
import { decoderSpec, demodSpec } from '../protocols/specs';
import { Follower } from '../trunking/follower';
import { type CallOutput, FOLLOWER_DEFAULTS, type FollowerOptions } from '../trunking/options';
import { InlineHost } from './inline-host';

export interface ReceiverOptions {
  /** Protocol id. */
  protocol: string;
  polarity?: 'auto' | 'normal' | 'inverted';
  /** What is known of the channels beforehand: slot, identities they are scrambled with. */
  signal?: ChannelSignal;
  /** Channels to cut out of a wide band; absent when the input is one channel already, or discriminator audio. */
  channels?: ChannelRequest[];
  /** Make calls: of granted voice channels and of voice heard without a grant. Absent: every voice frame is decoded. */
  follow?: Partial<FollowerOptions>;
}

export type CallHappening = CallOutput['event'];

/** What a receiver tells. Each is called in the order of the air. */
export interface ReceiverSink {
  event?(event: EventObject): void;
  /** A channel of the wide band was opened, closed or refused. */
  channel?(event: ChannelEvent): void;
  /** A call began, changed, ended, or is not followed. */
  call?(call: CallInfo, happened: CallHappening): void;
  audio?(message: Extract<PortMessage, { port: 'audio' }>): void;
}

type Place = 'channelizer' | 'demod' | 'decoder' | 'follower' | 'voice' | 'sink';

/**
 * A whole receiver in this thread: channelizer, demodulator, decoder, follower and voice decoder wired as the nodes of a
 * flow are. For the command line, the tests and the benchmarks.
 */
export class Receiver {
  private readonly hosts: Record<'channelizer' | 'demod' | 'decoder' | 'voice', InlineHost>;
  private readonly follower?: Follower;
  private readonly queue: { to: Place; message: PortMessage }[] = [];

  constructor(
    private readonly options: ReceiverOptions,
    private readonly sink: ReceiverSink,
  ) {
    const { protocol, polarity = 'auto', channels = [], signal, follow } = options;
    const demod = { mode: 'fsk4', protocol, polarity } as const;
    this.hosts = {
      channelizer: new InlineHost(() => ({ stage: 'channelizer', options: { ...CHANNELIZER_DEFAULTS, channels } })),
      demod: new InlineHost((message) => demodSpec(demod, message)),
      decoder: new InlineHost((message) => decoderSpec({ signal }, message)),
      voice: new InlineHost(() => ({ stage: 'voice', options: {} })),
    };
    if (follow) this.follower = new Follower({ ...FOLLOWER_DEFAULTS, ...follow });
  }

  /**
   * Takes a block of IQ, discriminator audio or soft symbols; the last one has `end` set.
   * @throws TrunkflowError for a block that cannot be used; the next ones still can
   */
  receive(message: StreamMessage): void {
    this.queue.push({ to: this.entry(message), message });
    for (let next = this.queue.shift(); next; next = this.queue.shift()) this.deliver(next.to, next.message);
  }

  counters(): Record<string, Counters> {
    const named = Object.entries(this.hosts).map(([name, host]) => [name, host.counters()]);
    return { ...Object.fromEntries(named), ...(this.follower ? { follower: this.follower.counters() } : {}) };
  }

  private entry(message: StreamMessage): Place {
    if (message.port === 'symbols') return 'decoder';
    return message.port === 'iq' && this.options.channels ? 'channelizer' : 'demod';
  }

  private deliver(to: Place, message: PortMessage): void {
    if (to === 'sink') {
      if (message.port === 'event') this.tell(message.payload);
      else if (message.port === 'audio') this.sink.audio?.(message);
    } else if (to === 'follower') this.follow(message);
    else if (message.port !== 'event') {
      for (const output of this.hosts[to].receive(message)) this.route(to, output);
    }
  }

  private route(from: Place, message: PortMessage): void {
    const send = (to: Place) => this.queue.push({ to, message });
    if (message.port === 'event') {
      send('sink');
      if (this.follower) send('follower');
    } else if (message.port === 'iq') send('demod');
    else if (message.port === 'symbols') send('decoder');
    else if (message.port === 'voice') send(this.follower && from === 'decoder' ? 'follower' : 'voice');
    else send('sink');
  }

  private follow(message: PortMessage): void {
    for (const output of this.follower!.handle(message)) {
      if (output.to === 'voice') this.queue.push({ to: 'voice', message: output.message });
      else if (output.to === 'calls') this.sink.call?.(output.call, output.event);
      else if (output.to === 'systems') this.sink.event?.(output.event);
      else for (const answer of this.control(output.control)) this.route('channelizer', answer);
    }
  }

  private tell(event: EventObject): void {
    if (event.type === 'channel') this.sink.channel?.(event as ChannelEvent);
    else if (event.type !== 'band') this.sink.event?.(event);
  }

  /** The answers to the follower's commands. Where the input is one channel, there are no others to open. */
  private control({ stream, ...command }: Control & { stream: string }): PortMessage[] {
    if (this.options.channels) return this.hosts.channelizer.control(command);
    return [command.open ?? []].flat().map(({ id = '', frequency }) => {
      const refused = { type: 'channel', state: 'refused', reason: 'out_of_band' } as const;
      return { port: 'event', payload: { ...refused, id, stream: `${stream}/${id}`, frequency } };
    });
  }
}
