import type { Impairments } from '../test/support/channel-simulator';

export type Modulation = 'c4fm' | 'cqpsk';

/** What OP25 (boatbod; fsk4 or cqpsk, rc filter) reached: TSBKs, LDU1 link controls, voice frames, voice symbol error rate. */
export interface Peer {
  tsbk: number;
  linkControls: number;
  voiceFrames?: number;
  ser: number;
}

export interface Condition {
  name: string;
  how: Impairments;
  op25?: Partial<Record<Modulation, Peer>>;
}

type Figures = [tsbk: number, linkControls: number, voiceFrames: number | undefined, ser: number];

const peer = ([tsbk, linkControls, voiceFrames, ser]: Figures): Peer => ({ tsbk, linkControls, voiceFrames, ser });

const condition = (name: string, how: Impairments, c4fm?: Figures, cqpsk?: Figures): Condition => ({
  name,
  how,
  ...(c4fm && cqpsk && { op25: { c4fm: peer(c4fm), cqpsk: peer(cqpsk) } }),
});

const NOTHING: Figures = [0, 0, 0, 0.75];

export const NOISE: readonly Condition[] = [
  condition('clean', {}, [458, 70, 1260, 0.0004], [461, 68, 1242, 0.0033]),
  condition('Es/N0 20 dB', { esn0: 20 }, [460, 70, 1260, 0.0004], [461, 69, 1251, 0.0004]),
  condition('Es/N0 17 dB', { esn0: 17 }, [428, 70, 1260, 0.0006], [387, 69, 1251, 0.0026]),
  condition('Es/N0 14 dB', { esn0: 14 }, [79, 68, 1233, 0.0125], [30, 67, 1215, 0.0242]),
  condition('Es/N0 12 dB', { esn0: 12 }, [2, 58, 999, 0.0539], [0, 44, 801, 0.0744]),
  condition('Es/N0 10 dB', { esn0: 10 }, [0, 4, 108, 0.1615], [0, 2, 45, 0.1803]),
  condition('Es/N0 8 dB', { esn0: 8 }, [0, 0, 0, 0.3895], NOTHING),
  condition('Es/N0 7 dB', { esn0: 7 }),
  condition('Es/N0 6 dB', { esn0: 6 }, [0, 0, 0, 0.5735], NOTHING),
  condition('Es/N0 5 dB', { esn0: 5 }),
  condition('Es/N0 4 dB', { esn0: 4 }),
];

const TUNING: readonly Condition[] = [
  condition('offset +500 Hz', { esn0: 20, offset: 500 }, [458, 70, 1260, 0.0003], [458, 69, 1251, 0.0014]),
  condition('offset +1000 Hz', { esn0: 20, offset: 1000 }, [458, 70, 1260, 0.0004], [461, 68, 1233, 0.0093]),
  condition('offset -1000 Hz', { esn0: 20, offset: -1000 }, [458, 70, 1260, 0.0004], [458, 68, 1224, 0.0133]),
  condition('offset +2000 Hz', { esn0: 20, offset: 2000 }, [458, 70, 1260, 0.0004], [429, 69, 1242, 0.0035]),
  condition('offset -2000 Hz', { esn0: 20, offset: -2000 }, [458, 70, 1260, 0.0004], [432, 67, 1215, 0.017]),
  condition('clock +50 ppm', { esn0: 20, ppm: 50 }, [458, 69, 1251, 0.0004], [461, 69, 1251, 0.0015]),
  condition('clock -50 ppm', { esn0: 20, ppm: -50 }, [458, 70, 1260, 0.0004], [458, 70, 1260, 0.0004]),
  condition('+1730 Hz, +50 ppm, 8 dB', { esn0: 8, offset: 1730, ppm: 50 }),
];

const beating = (delay: number, beat: number): Impairments => ({ esn0: 25, ray: { delay, beat } });
const still = (delay: number, phase: number): Impairments => ({ esn0: 25, ray: { delay, phase } });

const SIMULCAST: readonly Condition[] = [
  condition('two rays 20 us, 1.3 Hz', beating(20, 1.3), [342, 46, 1026, 0.092], [334, 50, 1071, 0.0782]),
  condition('two rays 40 us, 1.3 Hz', beating(40, 1.3), [281, 42, 927, 0.1389], [260, 44, 900, 0.1593]),
  condition('two rays 60 us, 1.3 Hz', beating(60, 1.3), [231, 34, 783, 0.1991], [215, 34, 738, 0.2249]),
  condition('two rays 80 us, 1.3 Hz', beating(80, 1.3), [183, 28, 765, 0.2666], [163, 31, 621, 0.2853]),
  condition('two rays 50 us, 20 Hz', beating(50, 20)),
  condition('two rays 80 us, 90 deg', still(80, 90), [55, 36, undefined, 0.0189], [13, 1, undefined, 0.2906]),
  condition('two rays 30 us, 180 deg', still(30, 180), NOTHING, NOTHING),
  condition('two rays 50 us, 180 deg', still(50, 180), NOTHING, NOTHING),
  condition('two rays 80 us, 180 deg', still(80, 180), NOTHING, NOTHING),
];

export const ALL: readonly Condition[] = [...NOISE, ...TUNING, ...SIMULCAST];

/** Four of the above, for a test. */
export const QUICK: readonly Condition[] = NOISE.filter(({ how }) => [14, 12, 10, 8].includes(how.esn0 ?? 0));
