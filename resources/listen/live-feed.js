import { CallQueue } from './call-queue.js';
import { callOf } from './calls.js';

/** Sound handed to the player ahead of time, s; the rest waits where it can be skipped. */
const AHEAD = 1;

const now = () => performance.now() / 1000;

/**
 * The live feed: takes what the server sends and plays one call after the other. Events: 'changed' whenever something
 * that is shown may have, 'began' {call} when a call comes on the air, 'playing' {track} when one begins to be heard,
 * 'hello' {hello}, 'past' {call}, 'control' {control}, 'lost' {seconds} of sound.
 */
export class LiveFeed extends EventTarget {
  /**
   * @param {import('./web/connection.js').Connection} connection
   * @param {import('./sound.js').Sound} sound
   * @param {import('./listening-rules.js').ListeningRules} rules
   */
  constructor(connection, sound, rules) {
    super();
    Object.assign(this, { connection, sound, rules });
    this.queue = new CallQueue((call) => rules.mayHear(call));
    /** A person listens. */
    this.on = false;
    this.paused = false;
    /** Recordings are played: live calls wait. */
    this.aside = false;
    /** Calls on the air, by stream. */
    this.onAir = new Map();
    this.listeners = 0;
    this.buffered = 0;
    /** Counts what was given to the player: what it reports of an earlier call says nothing of this one. */
    this.begun = 0;
    /** Counts connections: each numbers its streams anew. */
    this.connections = 0;
    /** Seconds that had come of the running calls when the sound stopped coming, by call id. */
    this.received = new Map();
    /** Seconds still to leave out, by stream: the server gives a running call from its beginning. */
    this.known = new Map();
    /** The call that plays has been given to the player completely. */
    this.finishing = false;
    sound.addEventListener('report', (report) => this.onReport(report));
    connection.addEventListener('open', () => this.on && connection.send({ listen: true }));
    connection.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') this.onText(JSON.parse(data));
      else this.onSound(data);
    });
    connection.addEventListener('lost', () => this.disconnected());
    // A call whose stream stops without an end is over by time alone.
    setInterval(() => this.pump(), 500);
  }

  /** What plays now; null when nothing does. */
  get current() {
    return this.queue.current;
  }

  /** Seconds into the call that plays. */
  get position() {
    const track = this.current;
    return track ? Math.max(0, track.at + track.played - this.buffered) : 0;
  }

  /** Must be called while a click or key is handled: browsers then allow sound. */
  async start() {
    await this.sound.start();
    if (this.on) return;
    this.on = true;
    this.connection.send({ listen: true });
    this.changed();
  }

  stop() {
    this.on = false;
    this.keepReceived();
    this.connection.send({ listen: false });
    this.sound.send({ stop: true });
    this.queue.silence();
    this.changed();
  }

  async pause(on) {
    this.paused = on;
    await this.sound.hold(on);
    this.pump();
    this.changed();
  }

  /** Makes way for recordings, or comes back. */
  stepAside(on) {
    if (this.aside === on) return;
    this.aside = on;
    if (on) {
      this.sound.send({ stop: true });
      this.queue.suspend(this.buffered);
    } else this.pump();
    this.changed();
  }

  skip() {
    this.sound.send({ stop: true });
    this.queue.skip();
    this.pump();
    this.changed();
  }

  skipAll() {
    this.sound.send({ stop: true });
    this.queue.skipAll();
    this.pump();
    this.changed();
  }

  /** The call that plays from its beginning, or the last; again: the one before. False when there is none. */
  replay() {
    return this.begin(this.queue.replay(this.buffered));
  }

  /** A past call; false when its sound is not kept. */
  replayCall(id) {
    return this.begin(this.queue.replayCall(id, this.buffered));
  }

  /** The rules have changed. */
  filter() {
    this.queue.filter();
    const track = this.current;
    const reason = track && !track.replayed && this.rules.refusal(track.about.call);
    if (reason && reason !== 'held') this.skip();
    this.pump();
    this.changed();
  }

  onText(message) {
    if (message.type === 'hello') {
      this.listeners = message.listeners;
      this.dispatchEvent(Object.assign(new Event('hello'), { hello: message }));
    } else if (message.type === 'call') this.onCall(message);
    else if (message.type === 'figures') this.onFigures(message);
    else if (message.type === 'end') {
      const n = this.streamOf(message.n);
      this.onAir.delete(n);
      this.known.delete(n);
      this.queue.end(n);
      this.pump();
    } else if (message.type === 'past') this.dispatchEvent(Object.assign(new Event('past'), { call: message.call }));
    else if (message.type === 'listeners') this.listeners = message.count;
    else if (message.type === 'control') this.dispatchEvent(Object.assign(new Event('control'), { control: message }));
    else if (message.type === 'lost') this.dispatchEvent(Object.assign(new Event('lost'), { seconds: message.seconds }));
    this.changed();
  }

  onCall(message) {
    const n = this.streamOf(message.n);
    const before = this.onAir.get(n);
    const about = { ...message, n, call: callOf(message) };
    // What is told anew says nothing of the figures.
    if (before) about.call = { ...about.call, ...before.figures };
    about.figures = before?.figures;
    if (message.at !== undefined) this.skipReceived(about);
    this.onAir.set(n, about);
    this.queue.begin(about);
    if (!before) this.dispatchEvent(Object.assign(new Event('began'), { call: about.call }));
  }

  onFigures({ type: _type, n, ...figures }) {
    const about = this.onAir.get(this.streamOf(n));
    if (!about) return;
    about.figures = figures;
    Object.assign(about.call, figures);
  }

  onSound(data) {
    if (!this.on) return;
    const n = this.streamOf(new DataView(data).getUint32(0, true));
    // Little endian, as every machine with a browser is.
    const samples = new Int16Array(data, 4);
    const known = this.known.get(n) ?? 0;
    if (known > 0) {
      this.known.set(n, known - samples.length / (this.onAir.get(n)?.rate ?? 8000));
      return;
    }
    this.queue.push(n, samples, now());
    this.pump();
  }

  onReport({ call, buffered, drained }) {
    if (call !== this.begun) return;
    this.buffered = buffered;
    if (drained) {
      this.queue.release();
      this.changed();
    }
    this.pump();
  }

  disconnected() {
    this.keepReceived();
    this.onAir.clear();
    this.known.clear();
    this.connections++;
    // Streams are numbered anew; what was on its way is lost.
    for (const n of [...this.queue.tracks.keys()]) this.queue.end(n);
    this.pump();
    this.changed();
  }

  /** Gives the player what it may have. */
  pump() {
    if (!this.sound.started || this.paused || this.aside) return;
    const chosen = this.on ? this.queue.choose() : null;
    if (chosen) this.begin(chosen);
    while (this.current && !this.finishing && this.buffered < AHEAD) {
      const samples = this.queue.take();
      if (!samples) break;
      this.buffered += samples.length / this.current.about.rate;
      this.sound.send({ samples: toFloat(samples) });
    }
    if (this.current && !this.finishing && this.queue.isOver(now())) {
      this.finishing = true;
      this.sound.send({ finish: true });
    }
  }

  begin(track) {
    if (!track) return false;
    this.finishing = false;
    this.buffered = 0;
    this.sound.send({ start: track.about.rate, id: ++this.begun });
    this.dispatchEvent(Object.assign(new Event('playing'), { track }));
    this.pump();
    this.changed();
    return true;
  }

  streamOf(n) {
    return `${this.connections}/${n}`;
  }

  keepReceived() {
    this.received.clear();
    for (const track of this.queue.tracks.values())
      if (!track.ended) this.received.set(track.about.call.id, track.at + track.played + track.seconds);
  }

  /** What had come of a call before the sound stopped coming is not heard again. */
  skipReceived(about) {
    const seconds = this.received.get(about.call.id) ?? 0;
    this.received.delete(about.call.id);
    if (seconds <= about.at) return;
    this.known.set(about.n, seconds - about.at);
    about.at = seconds;
  }

  changed() {
    this.dispatchEvent(new Event('changed'));
  }
}

function toFloat(samples) {
  const floats = new Float32Array(samples.length);
  for (let i = 0; i < samples.length; i++) floats[i] = samples[i] / 32768;
  return floats;
}
