import { isBefore } from './listening-rules.js';

/** Seconds of sound that may wait in all calls; beyond, the longest waiting call is dropped. */
const MAX_WAITING = 300;
/** A call that stops coming without an end is over after this many seconds. */
const STALE = 2;
/** Seconds kept of what has been played of the call that plays. */
const MAX_PLAYED = 120;
/** Calls that can be played again, and their seconds. */
const MAX_PAST = 20;
const MAX_PAST_SECONDS = 300;

/**
 * Puts calls that come at the same time one after the other: emergencies first, then by priority, then in the order in
 * which they began. The call that plays is never interrupted, unless a person asks for another one again; then it goes
 * on afterwards. Sound is s16 samples in Int16Arrays.
 */
export class CallQueue {
  /** @param {(call: object) => boolean} mayHear asked as sound comes, but not for the call that plays */
  constructor(mayHear = () => true) {
    this.mayHear = mayHear;
    /** Seconds of sound dropped because too much waited. */
    this.dropped = 0;
    this.tracks = new Map();
    this.playing = null;
    /** Calls that were played, the last first. */
    this.past = [];
  }

  /** What plays: {about, replayed, ...}; null when nothing does. */
  get current() {
    return this.playing;
  }

  /** The calls that wait, in the order in which they will be played. */
  get waiting() {
    const waiting = [...this.tracks.values()].filter((track) => track !== this.playing && track.seconds > 0);
    const first = (a, b) => Number(b.suspended) - Number(a.suspended);
    return waiting.sort((a, b) => first(a, b) || Number(goesBefore(b, a)) - Number(goesBefore(a, b)));
  }

  /** A call began, or more is known of it. @param {{n: number, rate: number, call: object, at: number}} about */
  begin(about) {
    const track = this.tracks.get(about.n);
    if (!track) this.tracks.set(about.n, newTrack(about));
    else if (track.chunks.length === 0) Object.assign(track, { about, at: about.at ?? 0 });
    else track.about = about;
  }

  /** @param {number} n @param {Int16Array} samples @param {number} now s */
  push(n, samples, now) {
    const track = this.tracks.get(n);
    if (!track) return;
    track.heard = now;
    if (track.skipped) return;
    if (track !== this.playing && !track.suspended && !this.mayHear(track.about.call)) return;
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

  /** Chooses the next call when none plays. @returns {object|null} it, once */
  choose() {
    if (this.playing) return null;
    [this.playing = null] = this.waiting;
    if (this.playing) this.playing.suspended = false;
    return this.playing;
  }

  /** The next samples of the call that plays; null when there are none just now. */
  take() {
    const track = this.playing;
    const samples = track?.chunks[track.next];
    if (!samples) return null;
    const seconds = samples.length / track.about.rate;
    track.next++;
    track.seconds -= seconds;
    track.played += seconds;
    while (track.next > 1 && track.played > MAX_PLAYED) {
      const dropped = track.chunks.shift().length / track.about.rate;
      track.next--;
      track.played -= dropped;
      track.at += dropped;
    }
    return samples;
  }

  /** True when nothing more will come of the call that plays. @param {number} now s */
  isOver(now) {
    const track = this.playing;
    return track !== null && track.next >= track.chunks.length && (track.ended || now - track.heard > STALE);
  }

  /** The call that plays has been played: the next may. */
  release() {
    const track = this.playing;
    this.playing = null;
    if (!track || track.replayed) return;
    this.remember(track);
    if (track.ended) this.tracks.delete(track.about.n);
    // What may still come of it begins anew.
    else this.tracks.set(track.about.n, { ...newTrack(track.about), heard: track.heard, skipped: track.skipped });
  }

  /** Enough of the call that plays, also of what is still to come of it. */
  skip() {
    if (this.playing) this.playing.skipped = true;
    this.release();
  }

  /** Enough of all that waits, too: what comes next is what begins now. */
  skipAll() {
    for (const track of this.tracks.values()) track.skipped = true;
    this.skip();
    for (const [n, track] of this.tracks) this.empty(n, track);
  }

  /**
   * Plays again: the call that plays from its beginning; asked once more, or when none plays, the last one; asked while
   * one plays again, the one before.
   * @param {number} [buffered] seconds of the call that plays that were taken but not heard
   * @returns {object|null} what plays now; null when there is nothing
   */
  replay(buffered = 0) {
    const track = this.playing;
    if (track?.replayed) return this.playPast(Math.min(track.index + 1, this.past.length - 1));
    if (track && (!track.restarted || this.past.length === 0)) {
      rewind(track, track.played);
      track.restarted = true;
      return track;
    }
    return this.past.length > 0 ? this.playPast(0, buffered) : null;
  }

  /** Plays the past call with this id again; null when its sound is not kept. */
  replayCall(id, buffered = 0) {
    const index = this.past.findIndex(({ about }) => about.call.id === id);
    return index < 0 ? null : this.playPast(index, buffered);
  }

  /** What plays has to wait, and goes on later. @param {number} [buffered] seconds that were taken but not heard */
  suspend(buffered = 0) {
    const track = this.playing;
    this.playing = null;
    if (!track || track.replayed) return;
    rewind(track, buffered);
    track.suspended = true;
    if (!track.ended || track.seconds > 0) return;
    this.remember(track);
    this.tracks.delete(track.about.n);
  }

  /** Drops what waits and may no longer be heard. */
  filter() {
    for (const [n, track] of this.tracks)
      if (track !== this.playing && !this.mayHear(track.about.call)) this.empty(n, track);
  }

  /** Drops all sound; calls that go on are still known. */
  silence() {
    this.playing = null;
    for (const [n, track] of this.tracks) this.empty(n, track);
  }

  /** Forgets all calls but the past ones. */
  clear() {
    this.tracks.clear();
    this.playing = null;
  }

  playPast(index, buffered = 0) {
    this.suspend(buffered);
    const past = this.past[index];
    const track = { ...newTrack(past.about), at: past.at, chunks: past.chunks, seconds: past.seconds };
    this.playing = Object.assign(track, { ended: true, replayed: true, index });
    return this.playing;
  }

  remember({ about, at, chunks, played, seconds }) {
    if (played + seconds < 0.2) return;
    const before = this.past.findIndex((one) => one.about.call.id === about.call.id && one.about.n === about.n);
    if (before >= 0) this.past.splice(before, 1);
    this.past.unshift({ about, at, chunks, seconds: played + seconds });
    let total = 0;
    const kept = this.past.findIndex((one, index) => index >= MAX_PAST || (total += one.seconds) > MAX_PAST_SECONDS);
    if (kept >= 0) this.past.length = Math.max(1, kept);
  }

  empty(n, track) {
    if (track.ended) this.tracks.delete(n);
    else Object.assign(track, { chunks: [], next: 0, seconds: 0, played: 0, suspended: false });
  }

  limit() {
    let total = 0;
    for (const track of this.tracks.values()) total += track.seconds;
    for (const [n, track] of this.tracks) {
      if (total <= MAX_WAITING) return;
      if (track === this.playing || track.seconds === 0) continue;
      this.dropped += track.seconds;
      total -= track.seconds;
      this.empty(n, track);
    }
    const track = this.playing;
    while (total > MAX_WAITING && track && track.next < track.chunks.length) {
      const [lost] = track.chunks.splice(track.next, 1);
      const seconds = lost.length / track.about.rate;
      track.seconds -= seconds;
      this.dropped += seconds;
      total -= seconds;
    }
  }
}

/** `seconds` wait from chunk `next` on, `played` lie before it, `at` before the first. */
function newTrack(about) {
  const state = { ended: false, skipped: false, suspended: false, restarted: false, replayed: false };
  return { about, at: about.at ?? 0, chunks: [], next: 0, seconds: 0, played: 0, heard: 0, ...state };
}

function rewind(track, seconds) {
  for (let back = 0; track.next > 0 && back < seconds - 1e-6; ) {
    track.next--;
    const length = track.chunks[track.next].length / track.about.rate;
    back += length;
    track.seconds += length;
    track.played -= length;
  }
}

function goesBefore(a, b) {
  return isBefore(a.about.call, b.about.call);
}
