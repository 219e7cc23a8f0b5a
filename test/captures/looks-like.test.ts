import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { EventObject, IqFormat, StreamMessage } from '../../src/core/messages';
import { Signal } from '../../src/sources/generator/signal';
import { makeStage } from '../../src/stages';
import { capture, needsCaptures } from '../support/captures';
import { gaussian, noise, toCs16 } from '../support/channel-simulator';
import { decode, hasFfmpeg } from '../support/ffmpeg';

const RATE = 48_000;
const START = 1_700_000_000_000;

/** IQ or discriminator audio. */
type Recording = { bytes: Buffer; format?: IqFormat; rate?: number };

/** Reads a recording of IQ (cu8, stereo wav) or of discriminator audio. */
function read(name: string): Recording {
  if (name.endsWith('.cu8')) return { bytes: readFileSync(capture(name)), format: 'cu8' };
  if (name.endsWith('.s16')) return { bytes: readFileSync(capture(name)) };
  const bytes = name.endsWith('.wav') ? readFileSync(capture(name)) : null;
  if (bytes)
    return {
      bytes: bytes.subarray(44, bytes.length - (bytes.length % 4)),
      format: name.includes('_iq_') ? 'cs16' : undefined,
    };
  return { bytes: Buffer.from(decode(capture(name), RATE).buffer) };
}

function* blocks({ bytes, format, rate = RATE }: Recording, seconds: number): Generator<StreamMessage> {
  const width = format === undefined ? 2 : format === 'cu8' ? 2 : 4;
  const size = Math.round(rate * seconds) * width;
  for (let at = 0, seq = 0; at < bytes.length; at += size, seq++) {
    const sample = at / width;
    const payload = Buffer.from(bytes.subarray(at, at + size));
    const stream = { stream: 'test', seq, time: START + (1000 * sample) / rate, rate };
    if (format) yield { port: 'iq', payload, info: { ...stream, format, sample, center: 851e6, dropped: 0 } };
    else yield { port: 'audio', payload, info: { ...stream, kind: 'discriminator' } };
  }
}

interface Answer {
  /** What was said in turn of what the channel looks like, with the seconds when it was first said. */
  looks: [string, number][];
  events: EventObject[];
}

/** What a demodulator for a protocol and the decoder behind it say of a signal. */
function ask(signal: Recording, seconds = 0.03, protocol = 'p25'): Answer {
  const demod = makeStage({ stage: 'demod', options: { mode: 'fsk4', protocol, polarity: 'auto' } });
  const decoder = makeStage({ stage: 'decoder', options: { protocol } });
  const answer: Answer = { looks: [], events: [] };
  const pass = (messages: ReturnType<typeof demod.process>) => {
    for (const message of messages) {
      if (message.port !== 'symbols') continue;
      const { looksLike, time, duration } = message.info;
      if (looksLike && looksLike !== answer.looks.at(-1)?.[0])
        answer.looks.push([looksLike, (time + duration - START) / 1000]);
      for (const out of decoder.process(message)) if (out.port === 'event') answer.events.push(out.payload);
    }
  };
  for (const message of blocks(signal, seconds)) pass(demod.process(message));
  pass(demod.flush());
  for (const out of decoder.flush()) if (out.port === 'event') answer.events.push(out.payload);
  demod.close();
  return answer;
}

const named = ({ looks }: Answer) => [...new Set(looks.map(([name]) => name))];

const MODES: Record<string, string> = {
  'dmr/tier2_voice_disc_48k.s16': 'DMR',
  'dmr/connectplus_control_48k.cu8': 'DMR',
  'dmr/capmax_ras_control_48k.cu8': 'DMR',
  'synth/dmr_two_calls_48k.cu8': 'DMR',
  'synth/dmr_t3_control_48k.cu8': 'DMR',
  'nxdn/nxdn48_voice_iq_48k.wav': 'NXDN48',
  'nxdn/nxdn48_control_disc.mp3': 'NXDN48',
  'synth/nxdn48_voice_48k.cu8': 'NXDN48',
  'synth/nxdn48_control_48k.cu8': 'NXDN48',
  'nxdn/nxdn96_voice_iq_48k.wav': 'NXDN96',
  'synth/nxdn96_control_48k.cu8': 'NXDN96',
  'dpmr/voice_disc_48k.s16': 'dPMR',
  'dstar/voice_inverted_disc_48k.s16': 'D-STAR',
  'synth/dstar_voice_48k.cu8': 'D-STAR',
  'ysf/v_d2_voice_disc_48k.s16': 'YSF',
  'synth/ysf_dn_voice_48k.cu8': 'YSF',
  'synth/ysf_vw_voice_48k.cu8': 'YSF',
  'edacs/control_48k.cu8': 'EDACS',
  'm17/stream_baseband_48k.wav': 'M17',
  'synth/m17_voice_48k.cu8': 'M17',
  'p25/phase2_weak_48k.cu8': 'P25 TDMA',
  'synth/p25p2_two_calls_48k.cu8': 'P25 TDMA',
  'synth/nbfm_ctcss100_48k.cu8': 'FM voice',
};

const NOTHING = [
  'other/unidentified_burst.wav',
  'p25/c4fm_control_48k.cu8',
  'p25/cqpsk_control_48k.cu8',
  'p25/c4fm_voice_48k.cu8',
  'p25/voice_disc_48k.s16',
  'mpt1327/traffic_1.mp3',
  'mpt1327/traffic_2.mp3',
  'pocsag/pocsag512.flac',
  'pocsag/pocsag1200.flac',
  'synth/afsk1200_48k.cu8',
  'synth/dtmf_48k.cu8',
  'synth/zvei_48k.cu8',
  'synth/flex_48k.cu8',
  'synth/pocsag512_48k.cu8',
];

describe('what a channel looks like', function () {
  this.timeout(120_000);

  for (const [name, mode] of Object.entries(MODES))
    it(`${name} looks like ${mode}`, function () {
      needsCaptures(this, name);
      if (name.endsWith('.mp3') && !hasFfmpeg) this.skip();
      const answer = ask(read(name));
      assert.deepEqual(named(answer), [mode]);
    });

  for (const name of NOTHING)
    it(`${name} looks like nothing that is known`, function () {
      needsCaptures(this, name);
      if (/\.(mp3|flac)$/.test(name) && !hasFfmpeg) this.skip();
      assert.deepEqual(named(ask(read(name))), []);
    });

  it('the decoder tells it once, and the answer does not depend on how the signal comes in blocks', function () {
    needsCaptures(this, 'synth/dmr_two_calls_48k.cu8');
    const signal = read('synth/dmr_two_calls_48k.cu8');
    const answers = [0.03, 0.011, 0.7].map((seconds) => ask(signal, seconds));
    const told = answers[0].events.filter(({ type }) => type === 'diagnosis');
    assert.deepEqual(
      told.map(({ code, words, looks_like }) => [code, words, looks_like]),
      [['wrong_protocol', 'looks like DMR', 'DMR']],
    );
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
  });

  for (const name of [
    'synth/p25_voice_cqpsk_48k.cu8',
    'synth/p25_voice_c4fm_48k.cu8',
    'synth/p25_control_cqpsk_48k.cu8',
  ])
    it(`${name} looks like P25 to a demodulator of time slots, which does not lock on it`, function () {
      needsCaptures(this, name);
      const { looks, events } = ask(read(name), 0.1, 'p25-phase2');
      assert.deepEqual([...new Set(looks.map(([mode]) => mode))], ['P25']);
      const stats = events.filter(({ type }) => type === 'stats');
      assert.ok(stats.every(({ locked }) => locked === false));
      const told = events.filter(({ type }) => type === 'diagnosis').map(({ code, words }) => [code, words]);
      assert.deepEqual(told, [['wrong_protocol', 'looks like P25']]);
    });

  it('a carrier without anything on it looks like one down to 15 dB, a tone does not', () => {
    const generated = (signal: 'carrier' | 'nfm', esn0: number) => {
      const made = new Signal({ signal, rate: RATE, format: 'cs16', noise: esn0, offset: 700 });
      return named(ask({ bytes: made.read(8 * RATE), format: 'cs16' }));
    };
    for (const esn0 of [40, 25, 18, 15]) {
      assert.deepEqual(generated('carrier', esn0), ['carrier'], `${esn0} dB`);
      assert.deepEqual(generated('nfm', esn0), [], `a tone, ${esn0} dB`);
    }
  });

  it('noise looks like nothing, neither as IQ nor as audio', () => {
    for (const seed of [1, 2, 3]) {
      const seconds = 12;
      assert.deepEqual(named(ask({ bytes: toCs16(noise(seconds * RATE, seed)), format: 'cs16' })), []);
      const normal = gaussian(seed);
      const audio = Int16Array.from({ length: seconds * RATE }, () => 5000 * normal());
      assert.deepEqual(named(ask({ bytes: Buffer.from(audio.buffer) })), []);
    }
  });
});
