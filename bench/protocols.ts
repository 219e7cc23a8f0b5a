import { encodeNid } from '../src/coding/bch63';
import { unpackBits } from '../src/coding/bits';
import { crcBytes, P25_CRC_CCITT } from '../src/coding/crc';
import { DIBIT_LEVELS } from '../src/coding/dibits';
import { encodeTrellis12 } from '../src/coding/trellis';
import { SYNC_LEVELS } from '../src/protocols/p25/air-interface';
import { P25Decoder } from '../src/protocols/p25/decoder';
import { gaussian } from '../test/support/channel-simulator';
import { type Benchmark, runsPerSecond } from './benchmark';

const SYMBOL_RATE = 4800;
/** Noise per symbol where blocks begin to need the list decoder (levels are 2 apart). */
const NOISE = 0.7;

/** Symbol metrics of a frame with this data unit id and contents, with noise. */
function metrics(duid: number, symbols: number, contents: number[]): Float32Array {
  const bits = [...encodeNid(0x293, duid), ...contents];
  const dibits = SYNC_LEVELS.map((level) => DIBIT_LEVELS.indexOf(level));
  for (let i = 0; i < bits.length; i += 2) dibits.push((bits[i] << 1) | bits[i + 1]);
  const normal = gaussian(1);
  const out = new Float32Array(symbols * 4);
  for (let i = 0, from = 0; i < symbols; i++) {
    const dibit = i % 36 === 35 ? 2 : (dibits[from++] ?? 0);
    const received = DIBIT_LEVELS[dibit] + NOISE * normal();
    for (let j = 0; j < 4; j++) out[4 * i + j] = -((received - (2 * j - 3)) ** 2);
  }
  return out;
}

function tsduContents(): number[] {
  const block = Uint8Array.from([0x00, 0x00, 0x04, 0x20, 0xf0, 0x23, 0x8d, 0x0a, 0xae, 0x61, 0, 0]);
  const check = crcBytes(block.subarray(0, 10), P25_CRC_CCITT);
  block[10] = check >> 8;
  block[11] = check & 0xff;
  const coded = [...encodeTrellis12(unpackBits(block))].flatMap((dibit) => [dibit >> 1, dibit & 1]);
  return [...coded, ...coded, ...coded];
}

/** How many channels of each kind one core decodes in real time, symbols to events and voice. */
export async function benchmarks(): Promise<Benchmark[]> {
  const rows: Benchmark[] = [];
  const cases: [string, number, number, number[]][] = [
    ['P25 control channel (TSDU of 3 blocks, noisy)', 0x7, 360, tsduContents()],
    ['P25 voice channel (LDU, words damaged)', 0x5, 864, []],
    ['P25 held channel (TDULC, words damaged)', 0xf, 216, []],
  ];
  for (const [name, duid, symbols, contents] of cases) {
    const decoder = new P25Decoder({ event: () => {}, voice: () => {} }, {});
    const frame = metrics(duid, symbols, contents);
    let time = 0;
    const runs = runsPerSecond(() => {
      time += (1000 * symbols) / SYMBOL_RATE;
      decoder.frame(
        { start: 0, symbols, time, sync: '', quality: 1, offset: 0, snr: 15, polarity: 1, frequency: 0 },
        frame,
      );
    });
    rows.push({ name, value: (runs * symbols) / SYMBOL_RATE, unit: 'channels per core' });
  }
  return rows;
}
