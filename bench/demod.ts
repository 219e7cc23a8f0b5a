import { AnalogStage } from '../src/dsp/demod/analog-stage';
import { Fsk4Stage } from '../src/dsp/demod/fsk4-stage';
import { C4FM, SYNC_LEVELS } from '../src/protocols/p25/air-interface';
import { DUID } from '../src/protocols/p25/data-units';
import { impair, noise, toCs16 } from '../test/support/channel-simulator';
import { discriminate, modulateFsk4, p25Frames } from '../test/support/fsk4-modulator';
import { type Benchmark, runsPerSecond } from './benchmark';

const RATE = 24000;
const BLOCK = RATE / 20;

/** How many channels one core demodulates in real time; the stages run on as on an endless stream. */
function channels(stage: Fsk4Stage | AnalogStage, signal: Buffer, port: 'iq' | 'audio'): number {
  const size = port === 'iq' ? 4 : 2;
  const seconds = Math.floor(signal.length / size / BLOCK) * (BLOCK / RATE);
  let seq = 0;
  const runs = runsPerSecond(() => {
    for (let at = 0; at + BLOCK * size <= signal.length; at += BLOCK * size, seq++) {
      const payload = signal.subarray(at, at + BLOCK * size);
      const place = { stream: 'bench', seq, time: seq * 50, rate: RATE };
      if (port === 'audio') stage.process({ port, payload, info: { ...place, kind: 'discriminator' } });
      else
        stage.process({
          port,
          payload,
          info: { ...place, format: 'cs16', center: 0, sample: seq * BLOCK, dropped: 0 },
        });
    }
  }, 1.5);
  stage.close();
  return runs * seconds;
}

function frames(duid: number, symbols: number, count: number): Float32Array {
  const levels = p25Frames(SYNC_LEVELS, new Array(count).fill({ duid, symbols }));
  return impair(modulateFsk4(C4FM, levels, RATE), RATE, C4FM.symbolRate, { esn0: 15, offset: 300 });
}

export async function benchmarks(): Promise<Benchmark[]> {
  const fsk4 = () => new Fsk4Stage(C4FM, { protocol: 'p25', polarity: 'auto' });
  const analog = { audioRate: 8000, squelch: null };
  const nfm = () => new AnalogStage({ ...analog, mode: 'nfm', bandwidth: 12500, deemphasis: 750 });
  const am = () => new AnalogStage({ ...analog, mode: 'am', bandwidth: 8000, deemphasis: 0 });
  const control = toCs16(frames(DUID.TSDU, 360, 40));
  const voice = frames(DUID.LDU1, 864, 20);
  const empty = toCs16(noise(3 * RATE, 1));
  const rows: [string, number][] = [
    ['C4FM control channel, 13 frames a second', channels(fsk4(), control, 'iq')],
    ['C4FM voice channel', channels(fsk4(), toCs16(voice), 'iq')],
    ['C4FM voice channel, discriminator audio', channels(fsk4(), discriminate(voice, 0.3), 'audio')],
    ['C4FM on an empty channel', channels(fsk4(), empty, 'iq')],
    ['narrow FM', channels(nfm(), empty, 'iq')],
    ['AM', channels(am(), empty, 'iq')],
  ];
  return rows.map(([name, value]) => ({
    name: `${name} at ${RATE / 1000} kS/s`,
    value,
    unit: 'channels per core',
    note: `${(1 / value).toFixed(5)} s per second of signal`,
  }));
}
