import type { ChannelSignal, EventObject, PortMessage, SymbolFrame, VoiceCodec } from '../core/messages';
import type { Counters } from '../core/stage';
import type { AirInterface } from '../dsp/air-interface';

/**
 * What a protocol decoder gives, in the order of the air. A TDMA carrier that is decoded whole has an output for each slot:
 * a stream of its own.
 */
export interface DecoderSink {
  /** `type`, `time` (ms, stream time) and readable fields; the stage adds protocol and stream, and 'stats' events. */
  event(event: EventObject, output?: number): void;
  /** Coded voice frames as soft bits (see VoiceFormat 'soft'), `frames` of them, the first starting at `time`. */
  voice(time: number, frames: number, bits: Int8Array, output?: number): void;
}

export interface FrameContext extends SymbolFrame {
  /** Channel frequency, Hz; 0 when unknown. */
  frequency: number;
}

/** Decodes one stream of one protocol. Never throws for what the air brings. */
export interface ProtocolDecoder {
  /** One frame: `metrics` holds frame.symbols * levels floats, sync first. */
  frame(frame: FrameContext, metrics: Float32Array): void;
  /** Stream time moved on to `time` (ms); frames up to then have been given. */
  tick(time: number): void;
  /** Forgets everything heard. */
  reset(): void;
  /** Other channel identifiers than those of its options. */
  useBandPlan?(plan: DecoderOptions['bandPlan']): void;
  /**
   * Must have `messages` (those that passed their check) and `corrected` (bits corrected by the protocol's codes); may have
   * `crc_ok` and `crc_bad`, blocks that passed their check and that did not.
   */
  counters(): Counters;
  /**
   * Whether frames are being read; if not, why, in under 20 characters, as far as the frames tell (else empty). `code` is
   * 'no_data' when frames are found whose contents fail, 'no_header' when syncs are found and no headers, 'no_identity' when what it is
   * scrambled with is not known, 'other_system'.
   */
  status(): { locked: boolean; text: string; code?: string };
}

export interface DecoderOptions {
  /** Frequencies of channel identifiers from the form or a band plan, by identifier; the air's own tables win. */
  bandPlan?: Record<number, { base: number; spacing: number; offset?: number; bandwidth?: number; slots?: number }>;
  /** The channel carries what radios send (a repeater's input), where messages have other meanings. Default false. */
  inbound?: boolean;
  /** What is known of the signal beforehand: the slot wanted, the identities it is scrambled with. */
  signal?: ChannelSignal;
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
  /** Reads files of symbols already decided (--input symbols); throws TrunkflowError 'bad-file'. */
  readSymbolFile?(
    data: Uint8Array,
    options: { format?: string; stream: string; time?: number },
  ): Iterable<SymbolsMessage>;
}

export type SymbolsMessage = Extract<PortMessage, { port: 'symbols' }>;
