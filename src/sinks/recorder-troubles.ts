import type { TrunkflowError } from '../core/errors';
import type { Counters } from '../core/stage';

/** Writes that must go well before a trouble is taken for over, and the next is told again. */
const GOOD_WRITES = 100;

/** What goes wrong with a recorder's disk and encoder: told once for a trouble, counted (`errors`, `not_encoded`) each time. */
export class RecorderTroubles {
  /** What keeps it from writing now; undefined when all is well. */
  disk?: TrunkflowError;
  /** Why its format cannot be made now; undefined when all is well. */
  encoder?: TrunkflowError;
  private goodWrites = GOOD_WRITES;

  constructor(
    private readonly count: Counters,
    private readonly tell: (error: TrunkflowError) => void,
  ) {}

  failed(error: TrunkflowError): void {
    this.count.errors++;
    this.disk = error;
    if (this.goodWrites >= GOOD_WRITES) this.tell(error);
    this.goodWrites = 0;
  }

  written(): void {
    this.disk = undefined;
    this.goodWrites++;
  }

  notEncoded(error: TrunkflowError): void {
    this.count.not_encoded++;
    const before = this.encoder?.message;
    this.encoder = error;
    if (error.message !== before) this.tell(error);
  }

  encoded(): void {
    this.encoder = undefined;
  }
}
