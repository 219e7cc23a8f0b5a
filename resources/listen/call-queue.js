/** Seconds of sound that may wait in all calls; beyond, the longest waiting call is dropped. */
const MAX_WAITING = 90;
/** A call that stops coming without an end is over after this many seconds. */
const STALE = 2;

/**
 * Puts calls that come at the same time one after the other: emergencies first, then by priority, then in the order in
 * which they began. The call that plays is never interrupted.
 */
export class CallQueue {
  /** @param {(about: object) => boolean} wanted whether a listener wants to hear a call */
  constructor(wanted = () => true) {
    this.wanted = wanted;
    /** Seconds of sound dropped because too much waited. */
    this.dropped = 0;
    this.tracks = new Map();
    this.playing = null;
  }

  /** The call that plays, as `about` was told of it; null when none does. */
  get current() {
    return this.playing ? this.playing.about : null;
  }

  /** Calls that wait. */
  get waiting() {
    let count = 0;
    for (const track of this.tracks.values()) if (track !== this.playing && track.seconds > 0) count++;
    return count;
  }

  /** A call began, or more is known of it. @param {{n: number, rate: number, call: object|null}} about */
  begin(about) {
    const track = this.tracks.get(about.n);
    if (track) track.about = about;
    else this.tracks.set(about.n, { about, chunks: [], seconds: 0, ended: false, skipped: false, heard: 0 });
  }

  /** @param {number} n @param {Float32Array} samples @param {number} now s */
  push(n, samples, now) {
    const track = this.tracks.get(n);
    if (!track) return;
    track.heard = now;
    if (track.skipped) return;
    if (track !== this.playing && !this.wanted(track.about)) return;
    track.chunks.push(samples);
    track.seconds += samples.length / track.about.rate;
    this.limit();
  }

  end(n) {
    const track = this.tracks.get(n);
    if (!track) return;
    track.ended = true;
    if (track !== this.playing && track.seconds === 0) this.tracks.delete(n);
  }

  /** Chooses the next call when none plays. @returns {object|null} what is known of it, once */
  choose() {
    if (this.playing) return null;
    for (const track of this.tracks.values()) {
      if (track.seconds > 0 && (!this.playing || isBefore(track.about, this.playing.about))) this.playing = track;
    }
    return this.current;
  }

  /** The next samples of the call that plays; null when there are none just now. */
  take() {
    const samples = this.playing?.chunks.shift();
    if (!samples) return null;
    this.playing.seconds -= samples.length / this.playing.about.rate;
    return samples;
  }

  /** True when nothing more will come of the call that plays. @param {number} now s */
  isOver(now) {
    const track = this.playing;
    return track !== null && track.chunks.length === 0 && (track.ended || now - track.heard > STALE);
  }

  /** The call that plays has been played: the next may. */
  release() {
    const track = this.playing;
    this.playing = null;
    if (!track) return;
    if (track.ended) this.tracks.delete(track.about.n);
    track.chunks = [];
    track.seconds = 0;
  }

  /** Enough of the call that plays, also of what is still to come of it. */
  skip() {
    if (this.playing) this.playing.skipped = true;
    this.release();
  }

  /** Drops what waits and is no longer wanted. */
  filter() {
    for (const track of this.tracks.values()) {
      if (track === this.playing || this.wanted(track.about)) continue;
      track.chunks = [];
      track.seconds = 0;
      if (track.ended) this.tracks.delete(track.about.n);
    }
  }

  /** Drops all sound; calls that go on are still known. */
  silence() {
    this.playing = null;
    for (const [n, track] of this.tracks) {
      track.chunks = [];
      track.seconds = 0;
      if (track.ended) this.tracks.delete(n);
    }
  }

  clear() {
    this.tracks.clear();
    this.playing = null;
  }

  limit() {
    let total = 0;
    for (const track of this.tracks.values()) total += track.seconds;
    for (const track of this.tracks.values()) {
      if (total <= MAX_WAITING) return;
      if (track === this.playing || track.seconds === 0) continue;
      this.dropped += track.seconds;
      total -= track.seconds;
      track.chunks = [];
      track.seconds = 0;
      if (track.ended) this.tracks.delete(track.about.n);
    }
    while (total > MAX_WAITING && this.playing?.chunks.length) {
      const lost = this.take().length / this.playing.about.rate;
      this.dropped += lost;
      total -= lost;
    }
  }
}

function isBefore(a, b) {
  const emergency = Boolean(a.call?.emergency);
  if (emergency !== Boolean(b.call?.emergency)) return emergency;
  return (a.call?.priority ?? 0) > (b.call?.priority ?? 0);
}
