import { rootOf } from '../core/flow-gate';
import type { ChannelSignal } from '../core/messages';
import { slotOf } from './air';
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
  /** Those asked for, by frequency and slot. */
  private readonly byPlace = new Map<string, VoiceChannel>();
  private unanswered = 0;

  constructor(
    /** The source. */
    private readonly root: string,
    /** Channels that may be open at once. */
    private readonly most: number,
    private readonly shared: OpenedChannels,
    private readonly merge: StreamMerge<unknown>,
    private readonly emit: (output: FollowerOutput) => void,
  ) {}

  /** By id of a channel asked for, or by stream. */
  get(id: string): VoiceChannel | undefined {
    return this.channels.get(id);
  }

  /** The channel asked for on a frequency, or in a slot of it. */
  on(frequency: number, slot: number | undefined): VoiceChannel | undefined {
    return this.byPlace.get(placeOf(frequency, slot));
  }

  all(): IterableIterator<VoiceChannel> {
    return this.channels.values();
  }

  get opened(): IterableIterator<VoiceChannel> {
    return this.byPlace.values();
  }

  get isFull(): boolean {
    return this.byPlace.size >= this.most;
  }

  /** The stream in which a site's channel on a frequency can be opened; null when no source covers it. */
  reach(site: Site, frequency: number): string | null {
    return this.shared.bands.reach(frequency, parentOf(site.stream));
  }

  /** Asks a channelizer for a channel from `time` (ms) on. */
  open(site: Site, frequency: number, time: number, parent: string, signal?: ChannelSignal): VoiceChannel {
    const id = this.shared.add(this.root, parent);
    // From the grant itself: voice on the channel before it belongs to an earlier call.
    const from = Math.floor(time) - (rootOf(parent) === this.root ? 0 : CLOCKS_DIFFER);
    const channel = new VoiceChannel(id, frequency, time, true, site, parent, signal);
    this.channels.set(id, channel);
    this.byPlace.set(placeOf(frequency, signal?.slot), channel);
    if (this.unanswered < MAX_UNANSWERED && !this.closing) this.merge.expect(id, from);
    const open = { frequency, id, from, ...(signal && { signal }) };
    this.emit({ to: 'control', control: { stream: parent, open } });
    return channel;
  }

  /** Takes a stream that is there anyway. @param frequency Hz; 0 while it is not known */
  adopt(stream: string, site: Site, time: number, frequency = 0): VoiceChannel {
    const slot = slotOf(stream);
    const signal = slot === undefined ? undefined : { slot };
    const channel = new VoiceChannel(stream, frequency, time, false, site, parentOf(stream), signal);
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
    const place = placeOf(channel.frequency, channel.slot);
    if (this.byPlace.get(place) === channel) this.byPlace.delete(place);
    this.merge.forget(channel.id);
  }
}

/** Two slots of one carrier are two channels. */
function placeOf(frequency: number, slot: number | undefined): string {
  return `${frequency}/${slot ?? ''}`;
}

/** The stream a control channel was taken from, where its voice channels are too. */
function parentOf(stream: string): string {
  const slash = stream.lastIndexOf('/');
  return slash < 0 ? stream : stream.slice(0, slash);
}
