import { TrunkflowError } from '../core/errors';
import type { AudioInfo, CallInfo, PortMessage, StreamMessage, VoiceInfo } from '../core/messages';
import { asInt16, sharedBuffer } from '../core/shared-buffer';
import { addCounters, type Counters, type Stage } from '../core/stage';
import { VOICE_CODECS } from './codecs';
import type { VoiceCodecInfo, VoiceDecoder } from './decoder';
import { Limiter } from './limiter';

export interface VoiceOptions {
  /**
   * Longest gap between voice frames, ms, that is filled with silence, so that lost frames do not shorten a
   * transmission. After a longer one (another transmission) the audio goes on at the new time. Default 400.
   */
  fill?: number;
}

/** Frames may come this much later than 20 ms after the last ones, ms, before that is a gap: messages are coarse. */
const SLACK = 90;
const DEFAULT_FILL = 400;

/**
 * Coded voice in, speech out (s16le mono). Sample times are those of the voice frames: frames that follow each other
 * make gapless audio; where frames are missing the sound fades out, short gaps are filled with silence, and after long
 * ones the codec starts afresh. A message without frames gives no audio, except for that fade.
 */
export class VoiceStage implements Stage {
  private readonly fill: number;
  private codec?: VoiceCodecInfo;
  private decoder?: VoiceDecoder;
  private pcm = new Float32Array(0);
  private limiter = new Limiter();
  /** What the last voice message said. */
  private latest?: VoiceInfo;
  private seq = 0;
  /** Stream time, ms, of the next sample to be written; undefined before the first frame. */
  private next?: number;
  /** Stream time, ms, of the last decoded frame's end. */
  private voiceEnd = 0;
  /**
   * What the message of the last frame said, until that has been faded out: the fade belongs to its transmission, even if
   * it comes with the next talker's first frames.
   */
  private sounding?: VoiceInfo;
  private readonly count: Counters = {
    voice_frames: 0,
    voice_clean: 0,
    voice_errors: 0,
    voice_repeats: 0,
    voice_mutes: 0,
    voice_gaps: 0,
  };

  /** @throws TrunkflowError 'bad-setting' */
  constructor(options: VoiceOptions = {}) {
    this.fill = options.fill ?? DEFAULT_FILL;
    if (!(this.fill >= 0 && this.fill <= 60_000)) {
      throw new TrunkflowError('bad-setting', 'Unusable gap length', {
        expected: '0 to 60000 ms',
        got: String(options.fill),
      });
    }
  }

  process(input: StreamMessage): PortMessage[] {
    if (input.port !== 'voice') {
      throw new TrunkflowError('wrong-port', 'Wrong kind of message', {
        expected: 'coded voice',
        got: input.port,
        hint: 'Wire the trunk decoder or call follower to this node',
        status: 'wrong input',
      });
    }
    const { info, payload } = input;
    const codec = checkVoice(info, payload);
    this.latest = info;
    if (info.frames > 0) return this.decode(info, payload, codec);
    const { sounding } = this;
    const silent = sounding && info.time + info.duration - this.voiceEnd >= SLACK;
    return silent ? [this.message(this.fadeOut(0), sounding)] : [];
  }

  flush(): PortMessage[] {
    if (!this.latest) return [];
    const last = this.message(this.sounding ? this.fadeOut(0) : sharedBuffer(0), this.latest);
    last.info.end = true;
    return [last];
  }

  reset(): void {
    this.decoder?.reset();
    this.limiter = new Limiter();
    this.next = undefined;
    this.sounding = undefined;
  }

  close(): void {
    this.decoder = undefined;
  }

  counters(): Counters {
    const sum = { ...this.count };
    if (this.decoder) addCounters(sum, this.decoder.counters());
    return sum;
  }

  private decode(info: VoiceInfo, payload: Buffer, codec: VoiceCodecInfo): PortMessage[] {
    const messages: PortMessage[] = [];
    if (codec !== this.codec || !this.decoder) {
      this.codec = codec;
      this.decoder = codec.create();
      this.pcm = new Float32Array(codec.frameSamples);
    }
    const bridge = this.bridge(info.time, messages);
    const { frameSamples } = codec;
    const frameBytes = codec.frameBytes[info.format];
    const audio = sharedBuffer(2 * (bridge.length / 2 + info.frames * frameSamples));
    audio.set(bridge);
    const samples = asInt16(audio);
    for (let i = 0; i < info.frames; i++) {
      const frame = payload.subarray(i * frameBytes, (i + 1) * frameBytes);
      const report = this.decoder.decodeFrame(frame, info.format, this.pcm);
      this.count.voice_frames++;
      this.count.voice_errors += report.errors;
      if (report.clean) this.count.voice_clean++;
      if (report.repeated) this.count.voice_repeats++;
      if (report.muted) this.count.voice_mutes++;
      this.limiter.write(this.pcm, frameSamples, samples, bridge.length / 2 + i * frameSamples);
    }
    this.sounding = info;
    messages.push(this.message(audio, info));
    this.voiceEnd = this.next!;
    return messages;
  }

  /**
   * Gets from the last sample to the time of the next frames.
   * @returns samples to put before them; what ends another transmission goes to `messages`
   */
  private bridge(time: number, messages: PortMessage[]): Buffer {
    const nothing = sharedBuffer(0);
    if (this.next === undefined) {
      this.next = time;
      return nothing;
    }
    if (time - this.voiceEnd < SLACK) return nothing;
    this.count.voice_gaps++;
    if (time - this.voiceEnd <= this.fill) {
      const missing = Math.round(((time - this.next) * this.codec!.rate) / 1000);
      return this.sounding ? this.fadeOut(missing) : sharedBuffer(2 * missing);
    }
    const { sounding } = this;
    if (sounding) messages.push(this.message(this.fadeOut(0), sounding));
    this.reset();
    this.next = time;
    return nothing;
  }

  /** The end of what was heard last, followed by silence up to `least` samples. */
  private fadeOut(least: number): Buffer {
    const { frameSamples } = this.codec!;
    const audio = sharedBuffer(2 * Math.max(frameSamples, least));
    this.decoder!.fadeOut(this.pcm);
    this.limiter.write(this.pcm, frameSamples, asInt16(audio), 0);
    this.sounding = undefined;
    return audio;
  }

  /** An audio message that starts at the time of the next sample, and moves that time on. @param of what it is decoded from */
  private message(payload: Buffer, of: VoiceInfo): PortMessage & { port: 'audio' } {
    const { stream, frequency, call, time: latest } = of;
    const rate = this.codec?.rate ?? 8000;
    const time = this.next ?? latest;
    if (this.next !== undefined) this.next += (500 * payload.length) / rate;
    const info: AudioInfo = { stream, seq: this.seq++, time, rate, kind: 'speech', frequency };
    if (call) info.call = this.withErrors(call);
    return { port: 'audio', payload, info };
  }

  private withErrors(call: CallInfo): CallInfo {
    const { voice_errors, voice_repeats, voice_mutes } = this.count;
    return { ...call, error_count: voice_errors, spike_count: voice_repeats + voice_mutes };
  }
}

/** @throws TrunkflowError 'bad-message' */
function checkVoice(info: VoiceInfo, payload: Buffer): VoiceCodecInfo {
  const codec = Object.hasOwn(VOICE_CODECS, info.codec) ? VOICE_CODECS[info.codec] : undefined;
  if (!codec) reject(`codec ${Object.keys(VOICE_CODECS).join(' or ')}`, String(info.codec));
  const { frameBytes } = codec;
  if (!Object.hasOwn(frameBytes, info.format)) {
    reject(`format ${Object.keys(frameBytes).join(' or ')}`, String(info.format));
  }
  if (!Number.isFinite(info.time)) reject('a time in ms', String(info.time));
  if (!(info.duration >= 0 && info.duration < Number.POSITIVE_INFINITY)) {
    reject('a duration in ms', String(info.duration));
  }
  const bytes = info.frames * frameBytes[info.format];
  if (!Number.isInteger(info.frames) || payload.length !== bytes) {
    reject(`${bytes} bytes for ${info.frames} ${info.format} frames`, `${payload.length} bytes`);
  }
  return codec;
}

function reject(expected: string, got: string): never {
  throw new TrunkflowError('bad-message', 'Unusable voice message', { expected, got, status: 'bad voice' });
}
