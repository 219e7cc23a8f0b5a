import { Bands } from './bands';

/** Ids that call follower nodes give their channels: with the first digits of the node's own. */
const OF_A_NODE = /^voice-[0-9a-f]{6}-\d+$/;

/** What the followers of all sources share of the channels they have opened. */
export class OpenedChannels {
  readonly bands: Bands;
  private readonly owners = new Map<string, { root: string; parent: string }>();
  /** Streams in which control channels are listened to, by their ids. */
  private readonly controls = new Map<string, string>();

  /**
   * @param prefix first part of the ids
   * @param roaming stream of the source that may be moved, '' if there is none
   * @param asked channels asked for so far, also by an earlier follower with this prefix: no id is used twice
   */
  constructor(
    readonly prefix: string,
    roaming = '',
    public asked = 0,
  ) {
    this.bands = new Bands(roaming);
  }

  /** True for the name of a channel that was asked for, now or before. */
  isOwn(name: string): boolean {
    return name.startsWith(`${this.prefix}-`) && /^\d+$/.test(name.slice(this.prefix.length + 1));
  }

  /** True for a stream in whose name stands a channel that another call follower asked for, of those that are nodes. */
  isAnothers(stream: string): boolean {
    return stream.split('/').some((name) => OF_A_NODE.test(name) && !this.isOwn(name));
  }

  /** The id of the channel that was asked for in a stream's name, if there is one. */
  idIn(stream: string): string | undefined {
    return stream.split('/').find((name) => this.isOwn(name));
  }

  /** @param root the source that asks @param parent the stream in which the channel is opened */
  add(root: string, parent: string): string {
    const id = `${this.prefix}-${++this.asked}`;
    this.owners.set(id, { root, parent });
    return id;
  }

  delete(id: string): void {
    this.owners.delete(id);
  }

  /** A control channel is listened to in a stream; null: no longer. */
  listen(id: string, parent: string | null): void {
    if (parent === null) this.controls.delete(id);
    else this.controls.set(id, parent);
  }

  /** The source that asked for a channel; undefined when it is closed. */
  ownerOf(id: string): string | undefined {
    return this.owners.get(id)?.root;
  }

  /** True while channels of a stream are open, of voice or of control. */
  isBusy(parent: string): boolean {
    for (const listened of this.controls.values()) if (listened === parent) return true;
    for (const owner of this.owners.values()) if (owner.parent === parent) return true;
    return false;
  }
}
