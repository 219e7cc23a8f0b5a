import assert from 'node:assert/strict';
import { TrunkflowError } from '../../src/core/errors';
import { type Control, IQ_BYTES, type IqFormat, type PortMessage, type StreamMessage } from '../../src/core/messages';
import { ChannelizerStage } from '../../src/dsp/channelizer/stage';
import { kernels } from '../../src/dsp/kernels/wasm';
import { uniform } from '../support/random';
import { asCu8, block, channelsOf, eventsOf, feed, type Input, tones } from './channelizer-support';

const INPUT: Input = { rate: 240000, center: 460e6, format: 'cu8' };
const PERMANENT = [{ frequency: 460.05e6 }, { frequency: 459.97e6, id: 'south' }];
const second = asCu8(tones(INPUT.rate, INPUT.rate, [[50000, 0.5]]));

describe('channelizer control', () => {
  it('opens, closes and answers', () => {
    const stage = new ChannelizerStage({ channels: PERMANENT });
    const first = eventsOf(feed(stage, INPUT, second.subarray(0, 48000), 1000));
    assert.deepEqual(
      first.map(({ state, id, stream }) => [state, id, stream]),
      [
        ['opened', '460050000', 'src/460050000'],
        ['opened', 'south', 'src/south'],
      ],
    );
    const open = { frequency: 460.01e6, id: 'a' };
    assert.equal(eventsOf(stage.control({ open: [open, { frequency: 460.02e6 }] })).length, 2);
    assert.equal(stage.control({ open }).length, 0, 'once is enough');
    assert.equal(stage.counters().channels, 4);
    const running = channelsOf(feed(stage, INPUT, second.subarray(48000, 96000), 1000, 24000));
    assert.ok(running.has('a') && running.has('460020000'));
    const messages = stage.control({ close: { id: 'a' } });
    assert.equal(messages.length, 2);
    assert.equal(channelsOf(messages).get('a')!.infos[0].end, true);
    assert.equal(eventsOf(messages)[0].state, 'closed');
    assert.equal(eventsOf(stage.control({ close: 460.02e6 }))[0].id, '460020000');
    assert.equal(stage.control({ close: 'nobody' }).length, 0);
    assert.equal(stage.control({ close: 'south' }).length, 0, 'permanent channels stay');
    assert.equal(stage.counters().channels, 2);
    // Its name can be used again.
    stage.control({ open });
    const again = channelsOf(feed(stage, INPUT, second.subarray(96000), 1000, 48000)).get('a')!;
    assert.equal(again.infos[0].seq, 0);
    const last = channelsOf(stage.flush());
    assert.deepEqual([...last.keys()].sort(), ['460050000', 'a', 'south']);
    for (const { infos } of last.values()) assert.equal(infos.at(-1)!.end, true);
    stage.close();
  });

  it('refuses with a reason', () => {
    const stage = new ChannelizerStage({ channels: PERMANENT, maxChannels: 3 });
    feed(stage, INPUT, second.subarray(0, 4800), 1000);
    const reason = (command: unknown) => {
      const [event] = eventsOf(stage.control(command as Control));
      assert.equal(event.state, 'refused');
      return event.reason;
    };
    assert.equal(reason({ open: { frequency: 460.107e6 } }), 'out_of_band');
    assert.equal(reason({ open: { frequency: 459.5e6 } }), 'out_of_band');
    assert.equal(eventsOf(stage.control({ open: { frequency: 460.1065e6 } }))[0].state, 'opened');
    assert.equal(reason({ open: { frequency: 460e6 } }), 'too_many');
    for (const open of [
      null,
      7,
      'x',
      {},
      { frequency: '460e6' },
      { frequency: Number.NaN },
      { frequency: 460e6, id: '' },
      { frequency: 460e6, id: 'a/b' },
      { frequency: 460e6, id: 5 },
      { frequency: 460e6, bandwidth: 0 },
      { frequency: 460e6, bandwidth: 1e300 },
      { frequency: 460e6, rate: -1 },
      { frequency: 460e6, from: 'now' },
      { frequency: 460e6, id: 'south' },
    ])
      assert.equal(reason({ open }), 'bad_request', JSON.stringify(open));
    assert.equal(reason({ close: true }), 'bad_request');
    assert.equal(stage.counters().channels, 3);
    stage.close();
  });

  it('keeps requests made before the first block', () => {
    const stage = new ChannelizerStage({ maxChannels: 2 });
    assert.equal(stage.control({ open: [{ frequency: 460.01e6 }, { frequency: 470e6 }] }).length, 0);
    assert.equal(eventsOf(stage.control({ open: { frequency: 1 } }))[0].reason, 'too_many');
    const messages = feed(stage, INPUT, second.subarray(0, 48000), 24000);
    assert.deepEqual(
      eventsOf(messages).map(({ id, state, reason }) => [id, state, reason]),
      [
        ['470000000', 'refused', 'out_of_band'],
        ['460010000', 'opened', undefined],
      ],
    );
    assert.ok(channelsOf(messages).has('460010000'));
    stage.close();
  });

  it('wider and faster channels have the rate they need', () => {
    const stage = new ChannelizerStage();
    feed(stage, INPUT, second.subarray(0, 4800), 1000);
    stage.control({ open: [{ frequency: 460e6, id: 'wide', bandwidth: 25000 }] });
    stage.control({ open: [{ frequency: 460e6, id: 'fast', rate: 48000 }] });
    const channels = channelsOf(feed(stage, INPUT, second.subarray(4800), 1000, 2400));
    stage.close();
    assert.equal(channels.get('wide')!.infos[0].rate, 30000);
    assert.equal(channels.get('fast')!.infos[0].rate, 48000);
  });

  it('tells what its input covers, when that changes and when it ends', () => {
    const stage = new ChannelizerStage({ rate: 24_000, bandwidth: 12_500 });
    const bands = (messages: PortMessage[]) =>
      messages.flatMap(({ port, payload }) => (port === 'event' && payload.type === 'band' ? [payload] : []));
    const at = (center: number, sample: number) =>
      stage.process(block({ ...INPUT, center }, sample, Buffer.alloc(1000 * IQ_BYTES[INPUT.format])));
    const [first] = bands(at(460e6, 0));
    assert.deepEqual([first.state, first.stream], ['covered', 'src']);
    const reach = 460e6 - (first.low as number);
    assert.equal((first.high as number) - 460e6, reach);
    // A channel at the edge told can be opened, one beyond cannot.
    assert.deepEqual(
      eventsOf(stage.control({ open: { frequency: first.low as number } })).map(({ state }) => state),
      ['opened'],
    );
    assert.deepEqual(
      eventsOf(stage.control({ open: { frequency: (first.low as number) - 100 } })).map(({ state }) => state),
      ['refused'],
    );
    assert.deepEqual(bands(at(460e6, 1000)), []);
    // Again after ten seconds, for whoever was set up later.
    const later = 10 * INPUT.rate;
    assert.deepEqual(bands(at(460e6, later)), [first]);
    assert.deepEqual(bands(at(460e6, later + 1000)), []);
    assert.equal(bands(at(470e6, later + 2000))[0].low, 470e6 - reach);
    assert.equal(bands(stage.flush())[0].state, 'ended');
  });

  it('follows changes of centre, rate and format', () => {
    const stage = new ChannelizerStage({ channels: PERMANENT });
    feed(stage, INPUT, second.subarray(0, 48000), 1000);
    stage.control({ open: { frequency: 460.01e6, id: 'call' } });
    feed(stage, INPUT, second.subarray(48000, 60000), 1000, 24000);
    // 459.97 MHz leaves the band; the others stay, under the same names, their message numbers jump.
    const moved = { ...INPUT, center: 460.09e6 };
    const messages = stage.process(block(moved, 30000, second.subarray(60000, 120000)));
    assert.deepEqual(
      eventsOf(messages).map(({ id, state, reason }) => [id, state, reason]),
      [['south', 'closed', 'out_of_band']],
    );
    const channels = channelsOf(messages);
    assert.equal(channels.get('south')!.infos.at(-1)!.end, true);
    const { infos } = channels.get('call')!;
    const jump = infos.findIndex(({ seq }, i) => i > 0 && seq !== infos[i - 1].seq + 1);
    assert.equal(infos[jump].sample, 3000);
    assert.equal(infos[jump].seq, infos[jump - 1].seq + 2);
    // Back: the permanent channel opens again, also at another rate and in another format.
    const other = stage.process(block({ rate: 1.024e6, center: 460e6, format: 'cs16' }, 60000, Buffer.alloc(400000)));
    assert.deepEqual(
      eventsOf(other).map(({ id, state }) => [id, state]),
      [['south', 'opened']],
    );
    assert.equal(channelsOf(other).get('call')!.infos.at(-1)!.rate, 25600);
    // A stream that begins again under its old name, or jumps in time, begins a new time line.
    for (const [sample, more] of [
      [0, {}],
      [30000, { time: 1e12 }],
    ] as const) {
      const restarted = stage.process(block(INPUT, sample, second.subarray(0, 60000), more));
      const info = channelsOf(restarted).get('south')!.infos.at(-1)!;
      assert.ok(Math.abs(info.time - (more && 'time' in more ? 1e12 : 1.7e12)) < 1000);
    }
    assert.equal(stage.counters().replanned, 4);
    stage.close();
  });

  it('reset forgets the signal, not the channels', () => {
    const stage = new ChannelizerStage({ channels: PERMANENT });
    feed(stage, INPUT, second.subarray(0, 60000), 1000);
    stage.control({ open: { frequency: 460.01e6, id: 'call' } });
    stage.reset();
    const messages = feed(stage, INPUT, second.subarray(60000, 120000), 1000, 30000);
    assert.equal(eventsOf(messages).length, 0);
    const channels = channelsOf(messages);
    assert.deepEqual([...channels.keys()].sort(), ['460050000', 'call', 'south']);
    assert.equal(channels.get('south')!.infos[0].sample, 3000);
    assert.equal([...channelsOf(stage.flush()).values()].filter(({ infos }) => infos.at(-1)!.end).length, 3);
    stage.close();
  });

  it('refuses settings that make no sense', () => {
    for (const options of [
      { rate: 0 },
      { rate: Number.NaN },
      { bandwidth: 10 },
      { maxChannels: 0 },
      { history: -1 },
      { history: 1e9 },
      { maxChannels: 1, channels: PERMANENT },
      { channels: [{ frequency: Number.NaN }] },
      {
        channels: [
          { frequency: 1e6, id: 'a' },
          { frequency: 2e6, id: 'a' },
        ],
      },
    ])
      assert.throws(() => new ChannelizerStage(options), TrunkflowError, JSON.stringify(options));
  });
});

describe('channelizer and garbage', () => {
  it('messages it cannot use are errors and change nothing', () => {
    const stage = new ChannelizerStage({ channels: PERMANENT });
    const good = feed(stage, INPUT, second.subarray(0, 24000), 1000).length;
    const bytes = second.subarray(0, 100);
    const bad: unknown[] = [
      undefined,
      {},
      { port: 'audio', payload: bytes, info: {} },
      { port: 'iq', payload: bytes },
      { port: 'iq', payload: 'abc', info: { ...block(INPUT, 0, bytes).info } },
      block(INPUT, 12000, second.subarray(0, 101)),
      block({ ...INPUT, format: 'cf32' }, 12000, second.subarray(0, 100)),
      block({ ...INPUT, format: 'toString' as IqFormat }, 12000, bytes),
      block({ ...INPUT, center: Number.NaN }, 12000, bytes),
      block(INPUT, -5, bytes),
      block(INPUT, 1.5, bytes),
      block(INPUT, 12000, bytes, { time: Number.POSITIVE_INFINITY }),
      block(INPUT, 12000, bytes, { stream: '' }),
      ...[0, -1, 1, 1e12, Number.NaN, '240000' as unknown as number].map((rate) =>
        block({ ...INPUT, rate }, 12000, bytes),
      ),
    ];
    for (const message of bad)
      assert.throws(
        () => stage.process(message as StreamMessage),
        (error: unknown) => error instanceof TrunkflowError && error.status.length < 20,
      );
    assert.ok(good > 0);
    const after = feed(stage, INPUT, second.subarray(24000, 72000), 1000, 12000);
    assert.equal(stage.counters().gaps, 0);
    assert.equal(channelsOf(after).get('south')!.infos[0].dropped, 0);
    stage.close();
  });

  it('what is not a number in cf32 counts as zero and harms nothing after it', () => {
    const input: Input = { rate: 48000, center: 460e6, format: 'cf32' };
    const stage = new ChannelizerStage({ channels: [{ frequency: 460e6 }], removeDc: false });
    const samples = tones(48000, 48000, [[1000, 0.5]]);
    for (const [at, value] of [
      [500, Number.NaN],
      [1001, Number.POSITIVE_INFINITY],
      [1500, 3e38],
    ])
      samples[at] = value;
    const { infos, samples: out } = channelsOf(feed(stage, input, Buffer.from(samples.buffer), 999)).get('460000000')!;
    assert.equal(stage.counters().non_finite, 3);
    stage.close();
    assert.ok(out.every(Number.isFinite));
    assert.ok(Math.abs(infos[5].level! - -6.02) < 0.01);
  });

  it('random streams: no crash, no growth', function () {
    this.timeout(60000);
    const random = uniform(4);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
    const stage = new ChannelizerStage({ channels: PERMANENT, maxChannels: 12, history: 0.2 });
    let sample = 0;
    let memory = 0;
    for (let i = 0; i < 1500; i++) {
      if (random() < 0.05) sample += Math.floor(random() * 1e6);
      if (random() < 0.01) sample = 0;
      const rate = pick([48000, 240000, 240000, 240000, 1.024e6, 8000, 15000, 250000.5]);
      const input = {
        rate,
        center: pick([460e6, 460e6, 460.02e6, 0]),
        format: pick(['cu8', 'cu8', 'cs16', 'cf32'] as const),
      };
      const payload = Buffer.from(
        Float32Array.from({ length: 2 * Math.floor(random() * 500) }, () => random() * 1e9).buffer,
      );
      const whole = payload.subarray(0, payload.length & ~7);
      for (const message of stage.process(block(input, sample, whole)))
        if (message.port === 'iq') assert.ok(Number.isFinite(message.info.time) && message.payload.length % 8 === 0);
      sample += whole.length / { cu8: 2, cs16: 4, cf32: 8 }[input.format];
      if (random() < 0.3)
        stage.control({
          open: { frequency: 460e6 + Math.floor(random() * 9) * 12500, from: 1.7e12 + random() * 5000 },
        });
      if (random() < 0.2) stage.control({ close: 460e6 + Math.floor(random() * 9) * 12500 });
      if (i === 500) memory = kernels().memory.buffer.byteLength;
    }
    assert.ok(kernels().memory.buffer.byteLength <= memory + 2e6, 'kernel memory does not grow');
    stage.flush();
    stage.close();
  });

  it('opening and closing a thousand channels leaks no kernel memory', () => {
    const stage = new ChannelizerStage({ channels: PERMANENT });
    feed(stage, INPUT, second.subarray(0, 48000), 1000);
    let before = 0;
    for (let i = 0; i < 1000; i++) {
      stage.control({ open: { frequency: 460.01e6 } });
      stage.control({ close: 460.01e6 });
      if (i === 20) before = kernels().memory.buffer.byteLength;
    }
    assert.equal(kernels().memory.buffer.byteLength, before);
    stage.close();
  });
});
