import type { Node, NodeMessage } from 'node-red';
import type { TrunkflowError } from '../../src/core/errors';
import type { Control, PortMessage, PortType, StreamMessage, StreamPort } from '../../src/core/messages';
import { fromNodeMessage, toNodeMessage } from '../../src/core/ports';
import type { StageSpec } from '../../src/core/stage';
import { type HostSnapshot, StageHost } from '../../src/core/stage-host';
import { STALLED } from './latest';
import { serve } from './node-input';
import { StatusLine, type StatusText } from './status-line';

export interface StageNodeOptions<Settings> {
  /** Reads the form; may throw a TrunkflowError, which is reported when the flow starts and with every message. */
  settings(): Settings;
  /** Port types taken at the input. */
  accepts: readonly StreamPort[];
  /** The port type of each output, in order. */
  outputs: readonly PortType[];
  /** True when the stage takes commands in msg.control. */
  controllable?: boolean;
  /** The stage for a stream, from the form and the stream's first message; may throw a TrunkflowError. */
  spec(settings: Settings, message: StreamMessage): StageSpec;
  /** Sees every message that comes in. */
  arrived?(message: StreamMessage): void;
  /** Sees every output before it is sent, for the status. */
  observe?(message: PortMessage): void;
  /** msg.topic of an output. */
  topic?(message: PortMessage): string | undefined;
  /** What to show while nothing is wrong. */
  status(snapshot: HostSnapshot): StatusText;
  /** What to show when streams have not ended, but nothing comes in. */
  noInput: string;
}

/** What a node may do besides. */
export interface StageNode {
  /** Shows trouble for a moment and reports it, as an error for Catch nodes or as a warning in the debug sidebar. */
  trouble(error: TrunkflowError, kind: 'error' | 'warning'): void;
  /** Commands for the stages of all its streams. */
  control(command: Control): void;
}

/** Milliseconds for which trouble is shown, so that it can be read. */
const SHOWN = 3000;

/** Makes a node run one stage for each stream that comes in, in the worker threads. */
export function runStage<Settings>(node: Node, options: StageNodeOptions<Settings>): StageNode {
  let wrong: TrunkflowError | undefined;
  let dropped = 0;
  let droppedAt = Number.NEGATIVE_INFINITY;
  let failure: { status: string; fill: StatusText['fill'] } | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;
  let heardAt = Number.NEGATIVE_INFINITY;

  const host = new StageHost({
    spec: (message) => options.spec(options.settings(), message),
    emit: (messages) => messages.forEach(send),
    error: (error) => trouble(error, 'error'),
    changed: () => line.touch(),
  });
  const line = new StatusLine(node, compose);
  const report = serve(node, {
    control: options.controllable ? (command) => host.control(command) : undefined,
    message(msg) {
      const message = fromNodeMessage(msg, options.accepts);
      heardAt = performance.now();
      options.arrived?.(message);
      host.receive(message);
      if (!wrong) return;
      wrong = undefined;
      line.touch();
    },
    failed(error) {
      wrong = error;
      line.touch();
    },
    close() {
      line.close();
      host.close();
    },
  });
  try {
    options.settings();
  } catch (error) {
    wrong = report.atStart(error);
  }
  line.touch();
  return { trouble, control: (command) => host.control(command) };

  function trouble(error: TrunkflowError, kind: 'error' | 'warning'): void {
    failure = { status: error.status, fill: kind === 'error' ? 'red' : 'yellow' };
    failedAt = performance.now();
    if (kind === 'error') report.later(error);
    else report.warning(error);
    line.touch();
  }

  function send(message: PortMessage): void {
    options.observe?.(message);
    const output = options.outputs.indexOf(message.port);
    const wire = toNodeMessage(message, options.topic?.(message)) as NodeMessage;
    node.send(options.outputs.map((_port, index) => (index === output ? wire : null)));
  }

  function compose(): StatusText {
    if (wrong) return { fill: 'red', shape: 'ring', text: wrong.status };
    const snapshot = host.snapshot();
    const now = performance.now();
    const lost = snapshot.dropped - dropped;
    dropped = snapshot.dropped;
    if (lost > 0) droppedAt = now;
    return troubleNow(now, snapshot) ?? options.status(snapshot);
  }

  function troubleNow(now: number, { streams, queued }: HostSnapshot): StatusText | undefined {
    if (failure && now - failedAt < SHOWN) return { fill: failure.fill, shape: 'ring', text: failure.status };
    if (now - droppedAt < SHOWN) return { fill: 'yellow', shape: 'ring', text: `dropped ${brief(dropped)}` };
    // With blocks waiting it is this node that is slow.
    if (streams > 0 && queued === 0 && now - heardAt > STALLED)
      return { fill: 'yellow', shape: 'ring', text: options.noInput };
    return undefined;
  }
}

function brief(count: number): string {
  if (count < 10_000) return String(count);
  return count < 10_000_000 ? `${Math.round(count / 1000)}k` : `${Math.round(count / 1_000_000)}M`;
}
