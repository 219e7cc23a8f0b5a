import type { DigitalMode } from '../dsp/modes/mode';

/** Levels of the dibits 0 .. 3, the same in all these modes. */
const LEVELS = [1, 3, -1, -3];

/** A sync word of 4-level symbols, from its bits in hexadecimal, two bits a symbol; leading bits of the first digit may be left out. */
function dibits(hex: string): number[] {
  const bits = [...hex].flatMap((digit) => {
    const value = Number.parseInt(digit, 16);
    return [value >> 2, value & 3];
  });
  return bits.map((dibit) => LEVELS[dibit]);
}

/** A sync word of 2-level symbols, from its bits. */
function bits(text: string): number[] {
  return [...text].map((bit) => (bit === '1' ? 3 : -3));
}

function hexBits(hex: string): number[] {
  return bits([...hex].map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0')).join(''));
}

/**
 * Digital modes that may be on a channel where another one is expected, with the sync words by which they are recognised.
 * A mode whose decoder is here has the id of its protocol, so that it is not looked for by its own demodulator.
 */
const modes: readonly DigitalMode[] = [
  {
    // TIA-102.BAAA-B 7.3; data units begin on a grid of 36 symbols.
    name: 'P25',
    protocol: 'p25',
    symbolRate: 4800,
    deviation: 1800,
    period: 36,
    levels: 4,
    syncs: [dibits('5575F5FF77FF')],
  },
  {
    // TIA-102.BBAC: the S-ISCH of slots of 180 symbols. The largest phase step is 3/8 of a turn.
    name: 'P25 TDMA',
    protocol: 'p25-phase2',
    symbolRate: 6000,
    deviation: 2250,
    period: 180,
    levels: 4,
    syncs: [dibits('575D57F7FF')],
  },
  {
    // ETSI TS 102 361-1, 9.1.1: base station, mobile station and direct mode; a burst is 144 symbols. The sync words of
    // data are the inverse of those of voice, and each is looked for in both polarities.
    name: 'DMR',
    symbolRate: 4800,
    deviation: 1944,
    period: 144,
    levels: 4,
    syncs: ['755FD7DF75F7', '7F7D5DD57DFD', '5D577F7757FF', '7DFFD5F55D5F'].map(dibits),
  },
  {
    // NXDN TS 1-A, 4.4.4: frames of 192 symbols.
    name: 'NXDN48',
    symbolRate: 2400,
    deviation: 1050,
    period: 192,
    levels: 4,
    syncs: [dibits('CDF59')],
  },
  {
    name: 'NXDN96',
    symbolRate: 4800,
    deviation: 2400,
    period: 192,
    levels: 4,
    syncs: [dibits('CDF59')],
  },
  {
    // Yaesu's "Amateur Radio Digital Standards": frames of 480 symbols.
    name: 'YSF',
    symbolRate: 4800,
    deviation: 2700,
    period: 480,
    levels: 4,
    syncs: [dibits('D471C9634D')],
  },
  {
    // JARL's D-STAR specification: the frame sync of the header, and that of the data, once in 21 frames of 96 bits.
    name: 'D-STAR',
    symbolRate: 4800,
    deviation: 1200,
    period: 96,
    levels: 2,
    syncs: [bits('010101010111011001010000'), bits('101010101011010001101000')],
  },
  {
    // ETSI TS 102 658, 6.1: FS1 and FS4 (its inverse), FS2, FS3; frames of 192 symbols.
    name: 'dPMR',
    symbolRate: 2400,
    deviation: 1050,
    period: 192,
    levels: 4,
    syncs: [dibits('57FF5F75D577'), dibits('5FF77D'), dibits('7DDFF5')],
  },
  {
    // Frames of a control channel: 48 bits of sync, six words of 40 bits.
    name: 'EDACS',
    symbolRate: 9600,
    deviation: 2400,
    period: 288,
    levels: 2,
    syncs: [hexBits('555557125555')],
  },
  {
    name: 'ProVoice',
    symbolRate: 9600,
    deviation: 2400,
    period: 0,
    levels: 2,
    syncs: [bits('10101000111011011100110011001100'), bits('01101011001001111100101011011100')],
  },
  {
    // M17 specification, 2.3: link setup, stream (its inverse), packet, bit error test; frames of 192 symbols.
    name: 'M17',
    symbolRate: 4800,
    deviation: 2400,
    period: 192,
    levels: 4,
    syncs: [dibits('55F7'), dibits('75FF')],
  },
];

/** What a channel may carry where a protocol is expected. */
export function modesBeside(protocol: string): DigitalMode[] {
  return modes.filter((mode) => mode.protocol !== protocol);
}

/** Id of the protocol that reads a mode, by the name users know the mode by; undefined where none of them does. */
export function protocolOf(mode: string): string | undefined {
  return modes.find(({ name }) => name === mode)?.protocol;
}
