import assert from 'node:assert/strict';
import { Diagnosis, type Finding } from '../../src/core/diagnosis';
import type { SymbolsInfo } from '../../src/core/messages';
import { CarrierOffset } from '../../src/protocols/carrier-offset';
import { p25 } from '../../src/protocols/p25';
import { Reception } from '../../src/protocols/reception';
import { DecoderStage } from '../../src/protocols/stage';
import { symbolsMessage, tsdu } from './p25/frames';

const GRANT = '8000 04 20F0 238D 0AAE61';

describe('diagnosis', () => {
  const finding = (code: string, looks_like?: string): Finding => ({ code, words: code, numbers: {}, looks_like });

  it('tells trouble when it was found twice running, and at once that it is over, each once', () => {
    const diagnosis = new Diagnosis('decoder');
    const codes = [
      'ok',
      'ok',
      'no_carrier',
      'ok',
      'no_carrier',
      'no_carrier',
      'no_carrier',
      'too_weak',
      'no_carrier',
      'ok',
    ];
    const told = codes.map((code) => diagnosis.observe(finding(code))?.code);
    const none = undefined;
    assert.deepEqual(told, ['ok', none, none, none, none, 'no_carrier', none, none, none, 'ok']);
  });

  it('tells another mode as another trouble, and nothing of what was assumed', () => {
    const diagnosis = new Diagnosis('decoder', 'ok');
    const steps = [finding('ok'), ...['DMR', 'DMR', 'YSF', 'YSF'].map((mode) => finding('wrong_protocol', mode))];
    const told = steps.map((step) => diagnosis.observe(step)?.looks_like);
    assert.deepEqual(told, [undefined, undefined, 'DMR', undefined, 'YSF']);
  });
});

describe('reception', () => {
  const problem = (info: Partial<SymbolsInfo>, before: Partial<SymbolsInfo> = {}) => {
    const reception = new Reception();
    const base = { time: 0, duration: 1000, frames: [] } as unknown as SymbolsInfo;
    reception.update({ ...base, ...before });
    reception.problem();
    reception.update({ ...base, time: 1000, ...info });
    return { ...reception.problem(), numbers: reception.numbers() };
  };

  it('says that the receiver is overloaded by the share of samples clipped since the last time', () => {
    const { code, words, numbers } = problem(
      { stats: { samples: 200_000, clipped: 13_000 } },
      { stats: { samples: 100_000, clipped: 1000 } },
    );
    assert.deepEqual([code, words, numbers.clipped], ['overload', 'overloaded 12 %', 0.12]);
    assert.equal(
      problem({ stats: { samples: 200_000, clipped: 51_000 } }, { stats: { samples: 100_000, clipped: 50_000 } }).code,
      undefined,
    );
  });

  it('says that it is overloaded of an empty channel too: an overdriven receiver hides carriers', () => {
    assert.equal(problem({ stats: { samples: 1000, clipped: 100, no_carrier_ms: 1000 } }).code, 'overload');
    assert.equal(problem({ stats: { samples: 1000, clipped: 10, no_carrier_ms: 1000 } }).code, 'no_carrier');
    assert.equal(problem({ looksLike: 'DMR', stats: { samples: 1000, clipped: 100 } }).code, 'wrong_protocol');
  });

  it('says what the channel looks like, unless it is empty', () => {
    assert.equal(problem({ looksLike: 'DMR' }).words, 'looks like DMR');
    assert.equal(problem({ looksLike: 'DMR' }).code, 'wrong_protocol');
    assert.equal(problem({ looksLike: 'FM voice' }).code, 'wrong_modulation');
    assert.equal(problem({ looksLike: 'carrier' }).words, 'bare carrier');
    assert.equal(problem({ looksLike: 'DMR', stats: { no_carrier_ms: 1000 } }).code, 'no_carrier');
  });
});

describe('carrier offset', () => {
  /** What is told of frames every 40 ms with these offsets, asked each second, at 850 MHz. */
  function told(offsetAt: (time: number) => number, seconds: number): [number, number][] {
    const carrier = new CarrierOffset();
    const out: [number, number][] = [];
    for (let time = 0; time <= 1000 * seconds; time += 40) {
      carrier.add(time, offsetAt(time));
      const news = time % 1000 === 0 ? carrier.news(time, 850e6) : undefined;
      if (news !== undefined) out.push([time / 1000, Math.round(news)]);
    }
    return out;
  }

  it('is told after three seconds, the mean of the frames, and not again while it stays', () => {
    assert.deepEqual(
      told((time) => 850 + (time % 80 ? 20 : -20), 60),
      [[3, 850]],
    );
  });

  it('is told again when it has changed by 0.2 ppm, without what came before', () => {
    const steps = told((time) => (time < 20_000 ? 850 : 30), 40);
    assert.equal(steps[0][1], 850);
    assert.equal(steps.at(-1)![1], 30);
    assert.ok(steps.length <= 3, JSON.stringify(steps));
  });

  it('is not told without a frequency', () => {
    const carrier = new CarrierOffset();
    for (let time = 0; time < 10_000; time += 40) carrier.add(time, 500);
    assert.equal(carrier.news(10_000, 0), undefined);
    assert.equal(carrier.value, 500);
  });
});

describe('decoder stage: why it does not read', () => {
  const play = (blocks: { bad?: boolean; offset?: number }[]) => {
    const stage = new DecoderStage(p25);
    return blocks.flatMap(({ bad, offset = 0 }, i) => {
      const dibits = tsdu(0x3c1, GRANT);
      // Behind the network identifier, so that the frame is found and its block fails.
      if (bad) for (let k = 58; k < dibits.length; k += 2) dibits[k] ^= 3;
      const message = symbolsMessage([{ dibits }], { time: 37.5 * i, seq: i });
      for (const frame of message.info.frames) frame.offset = offset;
      return stage.process(message).flatMap((out) => (out.port === 'event' ? [out.payload] : []));
    });
  };

  it('tells once that frames are found whose contents fail, with the counts, and once that they are read', () => {
    const events = play(Array.from({ length: 300 }, (_, i) => ({ bad: i < 150 })));
    const diagnoses = events.filter(({ type }) => type === 'diagnosis');
    assert.deepEqual(
      diagnoses.map(({ node, state, code, words }) => [node, state, code, words]),
      [
        ['decoder', 'problem', 'no_data', 'sync, no data'],
        ['decoder', 'ok', 'ok', 'ok'],
      ],
    );
    const { blocks, blocks_bad } = diagnoses[0].numbers as Record<string, number>;
    assert.ok(blocks > 20 && blocks_bad === blocks, `${blocks_bad} of ${blocks}`);
    const stats = events.find(({ type }) => type === 'stats')!;
    assert.deepEqual([stats.reason, stats.code], ['sync, no data', 'no_data']);
  });

  it('tells that a channel is read with losses', () => {
    const events = play(Array.from({ length: 150 }, (_, i) => ({ bad: i % 2 === 0 })));
    const [{ code, words }] = events.filter(({ type }) => type === 'diagnosis');
    assert.equal(code, 'bad_blocks');
    assert.match(String(words), /^(4[5-9]|5[0-5]) % lost$/);
  });

  it('tells the offset with what the source must be told', () => {
    const events = play(Array.from({ length: 150 }, () => ({ offset: 851 })));
    const offsets = events.filter(({ type }) => type === 'offset');
    assert.deepEqual(
      offsets.map(({ offset, ppm, control }) => [offset, ppm, control]),
      [[851, 1, { adjust: -1 }]],
    );
    const stats = events.filter(({ type }) => type === 'stats').at(-1)!;
    assert.deepEqual([stats.offset, stats.ppm], [851, 1]);
    assert.ok(!('control' in stats));
  });
});
