/**
 * Credit for sources that can wait. Node-RED's wires have no back-pressure, so it goes beside them: whoever takes a
 * message of a stream holds a credit of the stream's root until the message and what was made of it are passed on; a
 * file source reads on only while few credits are held. Live streams are not registered here and never wait.
 */
export class FlowGate {
  private readonly roots = new Map<string, Root>();

  /** @param window credits that may be held before a source waits */
  constructor(private readonly window = 8) {}

  /** A source begins: `lossless` sources wait for their consumers, others are left out of the account. */
  open(stream: string, { lossless }: { lossless: boolean }): void {
    if (lossless) this.roots.set(rootOf(stream), new Root());
  }

  /** True when blocks of this stream must not be dropped. */
  isLossless(stream: string): boolean {
    return this.roots.has(rootOf(stream));
  }

  /** Takes a credit; call the result once when the message is dealt with and its outputs are sent. */
  hold(stream: string): () => void {
    const root = this.roots.get(rootOf(stream));
    if (!root) return () => {};
    root.held++;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      // The outputs just sent still travel; their receivers must take their credit before this one is given back.
      afterDelivery(() => {
        root.held--;
        this.wake(root);
      });
    };
  }

  /** Resolves when the source may send its next block. */
  async room(stream: string): Promise<void> {
    const root = this.roots.get(rootOf(stream));
    if (!root) return;
    await new Promise<void>(afterDelivery);
    if (root.held < this.window || root.closed) return;
    await new Promise<void>((resolve) => root.waiting.push(resolve));
  }

  /** Resolves when everything sent is dealt with, and what was made of it too. */
  async idle(stream: string): Promise<void> {
    const root = this.roots.get(rootOf(stream));
    if (!root) return;
    await new Promise<void>(afterDelivery);
    if (root.held === 0 || root.closed) return;
    await new Promise<void>((resolve) => root.waitingForIdle.push(resolve));
  }

  /** Credits held now; 0 when everything sent has been dealt with. */
  held(stream: string): number {
    return this.roots.get(rootOf(stream))?.held ?? 0;
  }

  /** The source has ended: whoever waits goes on. Messages still travelling stay lossless until they are dealt with. */
  close(stream: string): void {
    const name = rootOf(stream);
    const root = this.roots.get(name);
    if (!root) return;
    root.closed = true;
    this.wake(root);
    root.onIdle = () => {
      if (this.roots.get(name) === root) this.roots.delete(name);
    };
    afterDelivery(() => this.wake(root));
  }

  private wake(root: Root): void {
    if (root.closed || root.held < this.window) for (const resolve of root.waiting.splice(0)) resolve();
    if (root.closed || root.held === 0) for (const resolve of root.waitingForIdle.splice(0)) resolve();
    if (root.closed && root.held === 0) root.onIdle?.();
  }
}

class Root {
  held = 0;
  closed = false;
  waiting: (() => void)[] = [];
  waitingForIdle: (() => void)[] = [];
  onIdle?: () => void;
}

/** Turns of the event loop a message may need to reach its receivers: one per hop, with room for some core nodes. */
const DELIVERY_TURNS = 8;

function afterDelivery(done: () => void): void {
  let turns = DELIVERY_TURNS;
  const next = () => (--turns > 0 ? setImmediate(next) : done());
  setImmediate(next);
}

/** The source's name, which all streams derived from it share. */
export function rootOf(stream: string): string {
  const slash = stream.indexOf('/');
  return slash < 0 ? stream : stream.slice(0, slash);
}

/** The account of this process; nodes and sources share it. */
export const flowGate = new FlowGate();
