import assert from 'node:assert/strict';
import type { DiagnosisEvent, StatsEvent } from '../../src/core/events';
import type { IqInfo, PortMessage, StreamMessage } from '../../src/core/messages';
import { ChannelizerStage } from '../../src/dsp/channelizer/stage';
import { makeStage } from '../../src/stages';
import { gaussian } from '../support/channel-simulator';
import { asCf32, asCu8, channelsOf, feed, type Input, START } from './channelizer-support';

const INPUT: Input = { rate: 240_000, center: 460e6, format: 'cu8' };
const CHANNEL = { frequency: 460.05e6, id: 'a' };

/** Noise whose values have this standard deviation, full scale being 1. */
function noise(seconds: number, deviation: number): Float32Array {
  const random = gaussian(5);
  return Float32Array.from({ length: 2 * INPUT.rate * seconds }, () => deviation * random());
}

function clippedOf(infos: readonly IqInfo[]): number[] {
  return infos.map(({ clipped }) => clipped ?? 0);
}

describe('overload behind a channelizer', () => {
  // With values beyond 1 one in 22 is at a limit, one sample in 11.
  const loud = asCu8(noise(2, 0.5));

  it('goes with the channels, and not with those of a receiver that is not overdriven', () => {
    for (const [signal, least, most] of [
      [loud, 0.07, 0.11],
      [asCu8(noise(1, 0.1)), 0, 0],
    ] as const) {
      const stage = new ChannelizerStage({ channels: [CHANNEL] });
      const { infos } = channelsOf(feed(stage, INPUT, signal, 10_000)).get('a')!;
      stage.close();
      const shares = clippedOf(infos);
      const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
      assert.ok(mean >= least && mean <= most, `${mean}`);
      assert.ok(infos.every((info) => most > 0 || info.clipped === undefined));
    }
  });

  it('is the same in blocks of any size, and for a channel that is opened later', () => {
    const run = (size: number, late: boolean) => {
      const stage = new ChannelizerStage({ channels: late ? [] : [CHANNEL] });
      const half = loud.length / 2;
      const first = feed(stage, INPUT, loud.subarray(0, half), size);
      if (late) first.push(...stage.control({ open: { ...CHANNEL, from: START + 500 } }));
      const rest = feed(stage, INPUT, loud.subarray(half), size, half / 2);
      const { infos } = channelsOf([...first, ...rest]).get('a')!;
      stage.close();
      // The message in which a channel is opened is shorter.
      return clippedOf(infos.filter(({ time }) => time >= START + 550 && time < START + 1900));
    };
    const expected = run(10_000, false);
    assert.ok(expected.length > 20);
    assert.deepEqual(run(777, false), expected);
    assert.deepEqual(run(10_000, true), expected);
  });

  it('goes on through another channelizer', () => {
    const stage = new ChannelizerStage({ channels: [CHANNEL] });
    const wide = { ...INPUT, format: 'cf32' as const };
    const info = { ...wide, stream: 'src', seq: 0, time: START, sample: 0, dropped: 0, clipped: 0.25 };
    const out = stage.process({ port: 'iq', payload: asCf32(noise(1, 0.1)), info });
    stage.close();
    assert.deepEqual(new Set(clippedOf(channelsOf(out).get('a')!.infos)), new Set([0.25]));
  });

  it('is told by the decoder of each channel', () => {
    const channelizer = new ChannelizerStage({ channels: [CHANNEL] });
    const demod = makeStage({ stage: 'demod', options: { mode: 'fsk4', protocol: 'p25', polarity: 'auto' } });
    const decoder = makeStage({ stage: 'decoder', options: { protocol: 'p25' } });
    const through = (messages: PortMessage[], stage: typeof demod, port: string) =>
      messages.flatMap((message) => (message.port === port ? stage.process(message as StreamMessage) : []));
    const wide = feed(channelizer, INPUT, asCu8(noise(4, 0.5)), 10_000);
    const told = through(through(wide, demod, 'iq'), decoder, 'symbols');
    for (const stage of [channelizer, demod, decoder]) stage.close();
    const events = told.flatMap((message) => (message.port === 'event' ? [message.payload] : []));
    const stats = events.filter(({ type }) => type === 'stats') as StatsEvent[];
    assert.match(stats.at(-1)!.reason, /^overloaded (8|9|10) %$/);
    const [diagnosis] = events.filter(({ type }) => type === 'diagnosis') as DiagnosisEvent[];
    assert.equal(diagnosis.code, 'overload');
    assert.ok(diagnosis.numbers.clipped > 0.07 && diagnosis.numbers.clipped < 0.11);
  });
});
