import { connect } from '../web/connection.js';
import { Texts } from '../web/i18n.js';
import { ScopeView } from './scope-view.js';

const BASE = './resources/@trunkflow/node-red/scope';
/** Longest pause between two attempts, s. */
const LONGEST = 15;

/**
 * The editor's way to the scopes: a WebSocket below the admin root. Its token is asked for as the editor asks for
 * everything, with the rights of who is logged in: to write where that is allowed, else to read.
 */
class EditorLink extends EventTarget {
  constructor() {
    super();
    this.failures = 0;
    this.closed = false;
  }

  async open() {
    this.dispatchEvent(new Event('connecting'));
    try {
      const { right, token } = await session();
      if (this.closed) return;
      const url = new URL(`trunkflow/scope/${right}/live?token=${token}`, document.baseURI);
      url.protocol = url.protocol.replace('http', 'ws');
      Object.assign(this, connect(url, this));
    } catch {
      this.retry();
    }
  }

  send(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  retry() {
    this.watch?.stop();
    if (this.closed) return;
    this.dispatchEvent(new Event('lost'));
    this.timer = setTimeout(() => this.open(), 1000 * Math.min(LONGEST, 2 ** this.failures++));
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.watch?.stop();
    this.socket?.close();
  }
}

async function session() {
  for (const right of ['write', 'read'])
    try {
      const { token } = await $.getJSON(`trunkflow/scope/${right}/session`);
      return { right, token };
    } catch (error) {
      if (right === 'read' || (error.status !== 401 && error.status !== 403)) throw error;
    }
}

/** Texts in the editor's own language. */
async function loadTexts() {
  const language = { de: 'de', es: 'es' }[RED.i18n.lang().split('-')[0]] ?? 'en-US';
  const response = await fetch(`${BASE}/locales/${language}.json`);
  return new Texts(language, await response.json());
}

/** True while the editor's theme is a dark one: its text is light then. */
function isDark(element) {
  const [red, green, blue] = getComputedStyle(element).color.match(/[\d.]+/g).map(Number);
  return 0.3 * red + 0.6 * green + 0.1 * blue > 128;
}

/**
 * Opens the scope in the editor's sidebar.
 * @param {HTMLElement} element @returns {Promise<{choose(id: string): void, close(): void}>}
 */
export async function openScope(element) {
  const texts = await loadTexts();
  const link = new EditorLink();
  const place = document.createElement('div');
  place.style.minHeight = '100%';
  element.append(place);
  const view = new ScopeView(place, { texts, link });
  const showTheme = () => view.setTheme(isDark(element));
  const observer = new MutationObserver(showTheme);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['class'] });
  showTheme();
  void link.open();
  return {
    choose: (id) => view.choose(id),
    close() {
      observer.disconnect();
      link.close();
      view.close();
      place.remove();
    },
  };
}
