import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { expandChannels } from '../../nodes/channelizer/channel-list';
import { ErrorReport } from '../../nodes/lib/error-report';
import { Latest } from '../../nodes/lib/latest';
import { numberSetting, optionalNumber } from '../../nodes/lib/settings';
import { StatusLine, type StatusText } from '../../nodes/lib/status-line';
import { claimStream } from '../../nodes/source/stream-names';
import { TrunkflowError } from '../../src/core/errors';
import { until } from '../e2e/until';

describe('status line', () => {
  const shown: StatusText[] = [];
  let text: string;
  let line: StatusLine;
  beforeEach(() => {
    shown.length = 0;
    text = 'one';
    line = new StatusLine({ status: (status) => void shown.push(status as StatusText) }, () => ({
      fill: 'green',
      shape: 'dot',
      text,
    }));
  });
  afterEach(() => line.close());

  it('shows many changes at once as one, and the latest of them', async () => {
    for (let i = 0; i < 100; i++) {
      text = `change ${i}`;
      line.touch();
    }
    await until(() => shown.length > 0, 'a status');
    assert.deepEqual(
      shown.map((status) => status.text),
      ['change 99'],
    );
  });

  it('shows nothing that is shown already', async () => {
    line.touch();
    await until(() => shown.length === 1, 'a status');
    line.touch();
    await sleep(600);
    text = 'two';
    line.touch();
    await until(() => shown.length > 1, 'another status');
    assert.deepEqual(
      shown.map((status) => status.text),
      ['one', 'two'],
    );
  });

  it('cuts what is too long for the editor', async () => {
    text = 'a text of more than nineteen characters';
    line.touch();
    await until(() => shown.length > 0, 'a status');
    assert.equal(shown[0].text, 'a text of more than');
  });

  it('looks again by itself, because what is shown grows old', async () => {
    line.touch();
    await until(() => shown.length === 1, 'a status');
    text = 'older';
    await until(() => shown.length === 2, 'another status');
    assert.equal(shown[1].text, 'older');
  });

  it('shows nothing when it is closed', async () => {
    line.touch();
    line.close();
    line.touch();
    await sleep(50);
    assert.equal(shown.length, 0);
  });
});

describe('latest news', () => {
  it('grow old by the clock, but are not forgotten before their stream ends', () => {
    let now = 0;
    const latest = new Latest<string>(() => now);
    latest.set('a', 'first');
    now = 4000;
    latest.set('b', 'second');
    assert.deepEqual(latest.fresh(), ['first', 'second']);
    now = 6000;
    assert.deepEqual(latest.fresh(), ['second']);
    assert.equal(latest.size, 2);
    latest.set('a', 'third');
    assert.deepEqual(latest.fresh().sort(), ['second', 'third']);
    latest.delete('b');
    assert.deepEqual([latest.size, latest.fresh()], [1, ['third']]);
  });
});

describe('error report', () => {
  it('ends each message once, with an error when it is news', () => {
    const errors: unknown[] = [];
    const report = new ErrorReport({ error: (error: unknown) => void errors.push(error) } as never);
    const ended: (Error | undefined)[] = [];
    for (const what of ['a', 'a', 'b', 'a'])
      report.input(new TrunkflowError('bad-message', what), (error) => ended.push(error));
    assert.deepEqual(
      ended.map((error) => error?.message),
      ['a', undefined, 'b', undefined],
    );
    report.later(new TrunkflowError('bad-message', 'b'));
    report.later(new TrunkflowError('bad-message', 'c'));
    assert.deepEqual(
      errors.map((error) => (error as Error).message),
      ['c'],
    );
  });

  it('makes a typed error of whatever was thrown, and does not flood', () => {
    const report = new ErrorReport({ error() {} } as never);
    let reported = 0;
    for (let i = 0; i < 1000; i++) {
      const known = report.input(new Error(`odd ${i}`), (error) => error && reported++);
      assert.ok(known instanceof TrunkflowError);
    }
    assert.equal(reported, 20);
  });
});

describe('settings of forms', () => {
  it('reads numbers kept as text', () => {
    assert.equal(numberSetting('24000', 'rate'), 24000);
    assert.equal(numberSetting(2.5, 'time', { least: 0, most: 3 }), 2.5);
    assert.equal(optionalNumber('', 'gain', 'auto'), 'auto');
    assert.equal(optionalNumber('0', 'gain', 'auto'), 0);
  });

  it('says which setting is wrong, what it should be and what it is', () => {
    assert.throws(
      () => numberSetting('', 'rate', { least: 1 }),
      /Unusable rate: expected a number from 1, got nothing/,
    );
    assert.throws(() => numberSetting('x', 'time', { least: 0, most: 3 }), /expected a number from 0 to 3, got x/);
    assert.throws(() => numberSetting(4, 'time', { most: 3 }), /expected a number to 3, got 4/);
  });
});

describe('channel list', () => {
  it('expands a raster, its ends included', () => {
    assert.deepEqual(
      expandChannels([{ frequency: 851_000_000, end: 851_037_500, step: 12_500 }], 10).map(
        ({ frequency }) => frequency,
      ),
      [851_000_000, 851_012_500, 851_025_000, 851_037_500],
    );
    // 8.33 kHz channels of the air band: the step is no whole number of Hz.
    assert.equal(expandChannels([{ frequency: 118e6, end: 118_025_000, step: 25_000 / 3 }], 10).length, 4);
    assert.equal(expandChannels([{ frequency: 118e6, end: 118e6, step: 25_000 }], 10).length, 1);
  });

  it('keeps names, and takes numbers kept as text', () => {
    assert.deepEqual(
      expandChannels(
        [
          { id: 'control', frequency: '851012500' },
          { id: '', frequency: 852e6 },
        ],
        10,
      ),
      [{ id: 'control', frequency: 851_012_500 }, { frequency: 852e6 }],
    );
  });

  it('refuses more channels than may be open, without making them all', () => {
    assert.throws(
      () => expandChannels([{ frequency: 1, end: 1e12, step: 1 }], 100),
      /Too many channels: expected at most 100/,
    );
    assert.throws(() => expandChannels([{ frequency: 2e6, end: 1e6, step: 1 }], 100), /Unusable end of the raster/);
    assert.throws(() => expandChannels([{ frequency: 1e6, end: 2e6, step: 0 }], 100), /Unusable step of the raster/);
  });
});

describe('stream names', () => {
  it('are the node names, fit for topics and paths', () => {
    for (const [name, stream] of [
      ['attic', 'attic'],
      ['North / tower 2', 'North-tower-2'],
      ['Küche', 'Kuche'],
      ['', 'sdr-id'],
      ['日本', 'sdr-id'],
    ]) {
      const claim = claimStream(name, 'id');
      assert.equal(claim.stream, stream);
      claim.release();
    }
  });

  it('differ where node names do not', () => {
    const first = claimStream('attic', 'a');
    const second = claimStream('attic', 'b');
    assert.deepEqual([first.stream, second.stream], ['attic', 'attic-b']);
    first.release();
    const third = claimStream('attic', 'c');
    assert.equal(third.stream, 'attic');
    second.release();
    third.release();
  });
});
