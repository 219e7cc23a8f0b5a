export interface RateLimitOptions {
  /** Requests a client may make at once. */
  burst: number;
  /** Requests per second it may go on with. */
  perSecond: number;
  /** Times a client's share that all clients together may take. */
  all: number;
}

/** Clients remembered; the one heard of longest ago is forgotten first. */
const MAX_CLIENTS = 1000;

interface Bucket {
  left: number;
  /** When it was looked at last, ms. */
  at: number;
}

/** Bounds how often each client, and all of them together, may ask. */
export class RateLimit {
  private readonly clients = new Map<string, Bucket>();
  private readonly everyone: Bucket;

  constructor(
    private readonly options: RateLimitOptions,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.everyone = { left: options.burst * options.all, at: now() };
  }

  /** True when the client may make a request now; it then counts. */
  take(client: string): boolean {
    const { burst, perSecond, all } = this.options;
    const now = this.now();
    const bucket = this.clients.get(client) ?? { left: burst, at: now };
    this.clients.delete(client);
    this.clients.set(client, bucket);
    if (this.clients.size > MAX_CLIENTS) this.clients.delete(this.clients.keys().next().value!);
    fill(bucket, now, perSecond, burst);
    fill(this.everyone, now, perSecond * all, burst * all);
    if (bucket.left < 1 || this.everyone.left < 1) return false;
    bucket.left--;
    this.everyone.left--;
    return true;
  }
}

function fill(bucket: Bucket, now: number, perSecond: number, most: number): void {
  bucket.left = Math.min(most, bucket.left + ((now - bucket.at) / 1000) * perSecond);
  bucket.at = now;
}
