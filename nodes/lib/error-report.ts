import type { Node } from 'node-red';
import { asTrunkflowError, type TrunkflowError } from '../../src/core/errors';

/** Milliseconds during which the same error is not reported again. */
const QUIET = 5000;
/** Different errors reported in that time; texts with changing numbers in them must not flood the sidebar either. */
const MOST = 20;

/**
 * Reports a node's errors to Catch nodes and the debug sidebar. A wrong wire brings the same error with every block, tens
 * of times a second: it is reported once, and again only after a while.
 */
export class ErrorReport {
  private readonly seen = new Map<string, number>();

  constructor(private readonly node: Pick<Node, 'error' | 'warn'>) {}

  /** An error while a message is handled: ends the message, with the error unless it was just reported. */
  input(error: unknown, done: (error?: Error) => void): TrunkflowError {
    const known = asTrunkflowError(error, 'bad-message', 'This message could not be used');
    if (this.isNews(known)) done(known);
    else done();
    return known;
  }

  /** An error while the node is made: reported when the nodes that catch it are there too. */
  atStart(error: unknown): TrunkflowError {
    const known = asTrunkflowError(error, 'bad-setting', 'This node cannot work as it is set');
    setImmediate(() => this.later(known));
    return known;
  }

  /** An error outside the handling of a message. */
  later(error: TrunkflowError): void {
    if (this.isNews(error)) this.node.error(error, {});
  }

  /** Something a person should know, but nothing that is wrong. */
  warning(error: TrunkflowError): void {
    if (this.isNews(error)) this.node.warn(error.message);
  }

  private isNews(error: TrunkflowError): boolean {
    const now = performance.now();
    for (const [text, time] of this.seen) if (now - time > QUIET) this.seen.delete(text);
    if (this.seen.has(error.message) || this.seen.size >= MOST) return false;
    this.seen.set(error.message, now);
    return true;
  }
}
