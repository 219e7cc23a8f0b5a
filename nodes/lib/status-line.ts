import type { Node, NodeStatusFill, NodeStatusShape } from 'node-red';

export interface StatusText {
  fill: NodeStatusFill;
  shape: NodeStatusShape;
  text: string;
}

/** Least milliseconds between two status updates of a node: the editor's line is shared by all nodes. */
const INTERVAL = 500;
/** Most milliseconds between two looks: what is shown grows old by itself. */
const LOOK = 1000;
/** Longest text that fits under a node. */
export const STATUS_LENGTH = 19;

/** A node's status: worked out when something changed and once a second, shown when it differs. */
export class StatusLine {
  private shown = '';
  private last = Number.NEGATIVE_INFINITY;
  private timer?: NodeJS.Timeout;
  /** True while the timer stands for a change. */
  private touched = false;
  private closed = false;

  constructor(
    private readonly node: Pick<Node, 'status'>,
    private readonly compose: () => StatusText,
  ) {}

  /** Something a person might want to see has changed. */
  touch(): void {
    if (this.closed || this.touched) return;
    this.touched = true;
    // Never at once: a node that is being made has no status nodes to hear it yet.
    this.wait(Math.max(0, this.last + INTERVAL - performance.now()));
  }

  /** The node goes away: nothing more is shown. */
  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private wait(time: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.show(), time).unref();
  }

  private show(): void {
    this.touched = false;
    this.last = performance.now();
    this.wait(LOOK);
    const { fill, shape, text } = this.compose();
    const status = { fill, shape, text: text.slice(0, STATUS_LENGTH) };
    const key = JSON.stringify(status);
    if (key === this.shown) return;
    this.shown = key;
    this.node.status(status);
  }
}
