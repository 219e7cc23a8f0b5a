/** Sound kept of one running call, s. */
const MOST_OF_ONE = 30;
/** Sound kept of all of them, s. */
const MOST_OF_ALL = 600;

/** What the running calls of a hub keep together. */
export interface BacklogShare {
  seconds: number;
}

/** The last sound of a running call, as it was sent, for those who join late. */
export class Backlog {
  readonly packets: Buffer[] = [];
  /** Seconds of the call that lie before the first packet kept. */
  before = 0;
  private readonly lengths: number[] = [];
  private seconds = 0;

  constructor(private readonly share: BacklogShare) {}

  add(packet: Buffer, seconds: number): void {
    this.packets.push(packet);
    this.lengths.push(seconds);
    this.seconds += seconds;
    this.share.seconds += seconds;
    while (this.packets.length > 1 && (this.seconds > MOST_OF_ONE || this.share.seconds > MOST_OF_ALL)) this.drop();
  }

  close(): void {
    this.share.seconds -= this.seconds;
    this.packets.length = this.lengths.length = this.seconds = 0;
  }

  private drop(): void {
    const seconds = this.lengths.shift()!;
    this.packets.shift();
    this.before += seconds;
    this.seconds -= seconds;
    this.share.seconds -= seconds;
  }
}
