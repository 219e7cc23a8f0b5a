import type { Node } from 'node-red';
import type { TrunkflowError } from '../../src/core/errors';
import type { Control } from '../../src/core/messages';
import type { WireMessage } from '../../src/core/ports';
import { ErrorReport } from './error-report';

export interface InputHandlers {
  /** Commands in msg.control; without this handler they are left to the message's other content. */
  control?(command: Control): Promise<void> | void;
  /** A message with anything but commands. */
  message(msg: WireMessage): Promise<void> | void;
  /** An error was met; for the node's status. */
  failed(error: TrunkflowError): void;
  /**
   * The node goes away; everything it holds is given back when this resolves.
   * @param removed it was deleted or disabled, and will not come again
   */
  close(removed: boolean): Promise<void> | void;
}

/** Connects a node's input and close to their handlers: each message is done exactly once, no error escapes. */
export function serve(node: Node, handlers: InputHandlers): ErrorReport {
  const report = new ErrorReport(node);
  node.on('input', (received, _send, done) => {
    const msg = received as WireMessage;
    handle(msg).then(
      () => done(),
      (error) => handlers.failed(report.input(error, done)),
    );
  });
  node.on('close', (removed: boolean, done: () => void) => {
    Promise.resolve()
      .then(() => handlers.close(removed))
      .catch((error) => node.log(String(error)))
      .then(done);
  });
  return report;

  async function handle(msg: WireMessage): Promise<void> {
    const command = handlers.control && msg.control;
    if (command && typeof command === 'object') {
      await handlers.control!(command as Control);
      if (!carriesMore(msg)) return;
    }
    await handlers.message(msg);
  }
}

/** True when a message with commands also carries a block of a stream. */
function carriesMore(msg: WireMessage): boolean {
  // msg.audio is a Buffer in what a call recorder sends: the file, and no block.
  return [msg.iq, msg.audio, msg.symbols, msg.voice].some((info) => info && !Buffer.isBuffer(info));
}
