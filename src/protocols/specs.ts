import type { ChannelSignal, IqInfo, StreamMessage, SymbolsInfo } from '../core/messages';
import type { StageSpec } from '../core/stage';
import type { DemodOptions } from '../dsp/demod/options';
import type { DecoderOptions } from './protocol';

/** The demodulator for a stream: what is known of the channel takes the place of the protocol that was set. */
export function demodSpec(options: DemodOptions, { info }: StreamMessage): StageSpec {
  const told = (info as IqInfo).signal?.protocol;
  if (options.mode !== 'fsk4' || !told || told === options.protocol) return { stage: 'demod', options };
  return { stage: 'demod', options: { mode: 'fsk4', protocol: told, polarity: options.polarity } };
}

/** The decoder for a stream of symbols: of their protocol, with what is known of the channel. */
export function decoderSpec(options: DecoderOptions & { signal?: ChannelSignal }, { info }: StreamMessage): StageSpec {
  const { protocol, signal } = info as SymbolsInfo;
  return { stage: 'decoder', options: { ...options, protocol, ...(signal && { signal }) } };
}
