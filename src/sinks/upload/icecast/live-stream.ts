import type { Socket } from 'node:net';
import { asTrunkflowError, TrunkflowError } from '../../../core/errors';
import type { CallInfo } from '../../../core/messages';
import type { Counters } from '../../../core/stage';
import { type AudioMessage, needSpeech } from '../../speech';
import { Backoff, type BackoffOptions } from '../backoff';
import { HttpClient } from '../http-client';
import { Program } from './program';
import { type IcecastSettings, target } from './settings';
import { connectSource } from './source-connection';
import { createStreamEncoder, STREAM_RATE, type StreamEncoder } from './stream-encoder';
import { callTitle, TitleUpdates, tidy } from './titles';

export interface LiveStreamSink {
  /** A call begins to be heard. */
  playing(call: CallInfo): void;
  /** Something keeps the stream from being sent; told once until it is over. */
  trouble(error: TrunkflowError): void;
  changed(): void;
}

export interface LiveStreamOptions {
  backoff?: Partial<BackoffOptions>;
}

export interface LiveStreamState {
  onAir: boolean;
  /** What listeners see. */
  title: string;
  /** Milliseconds until the next attempt to connect. */
  retryIn?: number;
  trouble?: TrunkflowError;
}

const TICK_MS = 100;
/** Seconds of the stream sent ahead, so that a busy moment here is not heard there. */
const LEAD = 0.5;
/** A gap in our own time (a machine that slept), s, after which the stream goes on from now. */
const MOST_BEHIND = 3;
/** Seconds of the stream that may wait for the network; a server that takes no more is given up. */
const MOST_WAITING = 20;
const BACKOFF = { first: 2000, most: 60_000 };

/**
 * A live stream to an Icecast server: sound in real time, calls one after the other, silence in between, so that it
 * never stops. What cannot be sent is lost; it never waits. Reconnects by itself.
 */
export class LiveStream {
  private readonly program: Program;
  private readonly backoff: Backoff;
  private readonly titles: TitleUpdates;
  private readonly abort = new AbortController();
  private readonly count: Counters = { calls: 0, connects: 0, missed_seconds: 0, sent_bytes: 0 };
  private encoder?: StreamEncoder;
  private socket?: Socket;
  private timer?: NodeJS.Timeout;
  private retry?: NodeJS.Timeout;
  private retryAt = 0;
  private connecting: Promise<void>;
  private closed = false;
  private problem?: TrunkflowError;
  private title: string;
  private heard?: string;
  /** When the stream began, s, and the samples sent since. */
  private begun = 0;
  private samples = 0;

  /** @throws TrunkflowError 'bad-setting' */
  constructor(
    private readonly settings: IcecastSettings,
    private readonly sink: LiveStreamSink,
    options: LiveStreamOptions = {},
  ) {
    target(settings);
    this.program = new Program(settings.delay);
    this.backoff = new Backoff({ ...BACKOFF, ...options.backoff });
    this.titles = new TitleUpdates(settings, new HttpClient({ verify: settings.verify, timeout: 10_000 }));
    this.title = tidy(settings.idleTitle);
    this.connecting = this.connect();
  }

  get state(): LiveStreamState {
    const wait = this.retryAt - Date.now();
    const retry = !this.socket && wait > 0 ? { retryIn: wait } : {};
    return { onAir: this.socket !== undefined, title: this.title, ...retry, trouble: this.problem };
  }

  counters(): Counters {
    return { ...this.count, dropped_seconds: this.program.dropped };
  }

  /** Takes audio. @throws TrunkflowError 'wrong-port' for what is not speech */
  write(message: AudioMessage): void {
    needSpeech(message);
    if (this.closed) return;
    if (this.socket) this.program.push(message, seconds());
    else this.count.missed_seconds += message.payload.length / 2 / message.info.rate;
  }

  /** Ends the stream. */
  async close(): Promise<void> {
    this.closed = true;
    this.abort.abort();
    clearTimeout(this.retry);
    this.hangUp();
    await this.connecting;
  }

  private async connect(): Promise<void> {
    try {
      const { format, bitrate } = this.settings;
      this.encoder ??= await createStreamEncoder(format, bitrate);
      const { signal } = this.abort;
      const socket = await connectSource(this.settings, this.encoder.contentType, { signal });
      if (this.closed) socket.destroy();
      else this.go(socket);
    } catch (error) {
      if (!this.closed) this.failed(asTrunkflowError(error, 'network', 'The stream could not be started'));
    }
  }

  private go(socket: Socket): void {
    this.socket = socket;
    this.count.connects++;
    socket.on('error', () => {});
    socket.on('close', () => {
      if (this.socket === socket) this.failed(lost(this.settings));
    });
    // A server that ends its side takes no more.
    socket.on('end', () => socket.destroy());
    this.begun = seconds();
    this.samples = 0;
    this.send(this.encoder!.begin(this.title));
    this.titles.forget();
    this.announce();
    this.timer = setInterval(() => {
      try {
        this.tick();
      } catch (error) {
        this.failed(asTrunkflowError(error, 'bad-message', 'The sound could not be encoded'));
      }
    }, TICK_MS);
    this.sink.changed();
  }

  private tick(): void {
    const now = seconds();
    let due = Math.floor((now + LEAD - this.begun) * STREAM_RATE) - this.samples;
    if (due > (MOST_BEHIND + LEAD) * STREAM_RATE) {
      this.begun += due / STREAM_RATE - LEAD;
      due = LEAD * STREAM_RATE;
    }
    const { step } = this.encoder!;
    due = Math.floor(due / step) * step;
    if (due <= 0) return;
    const block = this.program.take(due, now);
    this.samples += due;
    this.follow();
    this.send(this.encoder!.encode(block));
    if (this.samples > 30 * STREAM_RATE) this.settled();
  }

  /** The stream holds: a failure after this is news, and the first wait is short again. */
  private settled(): void {
    this.backoff.succeeded();
  }

  /** Lets the title follow what is heard. */
  private follow(): void {
    const { playing } = this.program;
    const id = playing && (playing.call?.id ?? playing.stream);
    const pattern = this.settings.title;
    const title = playing?.call ? callTitle(pattern, playing.call) : tidy(playing?.stream ?? this.settings.idleTitle);
    if (title !== this.title) {
      this.title = title;
      this.announce();
      this.sink.changed();
    }
    if (id === this.heard) return;
    this.heard = id;
    if (!playing?.call) return;
    this.count.calls++;
    this.sink.playing(playing.call);
  }

  private announce(): void {
    const inside = this.samples > 0 ? this.encoder!.title(this.title) : undefined;
    if (inside) this.send(inside);
    else if (this.settings.format === 'mp3') this.titles.set(this.title);
  }

  private send(bytes: Buffer): void {
    if (bytes.length === 0 || !this.socket) return;
    if (this.socket.writableLength > MOST_WAITING * this.settings.bitrate * 125) {
      this.failed(stalled(this.settings));
      return;
    }
    this.socket.write(bytes);
    this.count.sent_bytes += bytes.length;
    // The first bytes that the server takes end a trouble.
    if (this.problem && this.samples > 0) {
      this.problem = undefined;
      this.sink.changed();
    }
  }

  private failed(error: TrunkflowError): void {
    this.hangUp();
    const known = this.problem?.status === error.status;
    this.problem = error;
    const wait = this.backoff.failed();
    this.retryAt = Date.now() + wait;
    this.retry = setTimeout(() => {
      this.connecting = this.connect();
      this.sink.changed();
    }, wait).unref();
    if (!known) this.sink.trouble(error);
    this.sink.changed();
  }

  private hangUp(): void {
    clearInterval(this.timer);
    const { socket } = this;
    this.socket = undefined;
    socket?.destroy();
  }
}

function seconds(): number {
  return performance.now() / 1000;
}

function lost(settings: IcecastSettings): TrunkflowError {
  const { host } = target(settings).url;
  return new TrunkflowError('network', `The stream to ${host} was cut off`, { status: 'connection lost' });
}

function stalled(settings: IcecastSettings): TrunkflowError {
  const { host } = target(settings).url;
  return new TrunkflowError('network', `${host} does not take the stream fast enough`, {
    hint: 'A lower bit rate, or a better connection',
    status: 'too slow',
  });
}
