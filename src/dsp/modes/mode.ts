/** A digital mode as far as it is needed to recognise it on the air; lists of them are lent by whoever knows their names. */
export interface DigitalMode {
  /** As users know it, short enough to follow "looks like" in a node's status: at most 8 characters. */
  name: string;
  /** Id of the protocol that reads it, if the package has one: its own demodulator needs no such look. */
  protocol?: string;
  /** Symbols per second. */
  symbolRate: number;
  /** Deviation of the outermost level, Hz; phase-modulated signals: what their largest phase step amounts to. */
  deviation: number;
  /** Symbols after which a sync word may be repeated; 0 when that is not known or varies. */
  period: number;
  /** 2 or 4. */
  levels: 2 | 4;
  /** Sync words, levels -3 .. 3 in order of transmission; either polarity is looked for. */
  syncs: readonly (readonly number[])[];
}
