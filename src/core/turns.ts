/** Lets work be done one after the other, of which some may wait. */
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
    const turn = this.last.then(work, work);
    this.last = turn.catch(() => {});
    try {
      return await turn;
    } finally {
      this.waiting--;
    }
  }
}
