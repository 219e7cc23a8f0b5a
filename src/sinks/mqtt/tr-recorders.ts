import type { CallInfo } from '../../core/messages';
import { hundredths } from './tr-call';
import { STATES, type StateName } from './tr-states';

/** A place where one call after the other is received: what trunk-recorder calls a recorder. */
interface Recorder {
  call?: CallInfo;
  type: 'P25' | 'Analog';
  freq: number;
  /** Calls it had. */
  count: number;
  /** Seconds of the calls that ended on it. */
  duration: number;
}

const MOST_RECORDERS = 1024;

/** Voice channels as trunk-recorder's recorders: each call has one while it is followed. */
export class Recorders {
  private readonly list: Recorder[] = [];

  /** @param source number of the source they are listed under */
  constructor(private readonly source = 0) {}

  /** At least as many as can be open at once. */
  provide(count: number): void {
    while (this.list.length < Math.min(count, MOST_RECORDERS)) this.list.push(idle());
  }

  /** The recorder a call is on; -1 for none. */
  of(call: CallInfo): number {
    return this.list.findIndex((recorder) => recorder.call?.id === call.id);
  }

  /** Gives a call the first free one; -1 when there is none. */
  take(call: CallInfo): number {
    const free = this.list.findIndex((recorder) => !recorder.call);
    if (free < 0 && this.list.length >= MOST_RECORDERS) return -1;
    const index = free < 0 ? this.list.push(idle()) - 1 : free;
    const recorder = this.list[index];
    recorder.call = call;
    recorder.freq = call.freq;
    recorder.type = call.audio_type === 'analog' ? 'Analog' : 'P25';
    recorder.count++;
    return index;
  }

  /** Newer figures of a call. */
  update(call: CallInfo): void {
    const recorder = this.list[this.of(call)];
    if (!recorder) return;
    recorder.call = call;
    recorder.freq = call.freq;
  }

  release(call: CallInfo): void {
    const recorder = this.list[this.of(call)];
    if (!recorder) return;
    recorder.call = undefined;
    recorder.duration += call.length;
  }

  /** As in `recorder`. */
  describe(index: number): Record<string, unknown> {
    const { call, type, freq, count, duration } = this.list[index];
    const state: StateName = call ? 'RECORDING' : 'AVAILABLE';
    return {
      id: `${this.source}_${index}`,
      src_num: this.source,
      rec_num: index,
      type,
      duration: hundredths(duration + (call?.length ?? 0)),
      freq,
      count,
      rec_state: STATES[state],
      rec_state_type: state,
      squelched: !call,
    };
  }

  describeAll(): Record<string, unknown>[] {
    return this.list.map((_recorder, index) => this.describe(index));
  }
}

function idle(): Recorder {
  return { type: 'P25', freq: 0, count: 0, duration: 0 };
}
