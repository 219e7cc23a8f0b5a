/** What a demod node is set to. */
export type DemodOptions =
  | {
      mode: 'fsk4';
      /** Protocol id; its first air interface is used unless `modulation` names another. */
      protocol: string;
      modulation?: string;
      /** 'auto' finds it and keeps what the frame headers verify. */
      polarity: 'auto' | 'normal' | 'inverted';
    }
  | {
      mode: 'nfm' | 'am';
      /** Samples/s of the audio given. */
      audioRate: number;
      /** Full channel bandwidth, Hz. */
      bandwidth: number;
      /** Squelch threshold: signal to noise ratio in dB; null = always open. */
      squelch: number | null;
      /** De-emphasis time constant in microseconds (nfm; 0 = none). */
      deemphasis: number;
    };
