import type { Control, PortMessage, StreamMessage } from '../../core/messages';
import type { Counters, Stage } from '../../core/stage';
import type { DigitalMode } from './mode';
import { ModeWatch } from './mode-watch';

/** A demodulator whose messages also say what the channel looks like while nothing is read (`looksLike`). */
export class WatchedStage implements Stage {
  private readonly watch: ModeWatch;

  constructor(
    private readonly demodulator: Stage,
    modes: readonly DigitalMode[],
  ) {
    this.watch = new ModeWatch(modes);
  }

  process(input: StreamMessage): PortMessage[] {
    // First, so that a stretch is complete when the demodulator has come to its end.
    this.watch.take(input);
    return this.annotated(this.demodulator.process(input));
  }

  control(command: Control): PortMessage[] {
    return this.demodulator.control?.(command) ?? [];
  }

  flush(): PortMessage[] {
    const out = this.annotated(this.demodulator.flush());
    this.watch.reset();
    return out;
  }

  reset(): void {
    this.demodulator.reset();
    this.watch.reset();
  }

  close(): void {
    this.demodulator.close();
    this.watch.reset();
  }

  counters(): Counters {
    return { ...this.demodulator.counters(), looks: this.watch.looks };
  }

  private annotated(messages: PortMessage[]): PortMessage[] {
    for (const message of messages) if (message.port === 'symbols') this.watch.annotate(message.info);
    return messages;
  }
}
