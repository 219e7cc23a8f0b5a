import { deepEqual, equal, match, ok, rejects, throws } from 'node:assert/strict';
import type { IqInfo } from '../../src/core/messages';
import { listDevices } from '../../src/sources/rtl-sdr/devices';
import { type RtlSdrOptions, RtlSdrSource } from '../../src/sources/rtl-sdr/rtl-sdr-source';
import type { UsbFault } from '../../src/sources/rtl-sdr/transport';
import { FakeBus, FakeDongle } from '../support/fake-rtl-sdr';
import { checkStream, RecordingSink } from '../support/source-sink';

const QUICK = { retryFirst: 2, retryMost: 4, settle: 0 };
const MOST_ERROR = 1000;

describe('rtl-sdr source', () => {
  let dongle: FakeDongle;
  let bus: FakeBus;
  let sink: RecordingSink;
  let source: RtlSdrSource | undefined;

  beforeEach(() => {
    dongle = new FakeDongle();
    bus = new FakeBus(dongle);
    sink = new RecordingSink();
  });

  afterEach(async () => {
    await stop();
    for (const { mistakes } of bus.dongles) deepEqual(mistakes, []);
  });

  function make(more: Partial<RtlSdrOptions> = {}, timing = {}): RtlSdrSource {
    const options = { driver: 'rtl-sdr', stream: 'radio', center: 852.3e6, rate: 2_400_000, ...more } as const;
    return (source = new RtlSdrSource(options, sink, { ...QUICK, ...timing }, async () => bus));
  }

  /** Stops as a real dongle lets one stop: its reads under way still end. */
  async function stop(): Promise<void> {
    const stopping = source?.stop();
    const pump = setInterval(() => {
      for (const each of bus.dongles) if (each.pendingReads > 0) each.feed(new Uint8Array(65_536));
    });
    await stopping;
    clearInterval(pump);
    source = undefined;
  }

  const ramp = (count: number, from = 0) => Uint8Array.from({ length: count }, (_, i) => (i + from) % 241);
  const near = (got: number, wanted: number, most: number) =>
    ok(Math.abs(got - wanted) <= most, `${got}, not ${wanted}`);
  const reading = (each = dongle) => until(() => each.pendingReads > 0);

  it('sets the chips to what was asked', async () => {
    await make({ gain: 30, biasTee: true }).start();
    near(dongle.frequency, 852.3e6, MOST_ERROR);
    near(dongle.rate, 2_400_000, 1);
    equal(dongle.automaticGain, false);
    deepEqual(dongle.gainSteps, [8, 8]);
    equal(dongle.biasTee, true);
    equal(dongle.directSampling, 'off');
    equal(dongle.agc, false);
  });

  for (const center of [24.5e6, 50e6, 88.5e6, 145e6, 162.4e6, 460.025e6, 769e6, 935.0125e6, 1090e6, 1766e6])
    for (const tuner of ['R820T', 'R828D'] as const)
      it(`tunes an ${tuner} to ${center / 1e6} MHz`, async () => {
        bus.dongles = [(dongle = new FakeDongle({ tuner }))];
        await make({ center }).start();
        near(dongle.frequency, center, MOST_ERROR);
        equal(dongle.automaticGain, true);
      });

  for (const rate of [225_001, 240_000, 250_000, 300_000, 900_001, 1_024_000, 2_048_000, 2_560_000, 3_200_000])
    it(`samples at ${rate} per second`, async () => {
      await make({ rate }).start();
      near(dongle.rate, rate, 1);
    });

  it('corrects a wrong crystal, once, in frequency and rate', async () => {
    bus.dongles = [(dongle = new FakeDongle({ crystal: 60 }))];
    await make({ ppm: 60 }).start();
    near(dongle.frequency, 852.3e6, MOST_ERROR);
    near(dongle.rate, 2_400_000, 3);
    await source!.control({ ppm: 0 });
    near(dongle.frequency, 852.3e6 * (1 + 60e-6), MOST_ERROR + 300);
    near(dongle.rate, 2_400_000 * (1 + 60e-6), 3);
  });

  it('gives the samples in order, through short reads of any length', async () => {
    await make().start();
    await reading();
    const signal = ramp(400_001);
    dongle.feed(signal.subarray(0, 1001));
    dongle.cutRead();
    for (let at = 1001; at < signal.length; at += 10_000) {
      await reading();
      dongle.feed(signal.subarray(at, at + 10_000));
      await new Promise(setImmediate);
    }
    await sink.untilBytes(3 * 131_072);
    const got = sink.bytes();
    deepEqual(got.subarray(0, 300_000), Buffer.from(signal.subarray(0, 300_000)));
    checkStream(sink.messages);
    const info = sink.messages[0].info as IqInfo;
    deepEqual([info.format, info.rate, info.center], ['cu8', 2_400_000, 852.3e6]);
    equal(sink.statuses.at(-1)!.text, '852.3 MHz');
  });

  it('keeps several reads under way', async () => {
    await make().start();
    await until(() => dongle.pendingReads === 8);
  });

  it('tunes and sets while it runs', async () => {
    await make().start();
    await reading();
    dongle.feed(ramp(200_000));
    await source!.control({ tune: 460.025e6, gain: 0, biasTee: true, agc: true });
    near(dongle.frequency, 460.025e6, MOST_ERROR);
    deepEqual([dongle.automaticGain, dongle.gainSteps, dongle.biasTee, dongle.agc], [false, [0, 0], true, true]);
    dongle.feed(ramp(200_000));
    await sink.until(() => (sink.messages.at(-1)!.info as IqInfo).center === 460.025e6);
    checkStream(sink.messages);
    await source!.control({ gain: 'auto', biasTee: false, agc: false });
    deepEqual([dongle.automaticGain, dongle.biasTee, dongle.agc], [true, false, false]);
  });

  it('does two things asked for at once one after the other', async () => {
    await make().start();
    await Promise.all([
      source!.control({ tune: 100e6 }),
      source!.control({ gain: 20 }),
      source!.control({ tune: 101e6 }),
    ]);
    near(dongle.frequency, 101e6, MOST_ERROR);
    equal(dongle.automaticGain, false);
  });

  for (const directSampling of ['I', 'Q'] as const)
    it(`receives short wave by direct sampling at ${directSampling}, and returns to the tuner`, async () => {
      await make({ center: 7.1e6, directSampling }).start();
      equal(dongle.directSampling, directSampling);
      near(dongle.frequency, 7.1e6, 10);
      await source!.control({ tune: 145e6 });
      equal(dongle.directSampling, 'off');
      near(dongle.frequency, 145e6, MOST_ERROR);
    });

  it('receives short wave with an RTL-SDR Blog V4 as it is', async () => {
    bus.dongles = [(dongle = new FakeDongle({ tuner: 'R828D', manufacturer: 'RTLSDRBlog', product: 'Blog V4' }))];
    await make({ center: 7.1e6 }).start();
    near(dongle.frequency, 7.1e6 + 28.8e6, MOST_ERROR);
  });

  it('refuses what a dongle cannot do', async () => {
    for (const rate of [225_000, 500_000, 900_000, 3_200_001])
      throws(() => make({ rate }), { code: 'bad-setting', status: 'bad sample rate' });
    throws(() => make({ directSampling: 'X' as 'I' }), { code: 'bad-setting' });
    await rejects(make({ center: 2.4e9 }).start(), { code: 'bad-setting', status: 'cannot tune there' });
    await rejects(make({ center: 7e6 }).start(), /24 to 1766 MHz.*direct sampling/);
    await make().start();
    await rejects(source!.control({ tune: 2.4e9 }), { code: 'bad-setting' });
    await rejects(source!.control({ biasTee: 1 }), { code: 'bad-setting' });
    await source!.control({ tune: 852.3e6 });
    equal(dongle.closed, 2);
  });

  it('says that it was unplugged, and goes on when it is plugged in again', async () => {
    await make({ serial: '00000001' }).start();
    await reading();
    dongle.feed(ramp(200_000));
    bus.dongles = [new FakeDongle({ serial: 'other' })];
    dongle.unplug();
    await sink.until(() => sink.errors.length >= 2);
    match(sink.errors[0].message, /"RTL2838UHIDIR" with serial 00000001 was unplugged.*Plug it in/);
    match(sink.errors[1].message, /no RTL-SDR dongle with serial 00000001.*connected: other/);
    equal(sink.statuses.at(-1)!.state, 'reconnecting');
    equal(dongle.opened, dongle.closed);
    await source!.control({ tune: 460e6 });
    dongle = new FakeDongle();
    bus.dongles.push(dongle);
    await reading();
    near(dongle.frequency, 460e6, MOST_ERROR);
    const before = sink.messages.length;
    dongle.feed(ramp(200_000));
    await sink.until(() => sink.messages.length > before);
    equal(sink.statuses.at(-1)!.text, '460 MHz');
    checkStream(sink.messages);
    ok(source!.counters().reconnects >= 1);
  });

  it('survives an unplugging at every moment of its opening', async () => {
    for (let transfers = 0; transfers < 420; transfers += 7) {
      bus.dongles = [(dongle = new FakeDongle({ tuner: transfers % 2 ? 'R820T' : 'R828D' }))];
      const each = dongle;
      let left = transfers;
      for (const name of ['controlIn', 'controlOut'] as const) {
        const real = each[name].bind(each) as (...args: unknown[]) => Promise<never>;
        each[name] = (...args: unknown[]) => {
          if (left-- === 0) each.unplug();
          return real(...args);
        };
      }
      await make().start();
      await stop();
      equal(each.opened, each.closed, `after ${transfers} transfers`);
    }
    ok(sink.errors.some((error) => error.status === 'unplugged'));
    ok(
      sink.errors.every((error) => error.status === 'unplugged'),
      `${sink.errors.map((error) => error.message)}`,
    );
  });

  it('opens a stalled dongle again', async () => {
    await make().start();
    await reading();
    dongle.stallReads();
    await until(() => dongle.opened === 2 && dongle.pendingReads > 0);
    match(sink.errors[0].message, /refused a command/);
    dongle.fail('timeout');
    dongle.heal();
    await until(() => dongle.opened === 3 && dongle.pendingReads > 0);
    match(sink.errors[1].message, /does not answer any more/);
  });

  it('opens a dongle again that sends but takes no commands, and tunes it then', async () => {
    await make().start();
    await reading();
    dongle.deafness = 'timeout';
    await source!.control({ tune: 460.025e6 });
    dongle.deafness = undefined;
    const pump = setInterval(() => dongle.feed(new Uint8Array(65_536)));
    await until(() => dongle.opened === 2 && dongle.pendingReads > 0);
    clearInterval(pump);
    match(sink.errors[0].message, /does not answer any more/);
    near(dongle.frequency, 460.025e6, MOST_ERROR);
  });

  const refusals: [UsbFault, RegExp][] = [
    ['busy', /another program/],
    ['kernel-driver', /blacklist dvb_usb_rtl28xxu/],
    ['permission', /udev/],
    ['no-driver', /Zadig/],
  ];
  for (const [fault, hint] of refusals)
    it(`says what to do about ${fault}`, async () => {
      dongle.refusal = fault;
      await make().start();
      match(sink.errors[0].message, hint);
      ok(sink.errors[0].status.length < 20);
      dongle.refusal = undefined;
      await reading();
    });

  for (const tuner of ['E4000', 'FC0012', 'FC0013', 'FC2580'] as const)
    it(`names an ${tuner}, which it cannot use`, async () => {
      bus.dongles = [(dongle = new FakeDongle({ tuner }))];
      await make().start();
      match(sink.errors[0].message, new RegExp(`got ${tuner}.*rtl_tcp`));
      equal(sink.errors[0].status, `${tuner} tuner`);
      equal(dongle.closed, dongle.opened);
    });

  it('says that no tuner answers', async () => {
    bus.dongles = [(dongle = new FakeDongle({ tuner: 'none' }))];
    await make().start();
    match(sink.errors[0].message, /no answer from any known tuner/);
  });

  it('waits for a dongle that is not plugged in yet', async () => {
    bus.dongles = [];
    await make().start();
    match(sink.errors[0].message, /There is no RTL-SDR dongle, got none connected/);
    bus.dongles = [dongle];
    await reading();
  });

  it('takes the first free dongle, or the one with the number or serial asked for', async () => {
    const [busy, free, named] = [new FakeDongle(), new FakeDongle(), new FakeDongle({ serial: 'P25' })];
    busy.hindrance = 'busy';
    bus.dongles = [busy, free, named];
    await make().start();
    await stop();
    await make({ index: 2 }).start();
    await stop();
    await make({ serial: 'P25' }).start();
    await stop();
    await make({ serial: '00000001' }).start();
    deepEqual([busy.opened, free.opened, named.opened], [0, 2, 2]);
  });

  it('puts the dongle to sleep and gives it back when it stops', async () => {
    await make().start();
    await reading();
    dongle.feed(ramp(200_000));
    equal(dongle.asleep, false);
    await stop();
    equal(dongle.asleep, true);
    equal(dongle.closed, 1);
    equal(sink.messages.at(-1)!.info.end, true);
    equal(sink.statuses.at(-1)!.state, 'stopped');
  });

  it('lists the dongles with what keeps them from use', async () => {
    const busy = new FakeDongle({ serial: '2', product: '' });
    busy.hindrance = 'permission';
    bus.dongles.push(busy);
    const [first, second] = await listDevices(async () => bus);
    deepEqual(
      [first.label, first.serial, first.index, first.free, first.problem],
      ['RTL2838UHIDIR 00000001', '00000001', 0, true, ''],
    );
    deepEqual([second.label, second.free], ['RTL2832U 2 (no permission)', false]);
    match(second.problem, /udev/);
  });
});

async function until(ready: () => boolean): Promise<void> {
  while (!ready()) await new Promise(setImmediate);
}
