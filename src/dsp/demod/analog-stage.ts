import { TrunkflowError } from '../../core/errors';
import type { IqInfo, PortMessage, StreamMessage } from '../../core/messages';
import { sharedBuffer } from '../../core/shared-buffer';
import type { Counters, Stage } from '../../core/stage';
import type { Reading } from './analog-meter';
import { checkRate } from './check-rate';
import { AmDetector, type AnalogRates, type Detector, FmDetector } from './detectors';
import type { DemodOptions } from './options';
import { Resampler } from './resampler';
import { clippedIn, iqReader, type SampleReader, silence } from './samples';
import { SignalHistory } from './signal-history';
import { Squelch } from './squelch';
import { StreamPosition } from './stream-position';

export type AnalogOptions = Extract<DemodOptions, { mode: 'nfm' | 'am' }>;

/** Hops (10 ms) of audio in a message, and between messages while the squelch is closed. */
const MESSAGE_HOPS = 5;
const SILENT_HOPS = 100;
/** Length of the fades at the squelch's opening and closing, seconds. */
const FADE = 0.005;

/** What the stage keeps for the rate of samples it gets. */
interface Chain {
  rate: number;
  resampler: Resampler;
  history: SignalHistory;
  detector: Detector;
}

/**
 * Demodulator of analog voice, narrow FM or AM: complex samples in, speech audio out while the squelch is open. When it
 * closes, an empty message follows at once (the transmission is over), and one each second says that time passes.
 */
export class AnalogStage implements Stage {
  private readonly rates: AnalogRates;
  private readonly squelch: Squelch;
  private readonly position = new StreamPosition();
  private chain: Chain | null = null;
  private info: IqInfo | null = null;
  private seq = 0;
  private readings: Reading[] = [];
  /** Audio of the last hop taken, which may still get a fade; null while the squelch is closed. */
  private held: Float32Array | null = null;
  /** Finished hops for the next message, and the first one's number. */
  private ready: Float32Array[] = [];
  private hopsTaken = 0;
  private hopsSent = 0;
  /** Output samples that stand for real input; Infinity until the input ends. */
  private limit = Infinity;
  private latest: Reading = { level: -200, snr: -200 };
  private readonly tally = { samples: 0, clipped: 0, invalid: 0, open_ms: 0, audio_clipped: 0 };
  /** Samples that were clipped before a channelizer made this channel of them. */
  private clippedBefore = 0;

  /** @throws TrunkflowError 'bad-setting' for an audio rate or bandwidth out of range. */
  constructor(private readonly options: AnalogOptions) {
    const { audioRate, bandwidth } = options;
    checkSetting('audio rate', audioRate, 4000, 48000, 'samples/s');
    checkSetting('bandwidth', bandwidth, 3000, 50000, 'Hz');
    this.rates = {
      audio: audioRate,
      step: Math.ceil((2 * bandwidth) / audioRate),
      hop: Math.round(audioRate / 100),
    };
    this.squelch = new Squelch(options.squelch);
  }

  process(input: StreamMessage): PortMessage[] {
    if (input.port !== 'iq')
      throw new TrunkflowError('wrong-port', 'analog demodulator', {
        expected: 'iq',
        got: input.port,
        hint: 'Wire a channelizer or an IQ file to it',
        status: 'needs iq',
      });
    const { info } = input;
    const block = iqReader(input.payload, info.format);
    checkRate(info.rate, this.options.bandwidth);
    const out: PortMessage[] = [];
    if (!this.position.expects(info) || this.chain?.rate !== info.rate) this.begin(info, out);
    this.position.advance(info, block.length);
    this.info = info;
    this.tally.samples += block.length;
    this.clippedBefore += clippedIn(info) * block.length;
    this.consume(block, out);
    return out;
  }

  flush(): PortMessage[] {
    const out: PortMessage[] = [];
    if (!this.info) return out;
    this.drain(out);
    out.push(this.message([], true));
    this.reset();
    return out;
  }

  reset(): void {
    this.closeChain();
    this.position.reset();
    this.forget();
    this.info = null;
  }

  close(): void {
    this.closeChain();
  }

  counters(): Counters {
    const faults = this.chain?.resampler.faults;
    return {
      ...this.tally,
      clipped: this.tally.clipped + (faults?.clipped ?? 0) + Math.round(this.clippedBefore),
      invalid: this.tally.invalid + (faults?.invalid ?? 0),
      gaps: this.position.gaps,
      openings: this.squelch.openings,
    };
  }

  /** Starts afresh with this block, at a stream's beginning or after a gap, once what was inside is out. */
  private begin(info: IqInfo, out: PortMessage[]): void {
    if (this.chain) this.drain(out);
    this.closeChain();
    this.forget();
    this.position.begin(info);
    this.chain = this.makeChain(info.rate);
  }

  private makeChain(rate: number): Chain {
    const { rates, options } = this;
    const { bandwidth } = options;
    const inner = rates.audio * rates.step;
    const hop = rates.hop * rates.step;
    const lag = Math.ceil((2 * inner) / bandwidth);
    return {
      rate,
      resampler: new Resampler(rate, inner, { cutoff: 0.5 * bandwidth, transition: 0.25 * bandwidth }, 2, hop),
      history: new SignalHistory(2, lag + 8, hop),
      // The usual deviation is a fifth of the channel: 2.5 kHz of 12.5, 5 kHz of 25.
      detector:
        options.mode === 'am' ? new AmDetector(rates, lag) : new FmDetector(rates, bandwidth / 5, options.deemphasis),
    };
  }

  private closeChain(): void {
    const { chain } = this;
    if (!chain) return;
    this.tally.clipped += chain.resampler.faults.clipped;
    this.tally.invalid += chain.resampler.faults.invalid;
    chain.resampler.free();
    chain.history.free();
    chain.detector.free();
    this.chain = null;
  }

  private forget(): void {
    this.squelch.reset();
    this.readings = [];
    this.held = null;
    this.ready = [];
    this.hopsTaken = 0;
    this.hopsSent = 0;
    this.limit = Infinity;
  }

  private consume(block: SampleReader, out: PortMessage[]): void {
    const { resampler, history, detector } = this.chain!;
    let from = 0;
    while (from < block.length) {
      from += resampler.take(block, from);
      if (!resampler.ready) continue;
      resampler.produce(history);
      this.read(detector.take(history), history.end);
      // The detector may be ahead of the squelch or behind it; a hop needs both.
      while (this.squelch.ready > 0) {
        const audio = detector.next();
        if (!audio) break;
        this.takeHop(audio, out);
      }
    }
  }

  /** Notes the reading of the hop that ends at sample `end`; where the input has ended the last one stays. */
  private read(reading: Reading, end: number): void {
    const real = end <= this.limit * this.rates.step || this.readings.length === 0;
    const used = real ? reading : this.readings[this.readings.length - 1];
    this.readings.push(used);
    this.squelch.push(used.snr);
  }

  private takeHop(audio: Float32Array, out: PortMessage[]): void {
    const { rates, held } = this;
    const fade = Math.max(1, Math.round(FADE * rates.audio));
    const open = this.squelch.take();
    this.latest = this.readings.shift()!;
    if (held) {
      if (!open) for (let i = 0; i < fade; i++) held[held.length - 1 - i] *= i / fade;
      this.ready.push(held);
    }
    this.held = open ? audio.slice() : null;
    if (open && !held) {
      this.hopsSent = this.hopsTaken;
      for (let i = 0; i < fade; i++) this.held![i] *= i / fade;
    }
    if (open) this.tally.open_ms += (1000 * rates.hop) / rates.audio;
    this.send(out, held !== null && !open);
    this.hopsTaken++;
  }

  /** Sends what is due; `closed`: the squelch has just closed. */
  private send(out: PortMessage[], closed: boolean): void {
    if (this.ready.length >= MESSAGE_HOPS || (closed && this.ready.length > 0)) {
      out.push(this.message(this.ready));
      this.ready = [];
    }
    const silent = !this.held && this.hopsTaken - this.hopsSent >= SILENT_HOPS;
    if (!closed && !silent) return;
    this.hopsSent = this.hopsTaken;
    out.push(this.message([]));
  }

  /** The signal stops here: pushes out what filters and squelch hold. */
  private drain(out: PortMessage[]): void {
    const { chain, rates } = this;
    if (!chain) return;
    const { resampler } = chain;
    this.limit = Math.floor((resampler.received * rates.audio * rates.step) / chain.rate / rates.step);
    const zeros = silence(Math.ceil(rates.hop * rates.step * resampler.step) + 1);
    while (this.hopsTaken * rates.hop < this.limit) this.consume(zeros, out);
    if (this.held) this.ready.push(this.held);
    this.held = null;
    if (this.ready.length > 0) out.push(this.message(this.ready));
    this.ready = [];
    this.hopsSent = this.limit / rates.hop;
  }

  private message(hops: Float32Array[], end = false): PortMessage {
    const { rates, info, position } = this;
    const first = this.hopsSent * rates.hop;
    const count = Math.max(0, Math.min(hops.length * rates.hop, this.limit - first));
    const payload = sharedBuffer(2 * count);
    const samples = new Int16Array(payload.buffer as ArrayBuffer, payload.byteOffset, count);
    for (let i = 0; i < count; i++) {
      const value = Math.round(32768 * hops[Math.floor(i / rates.hop)][i % rates.hop]);
      if (value > 32767 || value < -32768) this.tally.audio_clipped++;
      samples[i] = Math.max(-32768, Math.min(32767, value));
    }
    this.hopsSent += hops.length;
    return {
      port: 'audio',
      payload,
      info: {
        stream: info!.stream,
        seq: this.seq++,
        time: position.startTime + (1000 * Math.min(first, this.limit)) / rates.audio,
        rate: rates.audio,
        kind: 'speech',
        frequency: info!.center,
        level: this.latest.level,
        snr: this.latest.snr,
        ...(end ? { end } : {}),
      },
    };
  }
}

function checkSetting(name: string, value: number, least: number, most: number, unit: string): void {
  if (value >= least && value <= most) return;
  throw new TrunkflowError('bad-setting', name, {
    expected: `${least} to ${most} ${unit}`,
    got: String(value),
    status: `bad ${name}`,
  });
}
