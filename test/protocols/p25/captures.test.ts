import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { EventObject, PortMessage, StreamMessage } from '../../../src/core/messages';
import { Fsk4Stage } from '../../../src/dsp/demod/fsk4-stage';
import { p25 } from '../../../src/protocols/p25';
import { DecoderStage } from '../../../src/protocols/stage';
import { capture, expectedResults, needsCaptures } from '../../support/captures';

const RATE = 48000;

/** Runs a recording through demodulator and decoder in blocks of this many samples. */
function decode(name: string, blockSamples = 4800) {
  const isAudio = !name.endsWith('.cu8');
  const data = name.endsWith('.flac')
    ? execFileSync('sox', [capture(name), '-t', 'raw', '-e', 'signed', '-b', '16', '-'], { maxBuffer: 1 << 28 })
    : readFileSync(capture(name));
  const demod = new Fsk4Stage(p25.airInterfaces[0], { protocol: 'p25', polarity: 'auto' });
  const decoder = new DecoderStage(p25);
  const out: PortMessage[] = [];
  const take = (messages: PortMessage[]): void => {
    for (const message of messages) out.push(...decoder.process(message as StreamMessage));
  };
  for (let sample = 0, seq = 0; sample * 2 < data.length; sample += blockSamples, seq++) {
    const payload = data.subarray(sample * 2, (sample + blockSamples) * 2);
    const info = { stream: 'recording', seq, time: Math.round((1000 * sample) / RATE), rate: RATE };
    take(
      demod.process(
        isAudio
          ? { port: 'audio', payload, info: { ...info, kind: 'discriminator' } }
          : { port: 'iq', payload, info: { ...info, format: 'cu8', center: 0, sample, dropped: 0 } },
      ),
    );
  }
  take(demod.flush());
  out.push(...decoder.flush());
  demod.close();
  decoder.close();
  const events = out.flatMap((message): EventObject[] => (message.port === 'event' ? [message.payload] : []));
  const voice = Buffer.concat(out.flatMap((message) => (message.port === 'voice' ? [message.payload] : [])));
  return { events, voice, counters: decoder.counters() };
}

const values = (events: EventObject[], field: string): unknown[] => [
  ...new Set(events.map((event) => event[field]).filter((value) => value !== undefined)),
];

describe('P25 recordings', function () {
  this.timeout(60_000);
  const names = [
    'p25/c4fm_control_48k.cu8',
    'p25/c4fm_voice_48k.cu8',
    'p25/voice_disc_48k.s16',
    'p25/voice_inverted_disc_48k.flac',
  ];

  for (const name of names) {
    it(`${name} reaches what independent decoders get`, function () {
      needsCaptures(this, name, 'expected.json');
      if (name.endsWith('.flac') && !hasSox()) this.skip();
      const floor = expectedResults()[name];
      const { events, counters, voice } = decode(name);
      for (const field of ['tsdu', 'tsbk', 'voice_frames']) {
        if (field in floor) assert.ok(counters[field] >= (floor[field] as number), `${field} ${counters[field]}`);
      }
      const systems = events.filter(({ type }) => type === 'system');
      for (const field of ['nac', 'wacn', 'system', 'rfss', 'site']) {
        if (field in floor) assert.deepEqual(values(systems, field), [floor[field]], field);
      }
      const talkers = events.filter(({ type }) => type === 'talker');
      for (const [field, list] of [
        ['talkgroup', floor.talkgroups],
        ['source', floor.sources],
      ] as const) {
        if (list) assert.deepEqual(values(talkers, field).sort(), [...(list as number[])].sort(), field);
      }
      if (floor.encrypted === false) assert.deepEqual(values(events, 'encrypted'), [false]);
      assert.equal(voice.length, counters.voice_frames * 144);
      assert.equal(counters.unknown, 0);
    });
  }

  it('reads the clock of the control channel', function () {
    needsCaptures(this, names[0]);
    const { events } = decode(names[0]);
    const times = events.filter(({ type }) => type === 'time').map(({ utc }) => utc);
    assert.equal(times[0], '2004-06-06T07:39:33Z');
    assert.deepEqual(times, [...times].sort());
    const plan = events.filter(({ type }) => type === 'iden_update');
    assert.ok(values(plan, 'identifier').length >= 10);
    assert.ok(events.filter(({ type }) => type === 'adjacent_site').length >= 5);
    assert.equal(events.findLast(({ type }) => type === 'system')?.control_channel, 381_725_000);
  });

  it('follows the supergroup and both talkers of the inverted recording', function () {
    const name = 'p25/voice_inverted_disc_48k.flac';
    needsCaptures(this, name);
    if (!hasSox()) this.skip();
    const { events, counters } = decode(name);
    assert.ok(counters.tdulc >= 170 && counters.hdu >= 4 && counters.ldu1 >= 39 && counters.ldu2 >= 37);
    assert.deepEqual(values(events, 'talkgroup'), [1726]);
  });

  it('gives the same at any block size', function () {
    needsCaptures(this, names[1]);
    const reference = decode(names[1]);
    for (const blockSamples of [257, 48_000, 1 << 20]) {
      const { events, voice, counters } = decode(names[1], blockSamples);
      assert.deepEqual(counters, reference.counters);
      assert.deepEqual(voice, reference.voice);
      const what = (list: EventObject[]) => list.filter(({ type }) => type !== 'stats');
      assert.deepEqual(what(events), what(reference.events));
    }
  });

  it('reads the synthetic control channel from its IQ', function () {
    needsCaptures(this, 'synth/p25_control_c4fm_48k.cu8');
    const { counters, events } = decode('synth/p25_control_c4fm_48k.cu8');
    assert.equal(counters.tsbk, 464);
    assert.deepEqual(
      values(
        events.filter(({ type }) => type === 'grant'),
        'talkgroup',
      ).sort(),
      [9101, 9102, 9103],
    );
  });
});

const hasSox = (): boolean => spawnSync('sox', ['--version']).status === 0;
