import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { IqInfo } from '../../src/core/messages';
import { ChannelizerStage } from '../../src/dsp/channelizer/stage';
import { capture, needsCaptures } from '../support/captures';
import { gaussian } from '../support/channel-simulator';
import { asCf32, asCu8, channelsOf, feed, type Input, power, START, tones } from './channelizer-support';

const INPUT: Input = { rate: 240000, center: 460e6, format: 'cf32' };

/** Mean of a figure over messages of a span of time, seconds from the start. */
function mean(
  infos: readonly IqInfo[],
  figure: 'level' | 'noise' | 'snr' | 'offset',
  from: number,
  to: number,
): number {
  const values = infos
    .filter(
      ({ time, [figure]: value }) => value !== undefined && time >= START + 1000 * from && time < START + 1000 * to,
    )
    .map(({ [figure]: value }) => value!);
  assert.ok(values.length > 0, `${figure} is measured`);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function assertNear(actual: number, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what} ${actual.toFixed(2)}, expected ${expected}`);
}

describe('channelizer figures', () => {
  it('level, noise, SNR and offset of a tone in noise', () => {
    // White noise of -40 dBFS in 240 kHz: -40 + 10 log10(13 / 240) in a channel.
    const random = gaussian(1);
    const noise = Float32Array.from({ length: 2 * 480000 }, () => random() * Math.sqrt(1e-4 / 2));
    const floor = -40 + 10 * Math.log10(13 / 240);
    for (const [amplitude, offset] of [
      [0.5, 1500],
      [0.05, -2000],
      [0.005, 700],
      [0, 0],
    ]) {
      const signal = tones(INPUT.rate, 480000, [[50000 + offset, amplitude]]).map((x, i) => x + noise[i]);
      const stage = new ChannelizerStage({ channels: [{ frequency: 460.05e6, id: 'a' }] });
      const { infos } = channelsOf(feed(stage, INPUT, asCf32(signal), 10000)).get('a')!;
      stage.close();
      assertNear(mean(infos, 'noise', 1, 2), floor, 0.5, 'noise');
      if (amplitude === 0) {
        assert.ok(mean(infos, 'snr', 1, 2) < -5);
        assert.ok(infos.every((info) => info.offset === undefined));
        assertNear(mean(infos, 'level', 1, 2), floor, 0.3, 'level of the noise');
      } else {
        const level = 20 * Math.log10(amplitude);
        assertNear(mean(infos, 'snr', 1, 2), level - floor, 0.7, 'snr');
        assertNear(mean(infos, 'level', 1, 2), 10 * Math.log10(10 ** (level / 10) + 10 ** (floor / 10)), 0.2, 'level');
        assertNear(mean(infos, 'offset', 1, 2), offset, 15, 'offset');
      }
    }
  });

  it('noise is told from signals that fill half the band', () => {
    const random = gaussian(2);
    const list = Array.from({ length: 9 }, (_, i): [number, number, number] => [-100e3 + 25e3 * i, 0.1, i / 9]);
    const signal = tones(INPUT.rate, 240000, list).map((x) => x + random() * 0.02);
    // Each tone is spread over some 11 kHz, like a modulated carrier.
    for (let n = 0; n < 240000; n++) {
      const angle = 1.5 * Math.sin((2 * Math.PI * 1200 * n) / INPUT.rate);
      const [a, b] = [signal[2 * n], signal[2 * n + 1]];
      signal[2 * n] = a * Math.cos(angle) - b * Math.sin(angle);
      signal[2 * n + 1] = a * Math.sin(angle) + b * Math.cos(angle);
    }
    const stage = new ChannelizerStage({ channels: [{ frequency: 460.05e6, id: 'a' }] });
    const { infos } = channelsOf(feed(stage, INPUT, asCf32(signal), 10000)).get('a')!;
    stage.close();
    assertNear(mean(infos, 'noise', 0.5, 1), 10 * Math.log10((8e-4 * 13) / 240), 1.5, 'noise');
  });

  it("takes out the receiver's DC, not a carrier", () => {
    const run = (samples: Float32Array, removeDc: boolean) => {
      const stage = new ChannelizerStage({ channels: [{ frequency: 460e6, id: 'a' }], removeDc });
      const bytes = asCu8(samples);
      const { infos } = channelsOf(feed(stage, { ...INPUT, format: 'cu8' }, bytes, 7777)).get('a')!;
      stage.close();
      return infos;
    };
    const random = gaussian(3);
    const noise = Float32Array.from({ length: 2 * 720000 }, () => random() * 0.005);
    const spike = noise.map((x, i) => x + (i & 1 ? -0.02 : 0.03));
    const quiet = mean(run(noise, false), 'level', 2, 3);
    assert.ok(mean(run(spike, false), 'level', 2, 3) > quiet + 15);
    assertNear(mean(run(spike, true), 'level', 2, 3), quiet, 0.5, 'level without DC');
    const carrier = noise.map((x, i) => x + (i & 1 ? 0 : 0.5));
    assertNear(mean(run(carrier, true), 'level', 2, 3), -6.02, 0.1, 'level of a carrier in the middle');
  });

  it('the recorded band: levels, noise, SNR and offsets as it was made', function () {
    this.timeout(60000);
    needsCaptures(this, 'wideband/site_2400k.cu8', 'wideband/site_2400k.json');
    const site = JSON.parse(readFileSync(capture('wideband/site_2400k.json'), 'utf8'));
    const bytes = readFileSync(capture('wideband/site_2400k.cu8')).subarray(0, 2 * 2.4e6 * 6);
    const signals: {
      name: string;
      freq_hz: number;
      start_s: number;
      end_s: number;
      level_db: number;
      esn0_db: number;
    }[] = site.signals;
    const channels = signals.map(({ name, freq_hz }) => ({ id: name, frequency: freq_hz }));
    const input: Input = { rate: site.sample_rate, center: site.center_hz, format: 'cu8' };
    const stage = new ChannelizerStage({ channels });
    const found = channelsOf(feed(stage, input, bytes, 100000));
    stage.close();
    const reference = mean(found.get('p25_cc')!.infos, 'level', 1, 6);
    for (const { name, start_s, end_s, level_db, esn0_db } of signals) {
      const { infos } = found.get(name)!;
      const from = start_s + 0.2;
      const to = Math.min(end_s - 0.2, 6);
      assertNear(mean(infos, 'level', from, to) - reference, level_db, 0.5, `level of ${name}`);
      assertNear(mean(infos, 'offset', from, to), 0, 150, `offset of ${name}`);
      // Es/N0 of 4800 symbols/s in a channel of 13 kHz; the figure leaves out the noise of the 8-bit samples.
      if (name.startsWith('p25')) assertNear(mean(infos, 'snr', from, to), esn0_db - 4.3, 1, `SNR of ${name}`);
      if (start_s < 1) continue;
      const silence = mean(infos, 'level', 0.2, start_s - 0.1);
      assert.ok(mean(infos, 'snr', 0.2, start_s - 0.1) < 0, `${name} is silent before its start`);
      assertNear(
        mean(infos, 'noise', from, to),
        silence,
        0.6,
        `noise around ${name} beside what was heard there before`,
      );
    }
  });

  it('the band recorded off the air: the control channel stands out, 37.6 kHz above the centre', function () {
    needsCaptures(this, 'p25/wideband_2400k_0.1s.cf32');
    const bytes = readFileSync(capture('p25/wideband_2400k_0.1s.cf32'));
    const input: Input = { rate: 2.4e6, center: 0, format: 'cf32' };
    const channels = [
      { id: 'control', frequency: 37600 },
      { id: 'beside', frequency: 37600 + 12500 },
      { id: 'moved', frequency: 37600 - 1500 },
    ];
    const stage = new ChannelizerStage({ channels });
    const messages = [...feed(stage, input, bytes, 10000), ...stage.flush()];
    stage.close();
    const found = channelsOf(messages);
    const { infos, samples } = found.get('control')!;
    assert.equal(samples.length / 2, 2400);
    assert.ok(infos[1].snr! > 15, `SNR ${infos[1].snr}`);
    assert.ok(Math.abs(infos[1].offset!) < 300, `offset ${infos[1].offset}`);
    assertNear(found.get('moved')!.infos[1].offset! - infos[1].offset!, 1500, 100, 'offset from a channel beside');
    assert.ok(power(samples) > power(found.get('beside')!.samples) + 15);
  });
});
