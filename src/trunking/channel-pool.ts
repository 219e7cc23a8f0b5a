import type { FollowerOutput } from './options';
import type { Site } from './site';
import type { StreamMerge } from './stream-merge';
import { VoiceChannel } from './voice-channel';

/** Channels asked for without an answer, after which the next are no longer waited for. */
const MAX_UNANSWERED = 2;

/** The voice channels of one source: those asked of the channelizer, and streams with voice that are there anyway. */
export class ChannelPool {
  /** Nothing that is opened now will come: the source has ended. */
  closing = false;
  private readonly channels = new Map<string, VoiceChannel>();
  private readonly byFrequency = new Map<number, VoiceChannel>();
  private unanswered = 0;

  constructor(
    private readonly prefix: string,
    private readonly merge: StreamMerge<unknown>,
    private readonly emit: (output: FollowerOutput) => void,
    /** Channels asked for so far: no id is used twice. */
    public opens = 0,
  ) {}

  /** By id of a channel asked for, or by stream. */
  get(id: string): VoiceChannel | undefined {
    return this.channels.get(id);
  }

  /** The channel asked for on a frequency. */
  on(frequency: number): VoiceChannel | undefined {
    return this.byFrequency.get(frequency);
  }

  all(): IterableIterator<VoiceChannel> {
    return this.channels.values();
  }

  get opened(): IterableIterator<VoiceChannel> {
    return this.byFrequency.values();
  }

  get openCount(): number {
    return this.byFrequency.size;
  }

  /** True for the name of a channel that was asked for, now or before. */
  isOwn(name: string): boolean {
    return name.startsWith(`${this.prefix}-`) && /^\d+$/.test(name.slice(this.prefix.length + 1));
  }

  /** Asks the channelizer for a channel from `time` (ms) on. */
  open(site: Site, frequency: number, time: number): VoiceChannel {
    const id = `${this.prefix}-${++this.opens}`;
    // From the grant itself: voice on the channel before it belongs to an earlier call.
    const from = Math.floor(time);
    const channel = new VoiceChannel(id, frequency, time, true, site);
    this.channels.set(id, channel);
    this.byFrequency.set(frequency, channel);
    if (this.unanswered < MAX_UNANSWERED && !this.closing) this.merge.expect(id, from);
    this.emit({ to: 'control', control: { stream: parentOf(site.stream), open: { frequency, id, from } } });
    return channel;
  }

  /** Takes a stream that is there anyway. */
  adopt(stream: string, site: Site, time: number): VoiceChannel {
    const channel = new VoiceChannel(stream, 0, time, false, site);
    channel.started = true;
    this.channels.set(stream, channel);
    return channel;
  }

  /** The channelizer answered a request. */
  answered(): void {
    this.unanswered = 0;
  }

  close(channel: VoiceChannel): void {
    if (!channel.started) this.unanswered++;
    this.remove(channel);
    const { id, site } = channel;
    this.emit({ to: 'control', control: { stream: parentOf(site.stream), close: { id } } });
  }

  /** The channel is gone by itself. */
  remove(channel: VoiceChannel): void {
    this.channels.delete(channel.id);
    if (this.byFrequency.get(channel.frequency) === channel) this.byFrequency.delete(channel.frequency);
    this.merge.forget(channel.id);
  }
}

/** The stream a control channel was taken from, where its voice channels are too. */
function parentOf(stream: string): string {
  const slash = stream.lastIndexOf('/');
  return slash < 0 ? stream : stream.slice(0, slash);
}
