import { TrunkflowError } from '../../core/errors';
import type { AudioInfo, EventObject, IqInfo, PortMessage, StreamMessage, SymbolsInfo } from '../../core/messages';
import { IQ_BYTES } from '../../core/messages';
import type { Counters, Stage } from '../../core/stage';
import { SampleChain } from './chain';
import { checkScopeOptions, SCOPE_DEFAULTS, type ScopeOptions } from './options';
import { encodeFrame } from './scope-frame';
import { SymbolView } from './symbol-view';

/** A frame for the viewers of a stream. */
export interface ScopeEvent extends EventObject {
  type: 'scope';
  stream: string;
  /** Stream time of its end, ms. */
  time: number;
  /** Serialised; see scope-frame.ts. */
  frame: Uint8Array;
}

/**
 * What somebody who watches a stream sees: IQ, audio or symbols in; out, so many times a second of stream time, a
 * ScopeEvent with spectrum, symbols and figures, ready to be sent. docs/scope.md tells how they are computed.
 */
export class ScopeStage implements Stage {
  private readonly options: ScopeOptions;
  private chain: SampleChain | null = null;
  private readonly symbols = new SymbolView();
  /** Number of the next audio sample; audio blocks are numbered, their samples are not. */
  private audio = { seq: -1, sample: 0 };
  /** Number of the frame of symbols that is being gathered. */
  private symbolFrame = Number.NaN;
  private readonly count = { blocks: 0, frames: 0, gaps: 0, non_finite: 0 };

  /** @throws TrunkflowError 'bad-setting' when an option makes no sense */
  constructor(options: Partial<ScopeOptions> = {}) {
    this.options = { ...SCOPE_DEFAULTS, ...options };
    checkScopeOptions(this.options);
  }

  process(input: StreamMessage): PortMessage[] {
    const out: PortMessage[] = [];
    if (input.port === 'voice')
      throw new TrunkflowError('wrong-port', 'The scope', {
        expected: 'iq, audio or symbols',
        got: 'coded voice',
        hint: 'Wire what comes out of the voice decoder to it',
        status: 'wrong input',
      });
    this.count.blocks++;
    if (input.port === 'symbols') this.takeSymbols(input.info, input.payload, out);
    else this.takeSamples(input, out);
    return out;
  }

  flush(): PortMessage[] {
    return [];
  }

  reset(): void {
    this.chain?.reset();
    this.symbols.reset();
    this.audio.seq = -1;
    this.symbolFrame = Number.NaN;
  }

  close(): void {
    this.dropChain();
  }

  counters(): Counters {
    const { gaps = 0, bad = 0 } = this.chain ?? {};
    return { ...this.count, gaps: this.count.gaps + gaps, non_finite: this.count.non_finite + bad };
  }

  private takeSamples(input: Extract<StreamMessage, { port: 'iq' | 'audio' }>, out: PortMessage[]): void {
    const { port, info, payload } = input;
    const format = port === 'iq' ? info.format : 's16';
    const width = port === 'iq' ? IQ_BYTES[info.format] : 2;
    if (payload.length % width !== 0)
      throw new TrunkflowError('bad-message', `${port} block`, {
        expected: `whole samples of ${width} bytes`,
        got: `${payload.length} bytes`,
        status: 'bad block',
      });
    const discriminator = port === 'audio' && info.kind === 'discriminator';
    if (!this.chain?.fits(port, format, info.rate, discriminator)) {
      this.dropChain();
      this.chain = new SampleChain(port, format, info.rate, discriminator, this.options);
    }
    const sample = port === 'iq' ? info.sample : this.audioSample(info, payload.length / 2);
    this.chain.feed(info, sample, payload, (frame, time) => this.give(info, frame, time, out));
  }

  /** The number of a block's first sample; what is lost in a gap is not known, so it counts as a second. */
  private audioSample(info: AudioInfo, count: number): number {
    const { audio } = this;
    if (info.seq !== audio.seq) audio.sample += audio.seq < 0 ? 0 : Math.ceil(info.rate);
    const first = audio.sample;
    audio.seq = info.seq + 1;
    audio.sample += count;
    return first;
  }

  private takeSymbols(info: SymbolsInfo, payload: Buffer, out: PortMessage[]): void {
    if (payload.length % 16 !== 0 || info.levels !== 4)
      throw new TrunkflowError('bad-message', 'symbols block', {
        expected: 'four metrics of 4 bytes for each symbol',
        got: `${payload.length} bytes, ${info.levels} levels`,
        status: 'bad block',
      });
    // Messages without frames still say that time passed.
    const frame = Math.floor(((info.time + (info.duration ?? 0)) * this.options.frameRate) / 1000);
    this.symbols.feed(info, payload);
    if (frame === this.symbolFrame) return;
    const first = Number.isNaN(this.symbolFrame);
    this.symbolFrame = frame;
    if (first) return;
    const { values, points, figures } = this.symbols.take();
    const { level, noise, stream, rate, frequency } = info;
    const time = (1000 * frame) / this.options.frameRate;
    if (level !== undefined) figures.level = level;
    if (noise !== undefined) figures.noise = noise;
    const head = { stream, kind: 'symbols', time, rate, center: frequency, perSymbol: 1, figures } as const;
    this.give(info, encodeFrame(head, { values, points }), time, out);
  }

  private give(info: IqInfo | AudioInfo | SymbolsInfo, frame: Buffer, time: number, out: PortMessage[]): void {
    this.count.frames++;
    const payload: ScopeEvent = { type: 'scope', stream: info.stream, time, frame };
    out.push({ port: 'event', payload });
  }

  private dropChain(): void {
    this.count.gaps += this.chain?.gaps ?? 0;
    this.count.non_finite += this.chain?.bad ?? 0;
    this.chain?.close();
    this.chain = null;
  }
}
