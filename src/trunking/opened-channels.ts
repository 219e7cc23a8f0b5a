import { Bands } from './bands';

/** What the followers of all sources share of the channels they have opened. */
export class OpenedChannels {
  /** Channels asked for so far: no id is used twice. */
  asked = 0;
  readonly bands = new Bands();
  private readonly owners = new Map<string, { root: string; parent: string }>();

  constructor(
    /** First part of the ids. */
    readonly prefix: string,
  ) {}

  /** True for the name of a channel that was asked for, now or before. */
  isOwn(name: string): boolean {
    return name.startsWith(`${this.prefix}-`) && /^\d+$/.test(name.slice(this.prefix.length + 1));
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

  /** The source that asked for a channel; undefined when it is closed. */
  ownerOf(id: string): string | undefined {
    return this.owners.get(id)?.root;
  }

  /** True while channels of a stream are open. */
  isBusy(parent: string): boolean {
    for (const owner of this.owners.values()) if (owner.parent === parent) return true;
    return false;
  }
}
