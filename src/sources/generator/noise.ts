/** Gaussian values kept; a power of two. */
const TABLE_SIZE = 1 << 16;

let table: Float32Array | undefined;

/** Values of variance 1, from a fixed seed, made when first needed. */
function gaussianTable(): Float32Array {
  if (table) return table;
  table = new Float32Array(TABLE_SIZE);
  const random = new Random(1);
  let power = 0;
  for (let i = 0; i < TABLE_SIZE; i++) {
    const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
    table[i] = radius * Math.cos(2 * Math.PI * random.next());
    power += table[i] ** 2;
  }
  const scale = Math.sqrt(TABLE_SIZE / power);
  for (let i = 0; i < TABLE_SIZE; i++) table[i] *= scale;
  return table;
}

/** A small seeded generator of random numbers (Marsaglia's xorshift32): the same seed gives the same signal. */
export class Random {
  private state: number;

  constructor(seed: number) {
    // Spreads small seeds over all 32 bits; the state must not be 0.
    this.state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) || 1;
    for (let i = 0; i < 8; i++) this.word();
  }

  /** 32 random bits, as a signed integer. */
  word(): number {
    let s = this.state;
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    this.state = s;
    return s;
  }

  /** From 0 up to, but not including, 1. */
  next(): number {
    return (this.word() >>> 0) / 4294967296;
  }
}

/** White Gaussian noise: picks from a table, two values for each random number, which costs next to nothing. */
export class Noise {
  private readonly values = gaussianTable();
  private readonly random: Random;

  /** @param deviation standard deviation of I and of Q */
  constructor(
    private readonly deviation: number,
    seed: number,
  ) {
    this.random = new Random(seed);
  }

  /** Adds noise to `count` complex samples, I and Q in turn. */
  add(iq: Float32Array, count: number): void {
    if (this.deviation === 0) return;
    const { values, deviation, random } = this;
    for (let i = 0; i < 2 * count; i += 2) {
      const word = random.word();
      iq[i] += deviation * values[word & 0xffff];
      iq[i + 1] += deviation * values[word >>> 16];
    }
  }
}
