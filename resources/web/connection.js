/** Longest pause between two attempts, s. */
const LONGEST = 15;
/** An answer that takes longer does not come any more, ms: requests of a device that slept hang for ever. */
const PATIENCE = 20_000;
/** What the server says every 20 s, so that a page knows that it is still there. */
const BEAT = '{"type":"beat"}';
/** A connection on which nothing comes for longer is over, ms. */
const SILENCE = 50_000;
/** How often it is looked at, ms. */
const LOOK = 5000;

/**
 * Notices that nothing comes any more: a browser is not told that its device slept or left the network, and would wait
 * for ever. By the clock of the day, which goes on while a device sleeps.
 */
export class Watch {
  /** @param {() => void} silent called once, when nothing came for 50 s */
  constructor(silent) {
    this.silent = silent;
    this.last = Date.now();
    this.timer = setInterval(() => this.look(), LOOK);
  }

  /** Something came. @returns {boolean} whether it is for the page, and not only a sign of life */
  hear(data) {
    this.last = Date.now();
    return data !== BEAT;
  }

  look() {
    const now = Date.now();
    // The clock may have been set back.
    if (now < this.last) this.last = now;
    if (now - this.last <= SILENCE) return;
    this.stop();
    this.silent();
  }

  stop() {
    clearInterval(this.timer);
  }
}

/** Ends a socket at once, without waiting for the other side to answer. @param {WebSocket} socket */
export function drop(socket) {
  socket.onopen = socket.onmessage = socket.onclose = null;
  socket.close();
}

/**
 * Opens a WebSocket for `link`, which tells what comes by its events 'open' and 'message', counts its `failures`, and is to
 * `retry(silent)` when it is over.
 * @returns {{ socket: WebSocket, watch: Watch }}
 */
export function connect(url, link) {
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => {
    link.failures = 0;
    link.dispatchEvent(new Event('open'));
  };
  const watch = new Watch(() => {
    drop(socket);
    link.retry(true);
  });
  socket.onmessage = ({ data }) => {
    if (watch.hear(data)) link.dispatchEvent(Object.assign(new Event('message'), { data }));
  };
  socket.onclose = () => link.retry();
  return { socket, watch };
}

/**
 * The page's WebSocket: connects, and connects again by itself with growing pauses. Events: 'connecting', 'open',
 * 'message' (event.data), 'lost' (event.seconds until the next attempt, event.silent: nothing came any more).
 */
export class Connection extends EventTarget {
  constructor() {
    super();
    this.failures = 0;
    this.socket = null;
    this.watch = null;
    this.timer = 0;
    // A device that wakes up, or is in a network again, need not wait.
    addEventListener('online', () => this.hurry());
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.hurry());
  }

  /** Connects; again only after 'lost' by itself. */
  async open() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.dispatchEvent(new Event('connecting'));
    try {
      const response = await fetch('session', {
        cache: 'no-store',
        credentials: 'same-origin',
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (!response.ok) throw new Error(`session: ${response.status}`);
      const { token } = await response.json();
      const url = new URL(`live?token=${token}`, location.href);
      url.protocol = url.protocol.replace('http', 'ws');
      Object.assign(this, connect(url, this));
    } catch {
      this.retry();
    }
  }

  /** @param {object} message goes out as JSON; nothing happens while there is no connection */
  send(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  retry(silent = false) {
    this.watch?.stop();
    this.watch = this.socket = null;
    const seconds = Math.min(LONGEST, 2 ** this.failures++);
    this.dispatchEvent(Object.assign(new Event('lost'), { seconds, silent }));
    // Not all pages at the same moment.
    this.timer = setTimeout(() => this.open(), seconds * 1000 * (0.8 + 0.4 * Math.random()));
  }

  hurry() {
    if (this.timer) void this.open();
    else this.watch?.look();
  }
}
