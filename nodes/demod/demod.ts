import type { NodeAPI, NodeDef, Node as RedNode } from 'node-red';
import { TrunkflowError } from '../../src/core/errors';
import type { DemodOptions } from '../../src/dsp/demod/options';
import { protocols } from '../../src/protocols/registry';
import { demodSpec } from '../../src/protocols/specs';
import { Latest } from '../lib/latest';
import { numberSetting, optionalNumber } from '../lib/settings';
import { runStage } from '../lib/stage-node';
import type { StatusText } from '../lib/status-line';
import { ChannelSync } from './channel-sync';

interface DemodConfig extends NodeDef {
  /** A protocol's id, 'nfm' or 'am'. */
  signal: string;
  modulation: string;
  polarity: 'auto' | 'normal' | 'inverted';
  bandwidth: unknown;
  squelch: unknown;
  deemphasis: unknown;
  audioRate: unknown;
}

/** An analog channel: its squelch, and its signal to noise ratio in dB. */
interface Opening {
  open: boolean;
  snr: number;
}

/** IQ samples/s beyond which it is hardly a channel: no dongle gives less than 225 kS/s. */
const BAND_RATE = 200_000;
/** What is wrong with a channel, by its code. */
const PROBLEMS: Record<string, string> = {
  no_carrier: 'status.noCarrier',
  wrong_frequency: 'status.offFrequency',
  too_weak: 'status.tooWeak',
  overload: 'status.overloaded',
};

function readOptions(config: DemodConfig): DemodOptions {
  const { signal, modulation, polarity } = config;
  if (signal !== 'nfm' && signal !== 'am')
    return { mode: 'fsk4', protocol: signal, polarity, ...(modulation ? { modulation } : {}) };
  return {
    mode: signal,
    audioRate: numberSetting(config.audioRate, 'audio rate', { least: 1000 }),
    bandwidth: numberSetting(config.bandwidth, 'bandwidth', { least: 1 }),
    squelch: optionalNumber(config.squelch, 'squelch', null),
    deemphasis: signal === 'nfm' ? numberSetting(config.deemphasis, 'de-emphasis', { least: 0 }) : 0,
  };
}

function register(RED: NodeAPI): void {
  RED.nodes.registerType(
    'radio-demod',
    function (this: RedNode, config: DemodConfig) {
      RED.nodes.createNode(this, config);
      const syncs = new Latest<ChannelSync>();
      const openings = new Latest<Opening>();
      /** IQ samples/s of the streams that may be bands. */
      const bands = new Map<string, number>();
      const analog = config.signal === 'nfm' || config.signal === 'am';

      const stage = runStage(this, {
        accepts: ['iq', 'audio'],
        outputs: [analog ? 'audio' : 'symbols'],
        settings: () => readOptions(config),
        spec: demodSpec,
        arrived({ port, info }) {
          if (!analog && port === 'iq' && info.rate > BAND_RATE) bands.set(info.stream, info.rate);
        },
        observe(message) {
          if (message.port !== 'symbols' && message.port !== 'audio') return;
          const { stream, end } = message.info;
          if (end) {
            syncs.delete(stream);
            openings.delete(stream);
            bands.delete(stream);
          } else if (message.port === 'symbols') {
            const sync = syncs.get(stream) ?? new ChannelSync();
            const rate = bands.get(stream);
            if (sync.observe(message.info, rate !== undefined)) stage.trouble(wholeBand(rate!), 'warning');
            syncs.set(stream, sync);
          } else openings.set(stream, { open: message.payload.length > 0, snr: message.info.snr ?? 0 });
        },
        status({ streams }) {
          if (streams === 0) return { fill: 'grey', shape: 'ring', text: RED._('status.waiting') };
          return analog ? analogStatus(openings.fresh(), streams) : digitalStatus(syncs.fresh(), streams);
        },
        noInput: RED._('status.noInput'),
      });

      function digitalStatus(all: ChannelSync[], streams: number): StatusText {
        const inSync = all.filter((sync) => sync.inSync);
        if (inSync.length === 0) {
          const band = all.length > 0 && all.every((sync) => sync.band);
          return { fill: 'yellow', shape: 'ring', text: band ? RED._('status.band') : whyNot(all) };
        }
        const text =
          streams === 1
            ? RED._('status.sync', { snr: Math.round(inSync[0].snr) })
            : RED._('status.some', { count: inSync.length, streams });
        return { fill: 'green', shape: 'dot', text };
      }

      /** What keeps frames from being found. Channels are empty most of the time: anything else is told first. */
      function whyNot(all: ChannelSync[]): string {
        const problems = all.flatMap(({ problem }) => problem ?? []);
        const problem = problems.find(({ code }) => code !== 'no_carrier') ?? problems[0];
        if (!problem) return RED._('status.noSync');
        const { code, looksLike, value } = problem;
        if (looksLike === 'carrier') return RED._('status.bareCarrier');
        if (looksLike === 'FM voice') return RED._('status.fmVoice');
        return looksLike
          ? RED._('status.looksLike', { mode: looksLike })
          : RED._(PROBLEMS[code], { value: value ?? '' });
      }

      function analogStatus(all: Opening[], streams: number): StatusText {
        const open = all.filter((opening) => opening.open);
        if (open.length === 0) return { fill: 'green', shape: 'ring', text: RED._('status.squelched') };
        const text =
          streams === 1
            ? RED._('status.open', { snr: Math.round(open[0].snr) })
            : RED._('status.someOpen', { count: open.length, streams });
        return { fill: 'green', shape: 'dot', text };
      }
    },
    { settings: { radioDemodProtocols: { value: offeredProtocols(), exportable: true } } },
  );
}

/** What the form offers, made from the protocol registry. */
function offeredProtocols() {
  return protocols.map(({ id, label, airInterfaces }) => ({
    id,
    label,
    modulations: airInterfaces.map(({ modulation }) => modulation),
  }));
}

/** Whoever forgets the channelizer gets whatever lies in the centre of the band: mostly nothing. */
function wholeBand(rate: number): TrunkflowError {
  return new TrunkflowError('bad-message', 'Nothing is found in this signal', {
    expected: 'one channel',
    got: `IQ of ${rate / 1000} kS/s, which may be a whole band`,
    hint: 'Put a channelizer before the demod, or make sure that the channel lies in the centre',
    status: 'channelizer missing',
  });
}

export = register;
