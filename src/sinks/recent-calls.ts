import type { NewCall } from './archive/call-archive';

/** Calls remembered: more than may wait for their recordings. */
const MOST = 4000;

/** What became of the latest calls, where no log of them is kept. */
export class RecentCalls {
  private readonly calls = new Map<string, boolean>();

  async known(id: string): Promise<{ recorded: boolean } | undefined> {
    const recorded = this.calls.get(id);
    return recorded === undefined ? undefined : { recorded };
  }

  async add({ id, recorded }: Pick<NewCall, 'id' | 'recorded'>): Promise<void> {
    this.calls.delete(id);
    this.calls.set(id, recorded);
    if (this.calls.size > MOST) this.calls.delete(this.calls.keys().next().value!);
  }
}
