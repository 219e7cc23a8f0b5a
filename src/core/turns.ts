/** Lets work be done one after the other, of which some may wait, with room for other work between two turns. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  /** @param refuse what is thrown when more than `most` are at it or wait */
  constructor(
    private readonly most: number,
    private readonly refuse: () => Error,
  ) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.waiting >= this.most) throw this.refuse();
    this.waiting++;
    const turn = this.last.then(work);
    this.last = turn.catch(() => {}).then(() => new Promise((resolve) => setImmediate(resolve)));
    try {
      return await turn;
    } finally {
      this.waiting--;
    }
  }
}
