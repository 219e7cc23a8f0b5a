import type { Control, PortMessage, StreamMessage } from '../core/messages';
import { addCounters, type Counters, type Stage, type StageSpec } from '../core/stage';
import { makeStage } from '../stages';

/** The stages of one node's streams, run in this thread: what StageHost is to a flow, for programs and tests. */
export class InlineHost {
  private readonly stages = new Map<string, Stage>();
  private readonly finished: Counters = {};

  constructor(private readonly spec: (message: StreamMessage) => StageSpec) {}

  /** @throws TrunkflowError as the stage does */
  receive(message: StreamMessage): PortMessage[] {
    const { stream, end } = message.info;
    let stage = this.stages.get(stream);
    if (!stage) {
      stage = makeStage(this.spec(message));
      this.stages.set(stream, stage);
    }
    if (!end) return stage.process(message);
    this.stages.delete(stream);
    try {
      return [...stage.process(message), ...stage.flush()];
    } finally {
      addCounters(this.finished, stage.counters());
      stage.close();
    }
  }

  control(command: Control): PortMessage[] {
    const { stream } = command;
    const stages = stream === undefined ? [...this.stages.values()] : [this.stages.get(stream)];
    return stages.flatMap((stage) => stage?.control?.(command) ?? []);
  }

  /** Counters of all streams, those that ended included, added up. */
  counters(): Counters {
    const sum = { ...this.finished };
    for (const stage of this.stages.values()) addCounters(sum, stage.counters());
    return sum;
  }
}
