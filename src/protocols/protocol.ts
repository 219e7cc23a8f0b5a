import type { EventObject, SymbolFrame, VoiceCodec } from '../core/messages';
import type { Counters } from '../core/stage';
import type { AirInterface } from '../dsp/air-interface';

/** What a protocol decoder gives, in the order of the air. */
export interface DecoderSink {
  /** `type`, `time` (ms, stream time) and readable fields; the stage adds protocol and stream. */
  event(event: EventObject): void;
  /** Coded voice frames as soft bits (see VoiceFormat 'soft'), `frames` of them, the first starting at `time`. */
  voice(time: number, frames: number, bits: Int8Array): void;
}

export interface FrameContext extends SymbolFrame {
  /** Channel frequency, Hz; 0 when unknown. */
  frequency: number;
}

/** Decodes one stream of one protocol. Never throws for what the air brings. */
export interface ProtocolDecoder {
  /** One frame: `metrics` holds frame.symbols * levels floats, sync first. */
  frame(frame: FrameContext, metrics: Float32Array): void;
  /** Stream time moved on to `time` (ms): emit statistics when due. */
  tick(time: number): void;
  reset(): void;
  counters(): Counters;
  /** Few words for a node's status (under 20 characters) and whether it is locked. */
  status(): { locked: boolean; text: string };
}

export interface DecoderOptions {
  /** Frequencies of channel identifiers from the form or a band plan, by identifier; the air's own tables win. */
  bandPlan?: Record<number, { base: number; spacing: number; offset?: number; bandwidth?: number; slots?: number }>;
}

/** A protocol as the registry knows it. */
export interface Protocol {
  /** Short id used in messages and settings, e.g. 'p25'. */
  id: string;
  /** As shown to people. */
  label: string;
  voiceCodec: VoiceCodec | null;
  airInterfaces: AirInterface[];
  createDecoder(sink: DecoderSink, options: DecoderOptions): ProtocolDecoder;
}
