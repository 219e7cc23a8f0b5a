import assert from 'node:assert/strict';
import type { IqFormat, PortMessage } from '../../src/core/messages';
import { bankPlan, channelShape, directPlan } from '../../src/dsp/channelizer/plan';
import { ChannelizerStage } from '../../src/dsp/channelizer/stage';
import { gaussian } from '../support/channel-simulator';
import {
  asCf32,
  asCu8,
  block,
  channelsOf,
  eventsOf,
  feed,
  type Input,
  power,
  START,
  tones,
} from './channelizer-support';

const INPUT: Input = { rate: 240000, center: 460e6, format: 'cu8' };

/** Tones and noise, so that nothing looks alike anywhere. */
function signal(seconds: number, rate = INPUT.rate, seed = 1): Float32Array {
  const noise = gaussian(seed);
  const samples = tones(rate, Math.round(seconds * rate), [
    [50300, 0.3],
    [-31200, 0.1, 0.3],
    [0, 0.02],
  ]);
  return samples.map((x) => x + 0.02 * noise());
}

const PERMANENT = [{ frequency: 460.05e6 }, { frequency: 459.97e6, id: 'south' }];

describe('channelizer streams', () => {
  it('each method is used where it is cheaper', () => {
    const shape = channelShape(2.4e6, 24000, 12500);
    const direct = directPlan(2.4e6, shape).cost;
    assert.ok(bankPlan(2.4e6, shape, 1).cost > 1.5 * direct);
    assert.ok(bankPlan(2.4e6, shape, 4).cost < 3 * direct);
    assert.ok(bankPlan(2.4e6, shape, 96).cost < 6 * direct);
  });

  it('are the same for every block size, with both methods', () => {
    const bytes = asCu8(signal(0.4));
    const shape = channelShape(INPUT.rate, 24000, 12500);
    assert.ok(bankPlan(INPUT.rate, shape, 16).cost < 16 * directPlan(INPUT.rate, shape).cost, 'sixteen take the bank');
    const many = Array.from({ length: 16 }, (_, i) => ({ frequency: 459.9e6 + i * 12500 }));
    // Channels opened by a command are always made one by one.
    for (const [channels, open] of [
      [many, []],
      [[], PERMANENT],
    ]) {
      const runs = [1, 7, 1000, 4096, 65536, 1e6].map((size) => {
        const stage = new ChannelizerStage({ channels });
        stage.control({ open });
        const messages = feed(stage, INPUT, bytes, size);
        messages.push(...stage.flush());
        stage.close();
        return channelsOf(messages);
      });
      assert.equal(runs[0].size, channels.length + open.length);
      for (const run of runs.slice(1)) assert.deepEqual(run, runs[0]);
      for (const { infos, samples } of runs[0].values()) {
        assert.equal(samples.length / 2, 9600, 'as many samples as time has passed');
        assert.equal(infos.length, 9);
        assert.deepEqual(
          infos.map(({ seq }) => seq),
          [0, 1, 2, 3, 4, 5, 6, 7, 8],
        );
        assert.ok(infos.at(-1)!.end && !infos.at(-2)!.end);
        for (const { time, sample, rate } of infos)
          assert.equal(Math.round(time - (1000 * sample) / rate), START, 'times lie on the stream s time line');
      }
    }
  });

  it('give 20 messages a second and channel, whatever the block size', () => {
    for (const size of [100, 240000]) {
      const stage = new ChannelizerStage({ channels: PERMANENT });
      const { infos } = channelsOf(feed(stage, INPUT, asCu8(signal(1)), size)).get('south')!;
      assert.ok(infos.length >= 19 && infos.length <= 20);
      assert.equal(infos[3].center, 459.97e6);
      assert.equal(infos[3].format, 'cf32');
      assert.equal(infos[3].rate, 24000);
      stage.close();
    }
  });

  for (const format of ['cu8', 'cs8', 'cs16', 'cf32'] as IqFormat[])
    it(`from ${format} have the level and the phase of the input`, () => {
      const input = { ...INPUT, format };
      const samples = tones(INPUT.rate, 48000, [[50000, 0.5, 0.1]]);
      const bytes = {
        cu8: () => asCu8(samples),
        cs8: () => Buffer.from(Int8Array.from(samples, (x) => Math.round(128 * x)).buffer),
        cs16: () => Buffer.from(Int16Array.from(samples, (x) => Math.round(32768 * x)).buffer),
        cf32: () => asCf32(samples),
      }[format]();
      const stage = new ChannelizerStage({ channels: PERMANENT });
      const { infos, samples: out } = channelsOf(feed(stage, input, bytes, 5000)).get('460050000')!;
      stage.close();
      assert.ok(Math.abs(infos[1].level! - -6.02) < 0.1, `level ${infos[1].level}`);
      // No delay: output m is what the input was at sample 10 m, so a tone on the centre stands at its first phase.
      for (let m = 1000; m < 1100; m++) {
        assert.ok(Math.abs(out[2 * m] - 0.5 * Math.cos(0.2 * Math.PI)) < 0.012);
        assert.ok(Math.abs(out[2 * m + 1] - 0.5 * Math.sin(0.2 * Math.PI)) < 0.012);
      }
    });

  it('narrow input: a rate barely above the channel s, and below the rate asked for', () => {
    for (const rate of [15000, 20000, 24000, 25000, 48000]) {
      const input: Input = { rate, center: 460e6, format: 'cf32' };
      const stage = new ChannelizerStage({ channels: [{ frequency: 460e6 }], removeDc: false });
      const messages = feed(stage, input, asCf32(tones(rate, rate, [[1000, 0.5]])), 1111);
      messages.push(...stage.flush());
      stage.close();
      const { infos, samples } = channelsOf(messages).get('460000000')!;
      assert.equal(infos[0].rate, rate === 48000 ? 24000 : rate);
      assert.equal(samples.length / 2, infos[0].rate);
      assert.ok(Math.abs(infos[10].level! - -6.02) < 0.05);
      assert.ok(Math.abs(infos[10].offset! - 1000) < 1);
    }
    const stage = new ChannelizerStage({ channels: [{ frequency: 460e6 }] });
    const events = eventsOf(feed(stage, { ...INPUT, rate: 12500 }, asCu8(signal(0.1, 12500)), 500));
    stage.close();
    assert.equal(events[0].reason, 'out_of_band');
  });

  describe('opened late', () => {
    const bytes = asCu8(signal(1.5));
    const request = { frequency: 459.9713e6, id: 'call', from: START + 333 };
    /** Asks after so many samples; returns what the channel gave and the answers. */
    const run = (askAt: number, size: number, options = {}, gap = 0) => {
      const stage = new ChannelizerStage({ channels: PERMANENT, ...options });
      const messages: PortMessage[] = [];
      const head = 2 * askAt;
      const put = (part: Buffer, first: number) => {
        const cut = 2 * 100000;
        // The samples from 100000 on may be lost.
        if (gap === 0 || first * 2 + part.length <= cut) messages.push(...feed(stage, INPUT, part, size, first));
        else if (first * 2 >= cut) messages.push(...feed(stage, INPUT, part, size, first + gap));
        else {
          put(part.subarray(0, cut - first * 2), first);
          put(part.subarray(cut - first * 2), 100000);
        }
      };
      put(bytes.subarray(0, head), 0);
      messages.push(...stage.control({ open: request }));
      put(bytes.subarray(head), askAt);
      messages.push(...stage.flush());
      stage.close();
      return { channels: channelsOf(messages), events: eventsOf(messages) };
    };

    for (const gap of [0, 12345])
      it(`starts exactly where it was wanted${gap ? ', across a gap' : ''}`, () => {
        const wanted = run(0, 1000, {}, gap).channels.get('call')!;
        assert.equal(wanted.infos[0].time, START + 333);
        assert.equal(wanted.infos[0].sample, 333 * 24);
        for (const [askAt, size] of [
          [79919, 999],
          [79920, 1000],
          [80000, 50000],
          [99999, 1000],
          [110000, 700],
          [200001, 4096],
          [359990, 1e6],
        ]) {
          const { channels, events } = run(askAt, size, {}, gap);
          assert.deepEqual(channels.get('call'), wanted, `asked at sample ${askAt}`);
          const opened = events.find(({ id }) => id === 'call')!;
          assert.equal(opened.state, 'opened');
          assert.equal(opened.time, START + 333);
          assert.equal(opened.late_ms, undefined);
        }
        const alone = run(0, 1000, {}, gap).channels.get('south');
        assert.deepEqual(run(200001, 4096, {}, gap).channels.get('south'), alone, 'others are not disturbed');
      });

    it('is what a permanent channel gives', () => {
      const late = run(200001, 4096).channels.get('call')!.samples;
      const permanent = (bandwidth: number) => {
        const stage = new ChannelizerStage({ channels: [{ ...request, bandwidth }] });
        const messages = [...feed(stage, INPUT, bytes, 3000), ...stage.flush()];
        stage.close();
        return channelsOf(messages)
          .get('call')!
          .samples.subarray(2 * 333 * 24);
      };
      // The bank, which takes the usual bandwidth only, rounds differently.
      const difference = (other: Float32Array) => power(late.map((x, i) => x - other[i]));
      assert.ok(difference(permanent(12500)) < -85);
      const unusual = permanent(12501);
      assert.ok(difference(unusual) < -70 && unusual.length === late.length);
    });

    it('starts at the oldest sample when the history is too short, and says so', () => {
      const { channels, events } = run(300000, 1000, { history: 0.5 });
      const opened = events.find(({ id }) => id === 'call')!;
      const { infos } = channels.get('call')!;
      const late = opened.late_ms as number;
      assert.ok(late > 1250 - 500 - 333 - 20 && late < 1250 - 500 - 333 + 1, `${late} ms late`);
      assert.ok(Math.abs(infos[0].time - request.from - late) < 1e-3);
      assert.equal(opened.time, infos[0].time);
    });

    it('without a time it starts with the next sample', () => {
      const stage = new ChannelizerStage();
      feed(stage, INPUT, bytes.subarray(0, 20002), 999);
      const [opened] = eventsOf(stage.control({ open: { frequency: 460.05e6 } }));
      const { infos } = channelsOf(feed(stage, INPUT, bytes.subarray(20002), 999, 10001)).get('460050000')!;
      stage.close();
      assert.equal(infos[0].sample, 1001);
      assert.equal(opened.time, infos[0].time);
    });

    it('a time to come is waited for', () => {
      const stage = new ChannelizerStage();
      feed(stage, INPUT, bytes.subarray(0, 20000), 999);
      stage.control({ open: request });
      const { infos } = channelsOf(feed(stage, INPUT, bytes.subarray(20000), 999, 10000)).get('call')!;
      stage.close();
      assert.equal(infos[0].time, request.from);
    });
  });

  it('count lost samples and keep time', () => {
    const bytes = asCu8(signal(1));
    const stage = new ChannelizerStage({ channels: PERMANENT });
    const messages = feed(stage, INPUT, bytes.subarray(0, 200006), 1000);
    // 100003 samples came; the next block is number 150000.
    messages.push(...stage.process(block(INPUT, 150000, bytes.subarray(300000), { dropped: 49997 })), ...stage.flush());
    const { infos, samples } = channelsOf(messages).get('south')!;
    assert.deepEqual([stage.counters().gaps, stage.counters().lost_samples], [1, 49997]);
    stage.close();
    const after = infos.findIndex(({ dropped }) => dropped > 0);
    assert.equal(infos[after].sample, 15000);
    assert.equal(infos[after].time, START + 625);
    assert.equal(infos[after].dropped, 15000 - 10001);
    assert.equal(infos[after].seq, infos[after - 1].seq + 2, 'the message number jumps');
    assert.equal(samples.length / 2, 10001 + 9000);
    assert.equal(infos.at(-1)!.end, true);
  });

  it('what is lost does not leak into what follows', () => {
    const quiet = asCu8(signal(0.5, INPUT.rate, 3).map((x) => x / 8));
    const loud = asCu8(tones(INPUT.rate, 50000, [[50000, 0.9]]));
    const after = (before: Buffer) => {
      const stage = new ChannelizerStage({ channels: PERMANENT, removeDc: false });
      if (before.length > 0) feed(stage, INPUT, before, 1000);
      const messages = [...feed(stage, INPUT, quiet, 1000, 60000), ...stage.flush()];
      stage.close();
      return channelsOf(messages).get('460050000')!.samples;
    };
    const afterLoud = after(loud);
    const expected = after(Buffer.alloc(0));
    assert.deepEqual(afterLoud.subarray(afterLoud.length - expected.length), expected);
  });
});
