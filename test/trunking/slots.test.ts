import assert from 'node:assert/strict';
import type { Control, EventObject, PortMessage } from '../../src/core/messages';
import { decoderSpec, demodSpec } from '../../src/protocols/specs';
import { Follower } from '../../src/trunking/follower';
import type { CallOutput, ControlOutput, FollowerOutput } from '../../src/trunking/options';
import { CONTROL, calls, grant, play, type Said, T0, transmission, voiceOf } from './support/script';

const F1 = 851_550_000;
const F2 = 851_600_000;
const IDENTITY = { wacn: '92F70', system: '3C5' };

const heard = ({ at, ...fields }: Said, more: object = {}): PortMessage => ({
  port: 'event',
  payload: { protocol: 'p25', nac: '3C1', stream: CONTROL, time: T0 + at, ...fields, ...more } as EventObject,
});

/** What a follower does about these events; each is followed by the news that time has passed. */
function follow(events: PortMessage[]): FollowerOutput[] {
  const follower = new Follower({ settle: 0 });
  const outputs = events.flatMap((event) => follower.handle(event));
  return [...outputs, ...follower.close()];
}

const opened = (outputs: FollowerOutput[]) =>
  outputs
    .filter((output): output is ControlOutput => output.to === 'control' && output.control.open !== undefined)
    .map(({ control }) => control.open as Exclude<Control['open'], undefined | unknown[]>);
const told = (outputs: FollowerOutput[]) => outputs.filter((output): output is CallOutput => output.to === 'calls');

describe('call follower: time slots', () => {
  it('opens each slot of a frequency as a channel that says what it carries', () => {
    const outputs = follow([
      heard({ at: 0, type: 'system', ...IDENTITY }),
      heard(grant(100, 9101, F1, { slot: 0 })),
      heard(grant(200, 9102, F1, { slot: 1 })),
      heard(grant(300, 9102, F1, { slot: 1, update: true })),
    ]);
    const signal = { protocol: 'p25-phase2', wacn: '92F70', system: '3C5', nac: '3C1' };
    assert.deepEqual(
      opened(outputs).map(({ frequency, signal: carried }) => [frequency, carried]),
      [
        [F1, { ...signal, slot: 0 }],
        [F1, { ...signal, slot: 1 }],
      ],
    );
  });

  it('waits until the identities a slot is scrambled with are heard, and says so once', () => {
    const outputs = follow([
      heard(grant(100, 9101, F1, { slot: 0 })),
      heard(grant(400, 9101, F1, { slot: 0, update: true })),
      heard({ at: 500, type: 'system', ...IDENTITY }),
      heard(grant(700, 9101, F1, { slot: 0, update: true })),
    ]);
    const [skipped, ...rest] = told(outputs);
    assert.deepEqual(
      [skipped.event, skipped.call.reason, skipped.call.phase2_tdma],
      ['not_followed', 'unknown_system', true],
    );
    assert.ok(rest.every(({ call }) => call.reason !== 'unknown_system'));
    assert.equal(opened(outputs).length, 1);
  });

  it('goes with a call to another slot, and from a slot to a whole channel', () => {
    const outputs = follow([
      heard({ at: 0, type: 'system', ...IDENTITY }),
      heard(grant(100, 9101, F1, { slot: 0 })),
      heard(grant(1100, 9101, F1, { slot: 1 })),
      heard(grant(2100, 9101, F2)),
    ]);
    assert.deepEqual(
      opened(outputs).map(({ frequency, signal }) => [frequency, signal?.slot]),
      [
        [F1, 0],
        [F1, 1],
        [F2, undefined],
      ],
    );
  });

  it('tells of channels without slots that a phase 2 control channel grants', () => {
    const outputs = follow([
      heard({ at: 0, type: 'system', ...IDENTITY }, { protocol: 'p25-phase2' }),
      heard(grant(100, 9101, F1), { protocol: 'p25-phase2' }),
    ]);
    assert.deepEqual(opened(outputs)[0].signal, { protocol: 'p25' });
  });

  it('does not act on grants without a frequency that voice channels repeat', () => {
    const outputs = follow([
      heard({ at: 0, type: 'system', ...IDENTITY }),
      heard(grant(100, 9101, F1, { slot: 0 })),
      heard(grant(200, 9109, null, { update: true }), { stream: 'site/voice-1', protocol: 'p25-phase2' }),
    ]);
    assert.ok(told(outputs).every(({ call }) => call.talkgroup !== 9109));
  });
});

describe('what is known of a channel', () => {
  const signal = { protocol: 'p25-phase2', slot: 1, wacn: '92F70', system: '3C5', nac: '3C1' };
  const iq = { port: 'iq', payload: Buffer.alloc(0), info: { stream: 's', signal } } as unknown as Extract<
    PortMessage,
    { port: 'iq' }
  >;

  it("takes the place of the demodulator's protocol, not of an analog one", () => {
    const digital = { mode: 'fsk4', protocol: 'p25', modulation: 'C4FM', polarity: 'auto' } as const;
    assert.deepEqual(demodSpec(digital, iq).options, { mode: 'fsk4', protocol: 'p25-phase2', polarity: 'auto' });
    const analog = { mode: 'am', audioRate: 8000, bandwidth: 12_500, squelch: null, deemphasis: 0 } as const;
    assert.equal(demodSpec(analog, iq).options, analog);
    const plain = { ...iq, info: { ...iq.info, signal: undefined } };
    assert.equal(demodSpec(digital, plain).options, digital);
  });

  it('reaches the decoder with the symbols', () => {
    const symbols = { ...iq, port: 'symbols', info: { protocol: 'p25-phase2', signal } } as unknown as Extract<
      PortMessage,
      { port: 'symbols' }
    >;
    const bandPlan = { 1: { base: 851e6, spacing: 12_500 } };
    assert.deepEqual(decoderSpec({ bandPlan }, symbols).options, { bandPlan, protocol: 'p25-phase2', signal });
    const { options } = decoderSpec(
      { signal: { slot: 0 } },
      { ...symbols, info: { ...symbols.info, signal: undefined } },
    );
    assert.deepEqual((options as { signal: object }).signal, { slot: 0 });
  });
});

describe('call follower: time slots without a grant', () => {
  const CARRIER = 'fm/851600000';
  const channels =
    'TG Number,Frequency,Tone,Alpha Tag,Description,Category,Tag,Comment,Enable\n7,851.6000,,Mine,,,,,true\n';
  const slot = (number: number, parts: [from: number, to: number, talkgroup: number, mark: number][]) => {
    const all = parts.map(([from, to, talkgroup, mark]) => transmission(from, to, talkgroup, 40 + number, mark));
    return {
      stream: `${CARRIER}/slot-${number}`,
      from: 0,
      to: 12_000,
      frequency: F2,
      events: all.flatMap(({ events }) => events),
      voice: all.flatMap(({ voice }) => voice),
    };
  };
  const told = (outputs: FollowerOutput[]) =>
    calls(outputs)
      .filter(({ event }) => event === 'end' || event === 'not_followed')
      .map(({ event, call }) => [event, call.talkgroup, call.tdma_slot, call.length, call.unit]);

  it('makes two calls of a listed channel, one of each slot', () => {
    const others = [slot(0, [[1500, 5100, 101, 1]]), slot(1, [[2500, 6100, 102, 2]])];
    const { outputs } = play({ control: [], others, options: { systems: [{ shortName: 'a', channels }] } });
    assert.deepEqual(told(outputs), [
      ['end', 7, 0, 3.6, 40],
      ['end', 7, 1, 3.6, 41],
    ]);
    const voices = new Map<string, Set<number>>();
    for (const { message } of voiceOf(outputs)) {
      const marks = voices.get(message.info.stream) ?? new Set();
      voices.set(message.info.stream, marks);
      for (const byte of message.payload) marks.add(byte);
    }
    assert.deepEqual(
      [...voices.values()].map((marks) => [...marks]),
      [[1], [2]],
    );
  });

  it('keeps the turns of a slot in one call while the other is spoken in', () => {
    const turns = slot(1, [
      [2500, 3940, 102, 2],
      [4500, 5940, 103, 3],
    ]);
    const { outputs } = play({
      control: [],
      others: [slot(0, [[1500, 8700, 101, 1]]), turns],
      options: { systems: [{ shortName: 'a', channels }] },
    });
    assert.deepEqual(told(outputs), [
      ['end', 7, 1, 2.88, 41],
      ['end', 7, 0, 7.2, 40],
    ]);
  });

  it('makes two calls of two slots that name the same talkgroup, on a channel in no table', () => {
    const later = slot(1, [
      [2500, 3940, 1, 2],
      // The other slot's call is over by then.
      [4860, 6300, 1, 2],
    ]);
    const { outputs } = play({ control: [], others: [slot(0, [[1500, 2940, 1, 1]]), later], options: { hangTime: 2 } });
    assert.deepEqual(told(outputs), [
      ['end', 1, 0, 1.44, 40],
      ['end', 1, 1, 2.88, 41],
    ]);
  });

  it('still takes the same talkgroup on two carriers for one call', () => {
    const elsewhere = { ...slot(1, [[2500, 3940, 1, 2]]), stream: 'fm/851650000/slot-1', frequency: 851_650_000 };
    const { outputs } = play({ control: [], others: [slot(0, [[1500, 5100, 1, 1]]), elsewhere] });
    assert.deepEqual(
      told(outputs).map(([event, talkgroup, number]) => [event, talkgroup, number]),
      [
        ['not_followed', 1, 1],
        ['end', 1, 0],
      ],
    );
  });
});
