/** Longest pause between two attempts, s. */
const LONGEST = 15;
/** An answer that takes longer does not come any more, ms: requests of a device that slept hang for ever. */
const PATIENCE = 20_000;

/**
 * The page's WebSocket: connects, and connects again by itself with growing pauses. Events: 'connecting', 'open',
 * 'message' (event.data), 'lost' (event.seconds until the next attempt).
 */
export class Connection extends EventTarget {
  constructor() {
    super();
    this.failures = 0;
    this.socket = null;
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
      const socket = new WebSocket(url);
      socket.binaryType = 'arraybuffer';
      socket.onopen = () => {
        this.failures = 0;
        this.dispatchEvent(new Event('open'));
      };
      socket.onmessage = ({ data }) => this.dispatchEvent(Object.assign(new Event('message'), { data }));
      socket.onclose = () => this.retry();
      this.socket = socket;
    } catch {
      this.retry();
    }
  }

  /** @param {object} message goes out as JSON; nothing happens while there is no connection */
  send(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  retry() {
    this.socket = null;
    const seconds = Math.min(LONGEST, 2 ** this.failures++);
    this.dispatchEvent(Object.assign(new Event('lost'), { seconds }));
    // Not all pages at the same moment.
    this.timer = setTimeout(() => this.open(), seconds * 1000 * (0.8 + 0.4 * Math.random()));
  }

  hurry() {
    if (this.timer) void this.open();
  }
}
