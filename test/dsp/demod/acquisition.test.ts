import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Fsk4Stage } from '../../../src/dsp/demod/fsk4-stage';
import { C4FM } from '../../../src/protocols/p25/air-interface';
import { findProtocol } from '../../../src/protocols/registry';
import { capture, needsCaptures } from '../../support/captures';
import { fromCu8, type Impairments, impair, toCs16 } from '../../support/channel-simulator';
import { feedIq, framesOf, START } from './support';

const RATE = 48000;
/** Where reception begins, seconds into the recording: anywhere within a frame. */
const STARTS = Array.from({ length: 12 }, (_, i) => 0.5 + 0.817 * i);
const LENGTH = 0.4;
/** A frame that began before reception did is lost; the next begins after 75 ms at the latest. */
const LIMIT = 100;

const CONDITIONS: [string, Impairments][] = [
  ...[-2500, -1250, 0, 1250, 2500].map((offset): [string, Impairments] => [`${offset} Hz`, { esn0: 20, offset }]),
  ['2500 Hz and 50 ppm', { esn0: 20, offset: 2500, ppm: 50 }],
  ['-2500 Hz and -50 ppm', { esn0: 20, offset: -2500, ppm: -50 }],
  ['2500 Hz, 50 ppm and Es/N0 10 dB', { esn0: 10, offset: 2500, ppm: 50 }],
];

/** Time from the start of reception to the first frame of which a trunking block was read, ms; Infinity without one. */
function acquired(signal: Buffer): number {
  const stage = new Fsk4Stage(C4FM, { protocol: 'p25', polarity: 'auto' });
  const decoder = findProtocol('p25').createDecoder({ event: () => {}, voice: () => {} }, {});
  const messages = feedIq(stage, signal, 'cs16', RATE);
  stage.close();
  for (const { metrics, ...frame } of framesOf(messages)) {
    decoder.frame({ ...frame, frequency: 0 }, metrics);
    if (decoder.counters().tsbk > 0) return frame.time - START;
  }
  return Number.POSITIVE_INFINITY;
}

describe('a control channel received from anywhere within a frame', () => {
  for (const modulation of ['c4fm', 'cqpsk'])
    for (const [name, how] of CONDITIONS)
      it(`is read from the first frame that begins, ${modulation.toUpperCase()} at ${name}`, function () {
        const file = `synth/p25_control_${modulation}_48k.cu8`;
        needsCaptures(this, file);
        const clean = fromCu8(readFileSync(capture(file)));
        const times = STARTS.map((start, seed) => {
          const from = 2 * Math.round(start * RATE);
          const piece = clean.subarray(from, from + 2 * LENGTH * RATE);
          return Math.round(acquired(toCs16(impair(piece, RATE, C4FM.symbolRate, { ...how, seed }))));
        });
        assert.ok(Math.max(...times) <= LIMIT, `first frames begin after ${times.join(', ')} ms`);
      });
});
