import { AnalogStage } from '../src/dsp/demod/analog-stage';
import { Fsk4Stage } from '../src/dsp/demod/fsk4-stage';
import { SlotStage } from '../src/dsp/demod/slot-stage';
import { C4FM, SYNC_LEVELS } from '../src/protocols/p25/air-interface';
import { DUID } from '../src/protocols/p25/data-units';
import { H_DQPSK, SYNC_LEVELS as SLOT_SYNC } from '../src/protocols/p25-phase2/air-interface';
import { type Impairments, impair, noise, toCs16 } from '../test/support/channel-simulator';
import { discriminate, modulateFsk4, p25Frames } from '../test/support/fsk4-modulator';
import { uniform } from '../test/support/random';
import { type Benchmark, runsPerSecond } from './benchmark';

const RATE = 24000;
const BLOCK = RATE / 20;

/** How many channels one core demodulates in real time; the stages run on as on an endless stream. */
function channels(stage: Fsk4Stage | SlotStage | AnalogStage, signal: Buffer, port: 'iq' | 'audio'): number {
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

/** Frames of random contents. No block of a control channel verifies, so it is tried in every way there is. */
function frames(duid: number, symbols: number, count: number, how: Impairments = {}): Float32Array {
  const levels = p25Frames(SYNC_LEVELS, new Array(count).fill({ duid, symbols }));
  return impair(modulateFsk4(C4FM, levels, RATE), RATE, C4FM.symbolRate, { esn0: 15, offset: 300, ...how });
}

/** Slots with the pattern of syncs of phase 2, the rest at random. */
function slots(count: number, esn0: number): Buffer {
  const random = uniform(2);
  const levels = Array.from({ length: count }, (_, slot) => [
    ...(slot % 4 > 1 ? SLOT_SYNC : []),
    ...Array.from({ length: slot % 4 > 1 ? 160 : 180 }, () => 2 * Math.floor(4 * random()) - 3),
  ]).flat();
  return toCs16(impair(modulateFsk4(H_DQPSK, levels, RATE), RATE, H_DQPSK.symbolRate, { esn0, offset: 300 }));
}

export async function benchmarks(): Promise<Benchmark[]> {
  const fsk4 = () => new Fsk4Stage(C4FM, { protocol: 'p25', polarity: 'auto' });
  const tdma = () => new SlotStage(H_DQPSK, { protocol: 'p25-phase2', polarity: 'auto' });
  const analog = { audioRate: 8000, squelch: null };
  const nfm = () => new AnalogStage({ ...analog, mode: 'nfm', bandwidth: 12500, deemphasis: 750 });
  const am = () => new AnalogStage({ ...analog, mode: 'am', bandwidth: 8000, deemphasis: 0 });
  const control = toCs16(frames(DUID.TSDU, 360, 40));
  const voice = frames(DUID.LDU1, 864, 20);
  const weak = frames(DUID.LDU1, 864, 20, { esn0: 9 });
  const echoes = frames(DUID.LDU1, 864, 20, { ray: { delay: 60, phase: 150 } });
  const empty = toCs16(noise(3 * RATE, 1));
  const rows: [string, number][] = [
    ['C4FM control channel, every frame tried in vain', channels(fsk4(), control, 'iq')],
    ['C4FM voice channel', channels(fsk4(), toCs16(voice), 'iq')],
    ['C4FM voice channel, weak', channels(fsk4(), toCs16(weak), 'iq')],
    ['C4FM voice channel, echoes', channels(fsk4(), toCs16(echoes), 'iq')],
    ['C4FM voice channel, discriminator audio', channels(fsk4(), discriminate(voice, 0.3), 'audio')],
    ['C4FM on an empty channel', channels(fsk4(), empty, 'iq')],
    ['H-DQPSK in time slots', channels(tdma(), slots(80, 20), 'iq')],
    ['H-DQPSK in time slots, equalised', channels(tdma(), slots(80, 9), 'iq')],
    ['H-DQPSK on an empty channel', channels(tdma(), empty, 'iq')],
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
