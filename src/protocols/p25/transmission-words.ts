import { HEADER_WORD } from './hdu';
import { ENCRYPTION_SYNC, LINK_CONTROL } from './ldu';
import { RepeatedWords } from './repeated-words';
import { TERMINATOR_LINK_CONTROL } from './tdulc';

/** The words a voice channel carries, and for how long what was read of them counts. */
export class TransmissionWords {
  readonly header = new RepeatedWords(HEADER_WORD);
  readonly linkControl = new RepeatedWords(LINK_CONTROL);
  readonly encryptionSync = new RepeatedWords(ENCRYPTION_SYNC);
  readonly terminator = new RepeatedWords(TERMINATOR_LINK_CONTROL);

  /** What was said so far belongs to another transmission than what comes. */
  reset(): void {
    this.ended();
    this.header.reset();
    this.terminator.reset();
  }

  /** A terminator: the next voice is another transmission's. */
  ended(): void {
    this.linkControl.reset();
    this.encryptionSync.reset();
  }
}
