/** Work of one stream happens one after the other, of several streams at once. */
export class Turns {
  private readonly last = new Map<string, Promise<void>>();

  /** `ready`: before that nothing begins. */
  constructor(private readonly ready: Promise<void>) {}

  /** Resolves, or rejects, with the work. */
  async take(stream: string, work: () => Promise<void>): Promise<void> {
    const turn = (this.last.get(stream) ?? this.ready).then(work);
    this.last.set(stream, turn);
    try {
      await turn;
    } finally {
      if (this.last.get(stream) === turn) this.last.delete(stream);
    }
  }

  /** The streams of which work is not done, once the first may have begun. */
  async waiting(): Promise<string[]> {
    await this.ready;
    return [...this.last.keys()];
  }
}
