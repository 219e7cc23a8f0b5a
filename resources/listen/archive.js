/** Calls on a page of results. */
const PAGE = 25;

/**
 * The archive: searches, and plays what is found, one call after the other. Events: 'found' when the results have
 * changed, 'playing' when what plays has, 'failed' {problem} with a key of the texts.
 */
export class ArchiveSearch extends EventTarget {
  /** @param {import('./sound.js').Sound} sound @param {import('./live-feed.js').LiveFeed} feed */
  constructor(sound, feed) {
    super();
    Object.assign(this, { sound, feed });
    this.calls = [];
    /** What each page before this one began with; undefined is the first. */
    this.pages = [undefined];
    this.next = undefined;
    this.query = {};
    this.busy = false;
    /** The call that plays or is paused; null when none does. */
    this.playing = null;
    /** Goes on with the next call in time. */
    this.onward = true;
    const { recording } = sound;
    for (const name of ['play', 'pause', 'timeupdate', 'durationchange'])
      recording.addEventListener(name, () => this.tell());
    recording.addEventListener('ended', () => this.ended());
    recording.addEventListener('error', () => this.playing && this.broken());
  }

  get page() {
    return this.pages.length;
  }

  /** @param {Record<string, string | number | boolean>} query as `GET calls` takes it */
  search(query) {
    this.query = query;
    this.pages = [undefined];
    return this.load();
  }

  older() {
    if (!this.next) return Promise.resolve();
    this.pages.push(this.next);
    return this.load();
  }

  newer() {
    if (this.pages.length > 1) this.pages.pop();
    return this.load();
  }

  async load() {
    const parameters = new URLSearchParams({ ...this.query, limit: PAGE });
    const from = this.pages.at(-1);
    if (from) parameters.set('next', from);
    const asked = (this.asked = Symbol('request'));
    this.busy = true;
    this.dispatchEvent(new Event('found'));
    try {
      const response = await fetch(`calls?${parameters}`, { cache: 'no-store', credentials: 'same-origin' });
      if (asked !== this.asked) return;
      if (!response.ok) throw new Error(response.status === 429 ? 'archive.tooOften' : 'archive.failed');
      ({ calls: this.calls, next: this.next } = await response.json());
    } catch (error) {
      if (asked !== this.asked) return;
      const problem = error.message.startsWith('archive.') ? error.message : 'archive.failed';
      this.dispatchEvent(Object.assign(new Event('failed'), { problem }));
    } finally {
      if (asked === this.asked) {
        this.busy = false;
        this.dispatchEvent(new Event('found'));
      }
    }
  }

  get isPlaying() {
    return this.playing !== null && !this.sound.recording.paused;
  }

  address(id) {
    return `audio/${encodeURIComponent(id)}`;
  }

  /** Must be called while a click or key is handled. @param {{id: string, call: object}} found */
  async play(found) {
    this.playing = found;
    this.tell();
    if (this.feed.paused) await this.feed.pause(false);
    this.feed.stepAside(true);
    try {
      const started = this.sound.start();
      this.sound.recording.src = this.address(found.id);
      const playing = this.sound.recording.play();
      await Promise.all([started, playing]);
    } catch (error) {
      // Another one was chosen meanwhile; what is broken is told by the element.
      if (error.name === 'NotAllowedError') this.stop();
    }
  }

  toggle() {
    const { recording } = this.sound;
    if (!this.playing) return;
    if (recording.paused) {
      this.feed.stepAside(true);
      void recording.play().catch(() => {});
    } else recording.pause();
  }

  /** Back to what is live. */
  stop() {
    this.playing = null;
    this.sound.recording.pause();
    this.sound.recording.removeAttribute('src');
    this.feed.stepAside(false);
    this.tell();
  }

  /** The call after (1) or before (-1) the one that plays, in time; the list has the newest first. */
  neighbour(step) {
    const at = this.calls.findIndex(({ id }) => id === this.playing?.id);
    if (at < 0) return undefined;
    for (let i = at - step; i >= 0 && i < this.calls.length; i -= step) if (this.calls[i].playable) return this.calls[i];
    return undefined;
  }

  step(step) {
    const next = this.neighbour(step);
    if (next) void this.play(next);
    else if (step > 0) this.stop();
  }

  ended() {
    if (this.onward) this.step(1);
    else this.stop();
  }

  broken() {
    const missing = this.sound.recording.error?.code === MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED;
    this.stop();
    this.dispatchEvent(
      Object.assign(new Event('failed'), { problem: missing ? 'archive.noRecording' : 'archive.broken' }),
    );
  }

  tell() {
    this.dispatchEvent(new Event('playing'));
  }
}
