import assert from 'node:assert/strict';
import { TrunkflowError } from '../../src/core/errors';
import type { CallInfo } from '../../src/core/messages';
import { fromNodeMessage, PORT_WORDS, toNodeMessage, type WireMessage, type WirePort } from '../../src/core/ports';
import { uniform } from '../support/random';

const iq = { stream: 's', seq: 0, time: 1, format: 'cu8', rate: 48000, center: 0, sample: 0, dropped: 0 } as const;
const payload = Buffer.alloc(4);

function failure(msg: WireMessage, accepts: WirePort[]): TrunkflowError {
  try {
    fromNodeMessage(msg, accepts);
  } catch (error) {
    assert.ok(error instanceof TrunkflowError, String(error));
    return error;
  }
  throw new Error('it was accepted');
}

describe('ports', () => {
  it('reads what it writes, for every port', () => {
    const message = { port: 'iq', payload, info: iq } as const;
    assert.deepEqual(fromNodeMessage(toNodeMessage(message), ['iq']), message);
    const event = { port: 'event', payload: { type: 'grant', talkgroup: 1 } } as const;
    assert.deepEqual(fromNodeMessage(toNodeMessage(event, 'sys/grant'), ['event']), event);
    assert.equal(toNodeMessage(event, 'sys/grant').topic, 'sys/grant');
  });

  it('tells a call from an event by what it says', () => {
    const call = { id: 'demo_1001_1_1', sys_name: 'demo', talkgroup: 1001, state: 'ended' } as CallInfo;
    const message = { port: 'call', payload: call, event: 'end' } as const;
    assert.deepEqual(fromNodeMessage(toNodeMessage(message), ['audio', 'call']), message);
    assert.equal(toNodeMessage(message).topic, 'demo/1001');
    assert.equal(failure({ payload: call }, ['call']).code, 'wrong-port');
    assert.equal(failure({ payload: call, event: 'party' as never }, ['call']).code, 'wrong-port');
  });

  it('says what is expected and what came when the wrong output is wired', () => {
    const error = failure({ payload, iq }, ['symbols']);
    assert.equal(error.code, 'wrong-port');
    assert.ok(error.message.includes(PORT_WORDS.symbols) && error.message.includes(PORT_WORDS.iq), error.message);
    assert.ok(error.status.length < 20);
    for (const other of [{}, { payload: 'text' }, { payload: 7 }, { payload: [] }, { payload: Buffer.alloc(3) }])
      assert.equal(failure(other, ['iq', 'event']).code, 'wrong-port');
  });

  it('refuses metadata it cannot use, naming the field', () => {
    const broken: [object, RegExp][] = [
      [{ rate: 0 }, /rate/],
      [{ rate: Number.NaN }, /rate/],
      [{ seq: 'one' }, /seq/],
      [{ time: Number.POSITIVE_INFINITY }, /time/],
      [{ format: 'mp3' }, /format/],
      [{ format: 'toString' }, /format/],
      [{ stream: '' }, /stream/],
      [{ sample: undefined }, /sample/],
    ];
    for (const [change, names] of broken) {
      const error = failure({ payload, iq: { ...iq, ...change } as never }, ['iq']);
      assert.equal(error.code, 'bad-message');
      assert.match(error.message, names);
    }
    assert.equal(failure({ payload: 'text', iq }, ['iq']).code, 'bad-message');
  });

  it('meets anything else with an error of its own', () => {
    const random = uniform(1);
    const odd = [null, undefined, 0, -1, '', 'x', [], {}, Buffer.alloc(1), Number.NaN, () => 1, Symbol.iterator];
    const pick = () => odd[Math.floor(random() * odd.length)];
    for (let i = 0; i < 20_000; i++) {
      const info = { ...iq, rate: pick(), stream: pick(), seq: pick(), time: pick() };
      const msg = { payload: pick(), [['iq', 'audio', 'symbols', 'voice', 'x'][i % 5]]: i % 3 ? info : pick() };
      try {
        fromNodeMessage(msg, ['iq', 'audio', 'symbols', 'voice', 'event', 'call']);
      } catch (error) {
        assert.ok(error instanceof TrunkflowError, String(error));
      }
    }
  });
});
