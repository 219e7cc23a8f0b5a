/**
 * The messages on the wires. A port message is what a stage takes and gives; a Node-RED message carries the same
 * payload, with the info object under the port's name (`msg.iq`, `msg.audio`, `msg.symbols`, `msg.voice`).
 *
 * Rules: a sender never touches a payload again after sending it; a receiver never writes into one.
 */

export type IqFormat = 'cu8' | 'cs8' | 'cs16' | 'cf32';

/** Bytes of one complex sample in each format. */
export const IQ_BYTES: Readonly<Record<IqFormat, number>> = { cu8: 2, cs8: 2, cs16: 4, cf32: 8 };

/** What every block of a stream says about itself. */
export interface StreamInfo {
  /**
   * Identity of the stream, made of names joined by '/'. The first name is the source's; a stage that derives a stream
   * appends to it, so everything that comes from one source shares its root (see core/flow-gate).
   */
  stream: string;
  /** Number of this block in its stream, from 0; a jump means blocks were lost and filters must be reset. */
  seq: number;
  /**
   * Time of the block's first sample in milliseconds since 1970. Sources start on a whole millisecond, so that
   * `time - 1000 * sample / rate`, rounded, is exactly the stream's start. All decisions use this time, never a clock.
   */
  time: number;
  /** True on the last message of a stream; its payload may be empty. Stages flush, pass it on and forget the stream. */
  end?: boolean;
}

export interface IqInfo extends StreamInfo {
  format: IqFormat;
  /** Complex samples per second. */
  rate: number;
  /** Frequency at the middle of the band, Hz; 0 when unknown. */
  center: number;
  /** Index of the first sample of this block since the stream's start, counting lost samples. */
  sample: number;
  /** Samples lost just before this block. */
  dropped: number;
  /** Level of the channel, dB relative to full scale (channelizer outputs). */
  level?: number;
  /** Noise floor in the channel's bandwidth, dB relative to full scale. */
  noise?: number;
  /** Signal to noise ratio, dB. */
  snr?: number;
  /** Carrier offset measured by the channelizer, Hz; positive when the signal is above the channel's centre. */
  offset?: number;
  /** Share of the receiver's samples at the limit of its converter, 0 to 1; absent when there are none (channelizer outputs). */
  clipped?: number;
  /** What the channel carries, if whoever asked for it told. */
  signal?: ChannelSignal;
}

export interface AudioInfo extends StreamInfo {
  /** Samples per second; payload is s16le mono. */
  rate: number;
  /** 'discriminator' is the unfiltered output of an FM discriminator, for the digital demodulators; default 'speech'. */
  kind?: 'speech' | 'discriminator';
  /** Level of the channel (dB relative to full scale) and its signal to noise ratio (dB), from an analog demodulator. */
  level?: number;
  snr?: number;
  /** The call this audio belongs to; the last message of a call has `end` true and the call's final figures. */
  call?: CallInfo;
  /** Channel frequency, Hz. */
  frequency?: number;
}

/**
 * What a channel carries, told by whoever asked for it: channelizer, demod and decoder pass it on. A demod and a decoder
 * use it in place of their own settings.
 */
export interface ChannelSignal {
  /** Protocol id of the registry. */
  protocol?: string;
  /** TDMA: the slot (logical channel) wanted, from 0; absent: all. */
  slot?: number;
  /** Identities the signal is scrambled with, hexadecimal. */
  wacn?: string;
  system?: string;
  nac?: string;
}

/** One air-interface frame found by the demodulator. All its symbols are in the same message. */
export interface SymbolFrame {
  /** Index of the frame's first symbol (of its sync word) in the payload, counted in symbols. */
  start: number;
  /** Number of symbols delivered, status symbols included. */
  symbols: number;
  /** Time of the first symbol's centre, milliseconds since 1970. */
  time: number;
  /** Name of the sync word found, as in the air interface. */
  sync: string;
  /** Normalised sync correlation, 0..1. */
  quality: number;
  /** Carrier offset, Hz. */
  offset: number;
  /** Estimated Es/N0, dB. */
  snr: number;
  /** -1 when the signal's polarity (or spectrum) is inverted; the metrics are already corrected for it. */
  polarity: 1 | -1;
  /** Which receiver served the frame: the plain discriminator, the sequence detector, or the equaliser that undoes the channel. */
  detector?: 'discriminator' | 'sequence' | 'equaliser';
}

export interface SymbolsInfo extends StreamInfo {
  /** Protocol id of the registry, e.g. 'p25'. */
  protocol: string;
  /** As it was found on the air, e.g. 'C4FM' or 'CQPSK'. */
  modulation: string;
  /** Symbols per second. */
  rate: number;
  /** Metrics per symbol in the payload (f32le each): 4 for 4-level signals, index = (level + 3) / 2; larger = likelier. */
  levels: number;
  frames: SymbolFrame[];
  /** Span of stream time this message covers, ms. A message without frames still says that time passed. */
  duration: number;
  /** Channel frequency, Hz; 0 when unknown. */
  frequency: number;
  /** Level and noise of the channel if known, dB relative to full scale. */
  level?: number;
  noise?: number;
  /** Why there are no frames, when the demodulator can tell; counters since the stream began. */
  stats?: Record<string, number>;
  /** What the channel carries, if whoever asked for it told. */
  signal?: ChannelSignal;
  /** What the channel carries instead while there are no frames, if that is known: a mode's name, 'FM voice' or 'carrier'. */
  looksLike?: string;
}

/** IMBE: P25 phase 1. AMBE+2, half-rate: P25 phase 2, DMR, NXDN, dPMR. */
export type VoiceCodec = 'imbe' | 'ambe2';

/**
 * How the coded frames stand in the payload.
 * 'soft': one int8 per coded bit in transmission order, > 0 for a 1, magnitude = confidence (IMBE: 144
 * bytes a frame, AMBE+2: 72).
 * 'packed': coded bits, most significant bit first (IMBE: 18 bytes a frame, AMBE+2: 9).
 * 'bare': information bits without error correction, packed (IMBE: 11 bytes a frame, AMBE+2: 49 bits in 7).
 */
export type VoiceFormat = 'soft' | 'packed' | 'bare';

export interface VoiceInfo extends StreamInfo {
  codec: VoiceCodec;
  format: VoiceFormat;
  /** Frames in the payload; 0 = no voice in this span, the message only says that time passed. */
  frames: number;
  /** Span of stream time this message covers, ms. */
  duration: number;
  /** Channel frequency, Hz; 0 when unknown. */
  frequency: number;
  /** Set by the follower (or by a conventional decoder). */
  call?: CallInfo;
  /** Errors corrected by the protocol's own codes so far in this stream. */
  errors: number;
  /** Level and noise of the channel if known, dB relative to full scale. */
  level?: number;
  noise?: number;
  /** Carrier offset, Hz. */
  offset?: number;
}

/** One transmission of one unit inside a call. */
export interface CallSource {
  src: number;
  /** Seconds since 1970. */
  time: number;
  /** Seconds from the start of the recording. */
  pos: number;
  emergency: number;
  signal_system: string;
  tag: string;
  tag_ota?: string;
}

/** A call, in trunk-recorder's snake_case fields. Times are seconds since 1970 unless they end in _ms. */
export interface CallInfo {
  /** Stable: "<sys_name>_<talkgroup>_<start_time>_<call_num>". */
  id: string;
  call_num: number;
  sys_name: string;
  talkgroup: number;
  talkgroup_alpha_tag: string;
  talkgroup_description: string;
  talkgroup_group: string;
  talkgroup_tag: string;
  /** Unit that talks now; -1 when unknown. */
  unit: number;
  unit_alpha_tag: string;
  /** Hz. */
  freq: number;
  start_time: number;
  stop_time: number;
  start_time_ms: number;
  stop_time_ms: number;
  /** Length so far in seconds. */
  length: number;
  /** 'active' while it lasts, 'ended', or 'not_followed'. */
  state: 'active' | 'ended' | 'not_followed';
  /** Why it is not followed, or how it ended: 'encrypted', 'locked_out', 'no_channel', 'out_of_band', 'duplicate',
   *  'terminator', 'silence', 'regranted', 'stream_end', ... */
  reason?: string;
  emergency: boolean;
  encrypted: boolean;
  /** How, where the voice channel said so: algorithm and key as the air carries them, and the algorithm's name. */
  algorithm?: number;
  algorithm_name?: string;
  key_id?: number;
  priority: number;
  duplex: boolean;
  mode: boolean;
  phase2_tdma: boolean;
  tdma_slot: number;
  conventional: boolean;
  audio_type: 'digital' | 'digital tdma' | 'analog';
  nac?: string;
  wacn?: string;
  system?: string;
  sources: CallSource[];
  /** Talkgroups patched together with this one, itself included; absent when there is no patch. */
  patched_talkgroups?: number[];
  /** DMR colour code, where the protocol has one. */
  color_code?: number;
  /**
   * What the talkgroup's flags say, for whoever plays, keeps, uploads or tells of calls; absent counts as true, for
   * `alert` as false.
   */
  listen?: boolean;
  record?: boolean;
  upload?: boolean;
  alert?: boolean;
  /** Errors and repeated or muted frames so far, for the recording's sidecar. */
  error_count: number;
  spike_count: number;
  freq_error: number;
  /** dB relative to full scale; 999 when unknown, as trunk-recorder writes it. */
  signal: number;
  noise: number;
}

/** What happened to a call: 'recorded' comes from the call recorder, the others from the call follower. */
export type CallHappening = 'start' | 'update' | 'end' | 'not_followed' | 'recorded';

/** A decoded happening. `type` names it; every protocol adds readable fields. */
export interface EventObject {
  type: string;
  protocol?: string;
  stream?: string;
  /** Milliseconds since 1970, stream time. */
  time?: number;
  [field: string]: unknown;
}

/** Commands on `msg.control`; a message may hold several. */
export interface Control {
  /** The stream the command is for; absent: every stream of the node. */
  stream?: string;
  /** Source: new centre frequency, Hz. */
  tune?: number;
  /** Source: gain in dB, or 'auto'. */
  gain?: number | 'auto';
  /** Source: frequency correction. */
  ppm?: number;
  /** Source: this much is added to its frequency correction, ppm. */
  adjust?: number;
  start?: boolean;
  stop?: boolean;
  /** Channelizer: open a channel. */
  open?: ChannelRequest | ChannelRequest[];
  /** Channelizer: close channels by id or by frequency in Hz. */
  close?: { id?: string; frequency?: number } | string | number;
  [command: string]: unknown;
}

export interface ChannelRequest {
  /** Hz. */
  frequency: number;
  /** Name of the stream to make: `<source stream>/<id>`; default the frequency in Hz. */
  id?: string;
  /**
   * Stream time in ms from which the channel is wanted. The channelizer keeps a history and starts there, so that the
   * result does not depend on how late the request came.
   */
  from?: number;
  /** Full bandwidth to pass, Hz; default the node's setting. */
  bandwidth?: number;
  /** Least output rate, samples/s; default the node's setting. */
  rate?: number;
  /** What it carries, if that is known: goes with the channel's blocks. */
  signal?: ChannelSignal;
}

export type PortMessage =
  | { port: 'iq'; payload: Buffer; info: IqInfo }
  | { port: 'audio'; payload: Buffer; info: AudioInfo }
  | { port: 'symbols'; payload: Buffer; info: SymbolsInfo }
  | { port: 'voice'; payload: Buffer; info: VoiceInfo }
  | { port: 'event'; payload: EventObject };

/** Tells of a call; made by the follower and the recorder, not by stages. */
export interface CallMessage {
  port: 'call';
  payload: CallInfo;
  event: CallHappening;
}

export type PortType = PortMessage['port'];
/** The ports that carry blocks of a stream. */
export type StreamMessage = Exclude<PortMessage, { port: 'event' }>;
export type StreamPort = StreamMessage['port'];
