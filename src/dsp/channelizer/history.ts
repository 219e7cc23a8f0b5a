/** A stretch of the input as it came, at most one chunk long, and what was known when it was processed. */
export interface ChunkRecord {
  /** Absolute number of its first sample, and of the sample after its last. */
  from: number;
  to: number;
  raw: Uint8Array;
  /** It begins the stream, or samples were lost just before it: filters begin afresh here. */
  restart: boolean;
  /** DC taken out of it. */
  dcRe: number;
  dcIm: number;
  /** Noise floor when it was processed. */
  floor: NoiseProfile | null;
  /** Share of its samples at the converter's limit, 0 to 1. */
  clipped: number;
}

/** Noise power per hertz, relative to full scale, in equal slices of the band from its lower edge up. */
export type NoiseProfile = Float64Array;

/**
 * Cuts the input into chunks on a grid of absolute sample numbers and keeps the latest ones, oldest first. The memory of
 * a chunk is taken when first needed; once there are enough, the oldest is used again.
 */
export class History {
  private readonly records: ChunkRecord[] = [];
  private oldest = 0;
  private filling: ChunkRecord | null = null;
  private restart = true;

  /**
   * limit: chunks kept. chunk: samples in one. next: number of the first sample to come. done: called with each chunk
   * when it is complete, or cut short by a gap.
   */
  constructor(
    private readonly limit: number,
    private readonly chunk: number,
    private readonly sampleBytes: number,
    public next: number,
    private readonly done: (record: ChunkRecord) => void,
  ) {}

  /** Adds whole samples that follow the last ones. */
  add(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const record = (this.filling ??= this.begin());
      const end = (Math.floor(this.next / this.chunk) + 1) * this.chunk;
      const count = Math.min(end - this.next, (bytes.length - at) / this.sampleBytes);
      const part = bytes.subarray(at, at + count * this.sampleBytes);
      record.raw.set(part, (this.next - record.from) * this.sampleBytes);
      this.next += count;
      record.to = this.next;
      at += part.length;
      if (this.next === end) this.seal();
    }
  }

  /** Samples were lost; the next one is number `sample`. */
  skipTo(sample: number): void {
    this.seal();
    this.next = sample;
    this.restart = true;
  }

  /** Closes the chunk being filled. */
  seal(): void {
    const record = this.filling;
    this.filling = null;
    if (record) this.done(record);
  }

  /** Closed chunks. */
  get length(): number {
    return this.records.length - (this.filling ? 1 : 0);
  }

  /** Closed chunk by age, 0 the oldest. */
  at(age: number): ChunkRecord {
    return this.records[(this.oldest + age) % this.records.length];
  }

  /** Number of the oldest sample still here. */
  get from(): number {
    return this.records.length > 0 ? this.at(0).from : this.next;
  }

  /** Mean share of clipped samples from `from` up to (not including) `to`, as far as their chunks are still here. */
  clipped(from: number, to: number): number {
    let sum = 0;
    let samples = 0;
    for (let age = this.length - 1; age >= 0; age--) {
      const record = this.at(age);
      if (record.to <= from) break;
      const overlap = Math.min(record.to, to) - Math.max(record.from, from);
      if (overlap <= 0) continue;
      sum += overlap * record.clipped;
      samples += overlap;
    }
    return samples > 0 ? sum / samples : 0;
  }

  private begin(): ChunkRecord {
    const state = { from: this.next, to: this.next, restart: this.restart, dcRe: 0, dcIm: 0, floor: null, clipped: 0 };
    this.restart = false;
    if (this.records.length < this.limit) {
      const record = { ...state, raw: new Uint8Array(this.chunk * this.sampleBytes) };
      this.records.push(record);
      return record;
    }
    const record = this.records[this.oldest];
    this.oldest = (this.oldest + 1) % this.limit;
    return Object.assign(record, state);
  }
}
