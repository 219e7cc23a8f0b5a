import type { Node, NodeStatusFill, NodeStatusShape } from 'node-red';

export interface StatusText {
  fill: NodeStatusFill;
  shape: NodeStatusShape;
  text: string;
}

/** Least milliseconds between two status updates of a node: the editor's line is shared by all nodes. */
const INTERVAL = 500;
/** Longest text that fits under a node. */
export const STATUS_LENGTH = 19;

/** A node's status: worked out when something changed, shown when it differs, at most twice a second. */
export class StatusLine {
  private shown = '';
  private last = Number.NEGATIVE_INFINITY;
  private timer?: NodeJS.Timeout;
  private closed = false;

  constructor(
    private readonly node: Pick<Node, 'status'>,
    private readonly compose: () => StatusText,
  ) {}

  /** Something a person might want to see has changed. */
  touch(): void {
    if (this.closed || this.timer) return;
    // Never at once: a node that is being made has no status nodes to hear it yet.
    const wait = Math.max(0, this.last + INTERVAL - performance.now());
    this.timer = setTimeout(() => this.show(), wait).unref();
  }

  /** The node goes away: nothing more is shown. */
  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private show(): void {
    this.timer = undefined;
    this.last = performance.now();
    const { fill, shape, text } = this.compose();
    const status = { fill, shape, text: text.slice(0, STATUS_LENGTH) };
    const key = JSON.stringify(status);
    if (key === this.shown) return;
    this.shown = key;
    this.node.status(status);
  }
}
