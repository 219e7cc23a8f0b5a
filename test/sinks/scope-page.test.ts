import assert from 'node:assert/strict';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { encodeFrame } from '../../src/dsp/scope/scope-frame';

interface Trace {
  shown: Float32Array | null;
  push(levels: Float32Array, elapsed?: number): void;
  clear(): void;
}
interface Range {
  low: number;
  high: number;
  push(mean: Float32Array, peak: Float32Array, floor?: number): void;
}
interface Band {
  first: number;
  step: number;
  low: number;
  high: number;
  from: number;
  to: number;
  fit(frame: object): boolean;
  placeOf(frequency: number): number;
  frequencyAt(place: number): number;
  binOf(frequency: number): number;
  zoom(factor: number, place: number): void;
  pan(share: number): void;
  reveal(frequency: number): void;
  whole(): void;
}

/** The page's scripts are plain modules of the browser. */
function page<T>(name: string): Promise<T> {
  return import(pathToFileURL(join(__dirname, '..', '..', 'resources', 'scope', name)).href);
}

const levels = (...values: number[]) => Float32Array.from(values);

describe('scope page: frames', () => {
  it('are read as they were written', async () => {
    const { readFrame } = await page<{ readFrame(buffer: ArrayBuffer): Record<string, unknown> }>('frame.js');
    const head = {
      stream: 'Küche/1',
      kind: 'iq',
      time: 1e12,
      rate: 24000,
      center: 851e6,
      figures: { level: -20.126, clipped: 0.0001, snr: Number.NaN },
    } as const;
    const coded = encodeFrame(head, { mean: [-120.5, -3.25, -400], trace: [-3, 0.5, 9], points: [] });
    const buffer = new Uint8Array(coded).buffer;
    const { mean, trace, points, ...rest } = readFrame(buffer) as Record<string, Float32Array>;
    assert.deepEqual(rest, { ...head, figures: { level: -20.13, clipped: 0.0001 } });
    // What is beyond the code's range is at its end.
    [-120.5, -3.25, -327.67].forEach((value, i) => {
      assert.ok(Math.abs(mean[i] - value) < 0.006);
    });
    [-3, 0.5, 127 / 24].forEach((value, i) => {
      assert.ok(Math.abs(trace[i] - value) < 0.03);
    });
    assert.equal(points, undefined);
  });
});

describe('scope page: traces', () => {
  it('averages powers, not decibels, with its time constant', async () => {
    const { Average } = await page<{ Average: new (seconds: number) => Trace }>('traces.js');
    const average = new Average(1);
    average.push(levels(-100, -40), 0.1);
    for (let i = 0; i < 10; i++) average.push(levels(-20, -40), 0.1);
    // After one time constant 63 % of the power is there: -2 dB.
    assert.ok(Math.abs(average.shown![0] - (-20 + 10 * Math.log10(1 - Math.exp(-1)))) < 0.01);
    assert.ok(Math.abs(average.shown![1] + 40) < 1e-4);
    const none = new Average(0);
    none.push(levels(-10), 0.1);
    none.push(levels(-90), 0.1);
    assert.equal(none.shown![0], -90);
  });

  it('holds peaks until they are reset, and begins anew with another band', async () => {
    const { PeakHold } = await page<{ PeakHold: new () => Trace }>('traces.js');
    const peaks = new PeakHold();
    for (const peak of [levels(-50, -90), levels(-80, -30), levels(-80, -80)]) peaks.push(peak);
    assert.deepEqual([...peaks.shown!], [-50, -30]);
    peaks.clear();
    peaks.push(levels(-70, -60));
    assert.deepEqual([...peaks.shown!], [-70, -60]);
    peaks.push(levels(-1, -2, -3));
    assert.deepEqual([...peaks.shown!], [-1, -2, -3]);
  });

  it('finds a range that shows floor and peaks, and keeps it while they move a little', async () => {
    const { AutoRange } = await page<{ AutoRange: new () => Range }>('traces.js');
    const range = new AutoRange();
    const look = (floor: number, top: number) => {
      range.push(levels(floor, floor, top), levels(floor + 5, floor + 5, top + 3), floor);
      return [range.low, range.high];
    };
    const first = look(-90, -33);
    assert.ok(first[0] <= -97 && first[0] >= -110 && first[1] >= -28 && first[1] <= -15, `${first}`);
    assert.deepEqual(look(-91, -34), first);
    assert.deepEqual(look(-92, -31), first);
    assert.ok(look(-92, -5)[1] > -3, 'follows a stronger signal at once');
    assert.ok(look(-92, -60)[1] > -3, 'but not at once its end');
    for (let i = 0; i < 40; i++) look(-92, -60);
    assert.ok(range.high < -45, `${range.high} in the end`);
    for (let i = 0; i < 3; i++) look(-170, -20);
    assert.ok(range.low >= -121, 'never deeper than signals need');
  });
});

describe('scope page: band', () => {
  const frame = { center: 100e6, first: -1e6, step: 1000, mean: new Float32Array(2000) };
  let band: Band;
  let tools: {
    Band: new () => Band;
    ticks(from: number, to: number, count: number): number[];
    digitsFor(distance: number): number;
    carrierNear(band: Band, levels: Float32Array, at: number, reach: number, floor: number): number | null;
  };
  beforeEach(async () => {
    tools = await page('band.js');
    band = new tools.Band();
    band.fit(frame);
  });

  it('places frequencies and finds them again, zoomed or not', () => {
    for (const zoom of [1, 3, 20]) {
      band.zoom(zoom, 0.25);
      for (const frequency of [band.from, 99.4e6, band.to])
        assert.ok(Math.abs(band.frequencyAt(band.placeOf(frequency)) - frequency) < 1e-3);
    }
    assert.equal(band.binOf(99e6), 0);
  });

  it('zooms around a place, stays inside the band, and shows all again', () => {
    const frequency = band.frequencyAt(0.3);
    band.zoom(4, 0.3);
    assert.ok(Math.abs(band.placeOf(frequency) - 0.3) < 1e-9);
    assert.ok(Math.abs(band.to - band.from - 500e3) < 1);
    band.pan(-10);
    assert.equal(band.from, band.low);
    band.pan(100);
    assert.ok(Math.abs(band.to - band.high) < 1e-3);
    band.zoom(1e6, 0.5);
    assert.ok(band.to - band.from >= 20_000, 'bins stay apart');
    band.reveal(99.2e6);
    assert.ok(band.from < 99.2e6 && band.to > 99.2e6);
    band.zoom(1e-6, 0.5);
    assert.deepEqual([band.from, band.to], [band.low, band.high]);
  });

  it('keeps the zoom when only the resolution changes, and not when the band does', () => {
    band.zoom(4, 0.5);
    const { from, to } = band;
    assert.equal(band.fit(frame), false);
    assert.equal(band.fit({ ...frame, step: 2000, mean: new Float32Array(1000) }), true);
    assert.deepEqual([band.from, band.to], [from, to]);
    assert.equal(band.fit({ ...frame, center: 101e6 }), true);
    assert.deepEqual([band.from, band.to], [band.low, band.high]);
  });

  it('labels axes with round numbers', () => {
    const { ticks, digitsFor } = tools;
    assert.deepEqual(
      ticks(851.38, 851.62, 5).map((x) => x.toFixed(2)),
      ['851.40', '851.45', '851.50', '851.55', '851.60'],
    );
    assert.deepEqual(ticks(-65, -5, 6), [-60, -50, -40, -30, -20, -10]);
    assert.deepEqual([0.05, 0.1, 1, 20, 0.0025].map(digitsFor), [2, 1, 0, 0, 3]);
  });

  it('finds the carrier meant by a click: the middle of what rises there', () => {
    const spectrum = new Float32Array(2000).fill(-100);
    const { carrierNear } = tools;
    for (let i = 1194; i <= 1206; i++) spectrum[i] = -40 - Math.abs(i - 1200);
    const found = carrierNear(band, spectrum, 100.196e6, 8000, -100)!;
    assert.ok(Math.abs(found - 100.2e6) < 100, `${found}`);
    assert.equal(carrierNear(band, spectrum, 99.5e6, 8000, -100), null);
    spectrum[3] = -50;
    assert.ok(Math.abs(carrierNear(band, spectrum, 99.001e6, 5000, -100)! - 99.003e6) < 1);
  });
});

describe('scope page: colours of the waterfall', () => {
  it('rise or fall in lightness all the way, so that nobody needs to tell hues apart', async () => {
    const { PALETTES, colours } = await page<{ PALETTES: string[]; colours(name: string): Uint32Array }>('colours.js');
    for (const name of PALETTES) {
      const lightness = [...colours(name)].map((rgba) => {
        const [r, g, b] = [rgba & 255, (rgba >> 8) & 255, (rgba >> 16) & 255].map((value) => (value / 255) ** 2.2);
        return 116 * Math.cbrt(0.2126 * r + 0.7152 * g + 0.0722 * b) - 16;
      });
      const direction = Math.sign(lightness[255] - lightness[0]);
      assert.ok(Math.abs(lightness[255] - lightness[0]) > 70, `${name} uses the range`);
      for (let i = 8; i < 256; i++) assert.ok(direction * (lightness[i] - lightness[i - 8]) > 0, `${name} at ${i}`);
    }
  });
});
