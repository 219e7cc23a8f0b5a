import { rootOf } from '../core/flow-gate';
import type { OpenedChannels } from './opened-channels';
import type { FollowerOutput } from './options';
import type { Site } from './site';
import type { StreamMerge } from './stream-merge';
import { VoiceChannel } from './voice-channel';

/** The clocks of two sources may differ by this much, ms: a channel of another source is opened earlier. */
const CLOCKS_DIFFER = 500;
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
    /** The source. */
    private readonly root: string,
    private readonly shared: OpenedChannels,
    private readonly merge: StreamMerge<unknown>,
    private readonly emit: (output: FollowerOutput) => void,
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

  /** The stream in which a site's channel on a frequency can be opened; null when no source covers it. */
  reach(site: Site, frequency: number): string | null {
    return this.shared.bands.reach(frequency, parentOf(site.stream));
  }

  /** Asks a channelizer for a channel from `time` (ms) on. */
  open(site: Site, frequency: number, time: number, parent: string): VoiceChannel {
    const id = this.shared.add(this.root, parent);
    // From the grant itself: voice on the channel before it belongs to an earlier call.
    const from = Math.floor(time) - (rootOf(parent) === this.root ? 0 : CLOCKS_DIFFER);
    const channel = new VoiceChannel(id, frequency, time, true, site, parent);
    this.channels.set(id, channel);
    this.byFrequency.set(frequency, channel);
    if (this.unanswered < MAX_UNANSWERED && !this.closing) this.merge.expect(id, from);
    this.emit({ to: 'control', control: { stream: parent, open: { frequency, id, from } } });
    return channel;
  }

  /** Takes a stream that is there anyway. */
  adopt(stream: string, site: Site, time: number): VoiceChannel {
    const channel = new VoiceChannel(stream, 0, time, false, site, parentOf(stream));
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
    const { id, parent } = channel;
    this.emit({ to: 'control', control: { stream: parent, close: { id } } });
  }

  /** The channel is gone by itself. */
  remove(channel: VoiceChannel): void {
    this.channels.delete(channel.id);
    this.shared.delete(channel.id);
    if (this.byFrequency.get(channel.frequency) === channel) this.byFrequency.delete(channel.frequency);
    this.merge.forget(channel.id);
  }
}

/** The stream a control channel was taken from, where its voice channels are too. */
function parentOf(stream: string): string {
  const slash = stream.lastIndexOf('/');
  return slash < 0 ? stream : stream.slice(0, slash);
}
