import type { TrunkflowError } from '../../core/errors';
import type { CallMessage, Control, EventObject, PortMessage, StreamMessage } from '../../core/messages';
import type { Counters, StageSpec } from '../../core/stage';
import { StageHost, type StageHostOptions } from '../../core/stage-host';
import type { ScopeEvent } from '../../dsp/scope/stage';
import { ChannelBoard } from './channel-board';
import { readViewerRequest, type ViewerRequest } from './requests';
import { keyOf, StreamList, type WatchableMessage } from './stream-list';

/** A connection to somebody who looks. */
export interface ScopeViewer {
  /** True when this viewer may open and close channels and tune. */
  mayControl: boolean;
  send(data: string | Uint8Array): void;
  /** Bytes sent that have not left yet. */
  waiting(): number;
}

export interface ScopeHubOptions {
  /** Shown on the page. */
  title: string;
  /** Frequencies are rounded to multiples of this, Hz; 0: not at all. */
  raster: number;
  /** The stage for a stream that is watched. */
  spec(): StageSpec;
  /** Commands of viewers, checked. */
  control(command: Control): void;
  error(error: TrunkflowError): void;
  /** The number of viewers changed. */
  changed?(): void;
  /** For tests and benchmarks. */
  host?: Partial<Pick<StageHostOptions, 'pool' | 'gate'>>;
  now?(): number;
}

/** A stream somebody watches: one computation, however many do. */
interface Watched {
  host: StageHost;
  viewers: Set<Viewer>;
  /** When its next frame is due, ms. */
  due: number;
}

/** Streams computed at the same time. */
const MOST_WATCHED = 8;
/** Bytes that may wait for a viewer; while more do it gets no frames. */
const MOST_WAITING = 256 * 1024;
/**
 * Milliseconds between two frames of a stream, on average, and how much earlier one may come: a stream that runs faster
 * than real time has more frames than are sent; in one that does not, blocks come a little early or late.
 */
const FRAME_PAUSE = 95;
const FRAME_EARLY = 150;
/** Milliseconds between two looks at streams and channels. */
const STATE_PAUSE = 500;
/** Requests of one viewer that are listened to in each such time. */
const MOST_REQUESTS = 20;
/** Channels a scope holds open. */
const MOST_MINE = 32;

/**
 * What a scope shows, and to whom. It looks at the messages' descriptions only; blocks of a stream go to a worker thread
 * while somebody watches that stream, and nowhere otherwise. What the worker makes of them is sent to all who watch, as
 * it is; who cannot take it that fast loses frames and delays nobody.
 */
export class ScopeHub {
  private readonly streams: StreamList;
  private readonly board: ChannelBoard;
  private readonly viewers = new Set<Viewer>();
  private readonly watched = new Map<string, Watched>();
  private readonly now: () => number;
  private timer?: NodeJS.Timeout;
  private readonly count = {
    seen: 0,
    forwarded: 0,
    frames: 0,
    sent: 0,
    dropped: 0,
    skipped: 0,
    requests: 0,
    refused: 0,
  };

  constructor(private readonly options: ScopeHubOptions) {
    this.now = options.now ?? (() => performance.now());
    this.streams = new StreamList(this.now);
    this.board = new ChannelBoard(this.now);
  }

  get size(): number {
    return this.viewers.size;
  }

  /** Blocks seen and forwarded to a worker; frames computed, sent, lost by slow viewers; requests. */
  counters(): Counters {
    return { ...this.count, viewers: this.viewers.size, watched: this.watched.size };
  }

  /** Sees a block. */
  receive(message: WatchableMessage): void {
    this.count.seen++;
    this.streams.take(message);
    if (message.port === 'iq' && message.info.stream.includes('/')) this.board.signal(message.info);
    if (this.watched.size === 0) return;
    const watched = this.watched.get(keyOf(message.port, message.info.stream));
    if (!watched) return;
    this.count.forwarded++;
    watched.host.receive(message as StreamMessage);
  }

  /** Sees an event. */
  event(event: EventObject): void {
    this.board.event(event);
  }

  /** Sees what happened to a call. */
  call(message: CallMessage): void {
    this.board.call(message);
  }

  /** Adds a viewer; `take` is for what it sends, `leave` removes it. */
  join(viewer: ScopeViewer): { take(text: string): void; leave(): void } {
    const entry = new Viewer(viewer);
    this.viewers.add(entry);
    const { title, raster } = this.options;
    viewer.send(JSON.stringify({ type: 'hello', title, raster, control: viewer.mayControl }));
    this.tell();
    this.timer ??= setInterval(() => this.look(), STATE_PAUSE).unref();
    this.options.changed?.();
    return {
      take: (text) => this.request(entry, text),
      leave: () => {
        if (!this.viewers.delete(entry)) return;
        this.unwatch(entry);
        if (this.viewers.size === 0) {
          clearInterval(this.timer);
          this.timer = undefined;
        }
        this.options.changed?.();
      },
    };
  }

  close(): void {
    clearInterval(this.timer);
    for (const { host } of this.watched.values()) host.close();
    this.watched.clear();
    this.viewers.clear();
  }

  private request(viewer: Viewer, text: string): void {
    if (!this.viewers.has(viewer) || ++viewer.requests > MOST_REQUESTS) return;
    const request = readViewerRequest(text);
    this.count.requests++;
    if (request && this.obey(viewer, request)) return;
    this.count.refused++;
  }

  /** False for what this viewer may not ask, or what cannot be. */
  private obey(viewer: Viewer, request: ViewerRequest): boolean {
    if (request.type === 'watch' || request.type === 'pause') {
      if (request.type === 'watch') viewer.wish = request.stream;
      else viewer.paused = request.on;
      this.choose(viewer);
      viewer.shown = '';
      this.tellOne(viewer, this.state());
      return true;
    }
    if (!viewer.to.mayControl) return false;
    if (request.type === 'tune') this.options.control({ tune: Math.round(request.frequency) });
    else if (request.type === 'open') {
      const { raster } = this.options;
      const frequency = raster > 0 ? Math.round(Math.round(request.frequency / raster) * raster) : request.frequency;
      if (!this.streams.covers(frequency) || this.board.mine().length >= MOST_MINE) return false;
      const id = channelName(frequency);
      this.board.ask(id, frequency);
      this.options.control({ open: { frequency, id } });
    } else {
      // Only what was opened here: channels of calls and of the channelizer's own list are not the viewers'.
      const mine = this.board.mine().find(({ id }) => id === request.id);
      if (!mine) return false;
      this.board.drop(mine.id);
      this.options.control({ close: { id: mine.id } });
    }
    this.tell();
    return true;
  }

  private look(): void {
    for (const viewer of this.viewers) viewer.requests = 0;
    this.tell();
  }

  /** Tells all viewers of streams and channels, each what is new to it. */
  private tell(): void {
    if (this.viewers.size === 0) return;
    for (const viewer of this.viewers) this.choose(viewer);
    const state = this.state();
    for (const viewer of this.viewers) this.tellOne(viewer, state);
  }

  private state(): object {
    return { type: 'state', streams: this.streams.list(), channels: this.board.list() };
  }

  private tellOne(viewer: Viewer, state: object): void {
    const text = JSON.stringify({ ...state, watching: viewer.watching ?? null });
    if (text === viewer.shown || viewer.to.waiting() > MOST_WAITING) return;
    viewer.shown = text;
    viewer.to.send(text);
  }

  /** Lets a viewer watch what it wishes, or the first stream there is as long as that is not there. */
  private choose(viewer: Viewer): void {
    const wish = this.streams.get(viewer.wish) ? viewer.wish : this.streams.list()[0]?.stream;
    const wanted = viewer.paused ? undefined : wish;
    if (wanted === viewer.watching) return;
    this.unwatch(viewer);
    if (wanted === undefined) return;
    let watched = this.watched.get(wanted);
    if (!watched) {
      if (this.watched.size >= MOST_WATCHED) return;
      watched = this.watch(wanted);
    }
    watched.viewers.add(viewer);
    viewer.watching = wanted;
  }

  private watch(stream: string): Watched {
    const host = new StageHost({
      spec: () => this.options.spec(),
      emit: (messages) => this.spread(stream, messages),
      error: (error) => this.options.error(error),
      // Who looks wants to see now, not what was.
      inbox: { blocks: 4, lag: 0, bytes: 0 },
      ...this.options.host,
    });
    const watched = { host, viewers: new Set<Viewer>(), due: Number.NEGATIVE_INFINITY };
    this.watched.set(stream, watched);
    return watched;
  }

  private unwatch(viewer: Viewer): void {
    const { watching } = viewer;
    if (watching === undefined) return;
    viewer.watching = undefined;
    const watched = this.watched.get(watching)!;
    watched.viewers.delete(viewer);
    if (watched.viewers.size > 0) return;
    watched.host.close();
    this.watched.delete(watching);
  }

  private spread(stream: string, messages: PortMessage[]): void {
    const watched = this.watched.get(stream);
    for (const message of messages) {
      if (message.port !== 'event' || !watched) continue;
      this.count.frames++;
      const now = this.now();
      if (now < watched.due - FRAME_EARLY) {
        this.count.skipped++;
        continue;
      }
      watched.due = Math.max(watched.due, now - FRAME_EARLY) + FRAME_PAUSE;
      // Sockets take memory of their own only.
      const frame = Buffer.from((message.payload as ScopeEvent).frame);
      for (const viewer of watched.viewers) {
        if (viewer.to.waiting() > MOST_WAITING) this.count.dropped++;
        else {
          viewer.to.send(frame);
          this.count.sent++;
        }
      }
    }
  }
}

class Viewer {
  /** The stream it wants to watch; '' is any. */
  wish = '';
  watching?: string;
  paused = false;
  /** The last state it was told. */
  shown = '';
  requests = 0;

  constructor(readonly to: ScopeViewer) {}
}

/** Name of a channel that is opened from the scope: its frequency in MHz. */
function channelName(frequency: number): string {
  return String(Number((frequency / 1e6).toFixed(6)));
}
