import type { WebSocket } from 'ws';
import { RateLimit } from '../../web/rate-limit';
import type { ScopeHub } from './scope-hub';

/** How often a viewer may say something: going to another scope begins a computation there. */
const WORDS_RATE = { burst: 20, perSecond: 5, all: 1 };
/** Bytes that may wait for a viewer. */
const MOST_WAITING = 4 * 1024 * 1024;

interface Scope {
  id: string;
  title: string;
  hub: ScopeHub;
  /** Viewers may open and close channels and tune. */
  mayControl: boolean;
}

/**
 * The scopes that are seen through one door, a page or the editor: a viewer looks at one of them at a time and goes to
 * another with `{type: 'scope', id}`. What else it sends is for the scope it looks at.
 */
export class ScopeRoom {
  private readonly scopes = new Map<string, Scope>();
  private readonly guests = new Set<Guest>();

  /** Adds a scope; the result takes it out again. */
  add(scope: Scope): () => void {
    this.scopes.set(scope.id, scope);
    for (const guest of this.guests) this.settle(guest);
    return () => {
      if (this.scopes.get(scope.id) !== scope) return;
      this.scopes.delete(scope.id);
      for (const guest of this.guests) this.settle(guest);
    };
  }

  get empty(): boolean {
    return this.scopes.size === 0;
  }

  /** Lets a connection look. */
  join(socket: WebSocket): void {
    const guest = new Guest(socket);
    this.guests.add(guest);
    socket.on('message', (data, isBinary) => {
      if (isBinary || !guest.words.take('')) return;
      const text = String(data);
      const wish = scopeWish(text);
      if (wish === undefined) guest.take?.(text);
      else {
        guest.wish = wish;
        this.settle(guest);
      }
    });
    socket.on('close', () => {
      this.guests.delete(guest);
      guest.go();
    });
    this.settle(guest);
  }

  /** Takes a guest to the scope it wishes to see, or to the first one, and tells it what there is. */
  private settle(guest: Guest): void {
    const scope = this.scopes.get(guest.wish) ?? this.scopes.values().next().value;
    const list = [...this.scopes.values()].map(({ id, title }) => ({ id, title }));
    const moves = scope !== guest.at;
    if (moves) guest.go();
    guest.send(JSON.stringify({ type: 'scopes', scopes: list, scope: scope?.id ?? null }));
    if (!moves || !scope) return;
    guest.at = scope;
    const { take, leave } = scope.hub.join({
      mayControl: scope.mayControl,
      send: (data) => guest.send(data),
      waiting: () => guest.socket.bufferedAmount,
    });
    guest.take = take;
    guest.leave = leave;
  }
}

class Guest {
  wish = '';
  at?: Scope;
  take?: (text: string) => void;
  leave?: () => void;
  readonly words = new RateLimit(WORDS_RATE);

  constructor(readonly socket: WebSocket) {}

  send(data: string | Uint8Array): void {
    const { socket } = this;
    if (socket.readyState !== socket.OPEN) return;
    // The hub sends frames only to those who take them; this is for all else that is said.
    if (socket.bufferedAmount > MOST_WAITING) socket.terminate();
    else socket.send(data);
  }

  /** Leaves the scope it looks at. */
  go(): void {
    this.leave?.();
    this.at = this.take = this.leave = undefined;
  }
}

/** The scope a message asks for; undefined when it is about something else. */
function scopeWish(text: string): string | undefined {
  if (!text.includes('"scope"')) return undefined;
  try {
    const { type, id } = JSON.parse(text);
    return type === 'scope' && typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}
