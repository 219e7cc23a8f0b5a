import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { DIBIT_LEVELS } from '../../../src/coding/dibits';
import type { PortMessage } from '../../../src/core/messages';
import { ChannelizerStage } from '../../../src/dsp/channelizer/stage';
import { Fsk4Stage } from '../../../src/dsp/demod/fsk4-stage';
import { C4FM } from '../../../src/protocols/p25/air-interface';
import { findProtocol } from '../../../src/protocols/registry';
import { capture, needsCaptures } from '../../support/captures';
import { impair } from '../../support/channel-simulator';
import { modulateCqpsk } from '../../support/cqpsk-modulator';
import { modulateFsk4 } from '../../support/fsk4-modulator';
import { uniform } from '../../support/random';
import { feedIq, framesOf, iqMessage, START } from './support';

const SPACING = 12500;
const SYMBOLS = 'synth/p25_control_c4fm.symbols.bin';

type Modulate = (levels: number[], rate: number) => Float32Array;
const MODULATIONS: Readonly<Record<string, Modulate>> = {
  C4FM: (levels, rate) => modulateFsk4(C4FM, levels, rate),
  CQPSK: (levels, rate) => modulateCqpsk(levels, C4FM.symbolRate, rate),
};

/** Four seconds of a control channel, its symbols made by another project's encoder, at Es/N0 15 dB. */
function control(modulate: Modulate, rate: number): Float32Array {
  const dibits = readFileSync(capture(SYMBOLS)).subarray(0, 4 * C4FM.symbolRate);
  const levels = Array.from(dibits, (dibit) => DIBIT_LEVELS[dibit]);
  return impair(modulate(levels, rate), rate, C4FM.symbolRate, { esn0: 15 });
}

/** The signal with a neighbour of random symbols `offset` Hz away, stronger by `gain` dB, as cf32. */
function beside(signal: Float32Array, modulate: Modulate, rate: number, offset: number, gain: number): Buffer {
  const random = uniform(5);
  const levels = Array.from({ length: 4 * C4FM.symbolRate }, () => 2 * Math.floor(4 * random()) - 3);
  const neighbour = impair(modulate(levels, rate), rate, C4FM.symbolRate, { offset });
  const amplitude = 10 ** (gain / 20);
  return Buffer.from(signal.map((value, i) => value + amplitude * neighbour[i]).buffer);
}

const demodulator = () => new Fsk4Stage(C4FM, { protocol: 'p25', polarity: 'auto' });

/** TSBKs read, but for the first 100 ms: a strong signal that begins all at once disturbs everything. */
function tsbks(messages: Parameters<typeof framesOf>[0]): number {
  const decoder = findProtocol('p25').createDecoder({ event: () => {}, voice: () => {} }, {});
  for (const { metrics, ...frame } of framesOf(messages))
    if (frame.time > START + 100) decoder.frame({ ...frame, frequency: 0 }, metrics);
  return decoder.counters().tsbk;
}

/** TSBKs read behind the channelizer. */
function channelized(signal: Buffer, rate: number): number {
  const channelizer = new ChannelizerStage({ channels: [{ frequency: 0, id: 'control' }] });
  const channel = [...channelizer.process(iqMessage(signal, 'cf32', rate, 0, 0)), ...channelizer.flush()];
  channelizer.close();
  const stage = demodulator();
  const out: PortMessage[] = channel.flatMap((message) => (message.port === 'iq' ? stage.process(message) : []));
  out.push(...stage.flush());
  stage.close();
  return tsbks(out as Parameters<typeof framesOf>[0]);
}

describe('a control channel beside a neighbour 40 dB stronger', () => {
  const receivers: [string, number, (signal: Buffer, rate: number) => number][] = [
    ['through the channelizer', 240_000, channelized],
    ['by the demodulator alone', 48_000, (signal, rate) => tsbks(feedIq(demodulator(), signal, 'cf32', rate))],
  ];
  for (const [how, rate, receive] of receivers)
    for (const [name, modulate] of Object.entries(MODULATIONS))
      it(`is read as well as without it, both ${name}, ${how}`, function () {
        needsCaptures(this, SYMBOLS);
        const signal = control(modulate, rate);
        const alone = receive(Buffer.from(signal.buffer), rate);
        assert.ok(alone >= 125, `${alone} TSBKs without it`);
        for (const offset of [SPACING, -SPACING])
          assert.equal(receive(beside(signal, modulate, rate, offset, 40), rate), alone);
      });
});
