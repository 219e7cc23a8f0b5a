import { deepEqual } from 'node:assert/strict';
import { readFileName } from '../../src/sources/file/file-name';

const UTC = Date.UTC(2020, 0, 31, 12, 34, 56);
const LOCAL = new Date(2020, 0, 31, 12, 34, 56).getTime();

describe('recording file names', () => {
  const cases: [string, { center?: number; rate?: number; startTime?: number }][] = [
    ['gqrx_20200131_123456_851625000_2400000_fc.raw', { center: 851_625_000, rate: 2_400_000, startTime: UTC }],
    ['SDRSharp_20200131_123456Z_851625000Hz_IQ.wav', { center: 851_625_000, startTime: UTC }],
    ['HDSDR_20200131_123456Z_851625kHz_RF.wav', { center: 851_625_000, startTime: UTC }],
    ['SDRuno_20200131_123456_851625kHz.wav', { center: 851_625_000, startTime: LOCAL }],
    ['31-Jan-2020 123456.789 851.625MHz.wav', { center: 851_625_000, startTime: LOCAL }],
    ['baseband_851625000Hz_12-34-56_31-01-2020.wav', { center: 851_625_000, startTime: LOCAL }],
    ['g001_433.92M_250k.cu8', { center: 433_920_000, rate: 250_000 }],
    ['g001_851.625M_2400k.cu8', { center: 851_625_000, rate: 2_400_000 }],
    ['rec_851.5M_2.4M.cf32', { center: 851_500_000, rate: 2_400_000 }],
    ['851.0125MHz_2.4Msps.cu8', { center: 851_012_500, rate: 2_400_000 }],
    ['site_48000sps.cs16', { rate: 48_000 }],
    ['c4fm_control_48k.cu8', { rate: 48_000 }],
    ['wideband_2400k_0.1s.cf32', { rate: 2_400_000 }],
    ['0.8516G_1024K.cu8', { center: 851_600_000, rate: 1_024_000 }],
    ['talk 5 of 12 v2k.cu8', {}],
    ['test_20201350_256199_x.cu8', {}],
    ['.cu8', {}],
    ['', {}],
  ];
  for (const [name, facts] of cases) it(name || 'an empty name', () => deepEqual(defined(readFileName(name)), facts));
});

function defined(facts: object): object {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}
