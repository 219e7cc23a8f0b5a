import type { EventObject, IqFormat } from '../core/messages';
import { CarrierSearch } from '../dsp/carrier-search';
import { Receiver } from './receiver';
import type { SignalInput } from './signal-input';

/** A carrier of a wide band and what was heard on it. */
export interface HeardChannel {
  /** Hz; when the recording's centre is unknown, relative to it. */
  frequency: number;
  /** dB relative to full scale, and dB above the noise. */
  level: number;
  snr: number;
  /** Verified messages of any kind, and control messages among them; 0 when it speaks another protocol. */
  messages: number;
  control_messages: number;
  nac?: string;
}

/** Seconds of signal listened to. */
const SPAN = 2.5;
/** Carriers tried, the strongest first. */
const MOST = 32;
/** Weaker signals than any receiver tells from its own zero (dB relative to full scale) are rounding errors. */
const LEAST_LEVEL = -150;
/** Trunked channels stand on a raster of this step, Hz; a carrier near a place on it is taken to be there. */
const RASTER = 6250;
const NEAR = 900;

/**
 * Listens to the carriers of a wideband signal for a moment and tells which of them speak the protocol: control
 * channels, then other channels of the protocol, then the other carriers, the strongest of each kind first.
 */
export async function findChannels(
  input: SignalInput,
  protocol: string,
  bandwidth: number,
  stop?: AbortSignal,
): Promise<HeardChannel[]> {
  const moment = { seconds: SPAN, again: true, stop };
  const search = new CarrierSearch({ rate: input.rate, bandwidth: bandwidth * 0.8 });
  await input.play(({ payload }) => search.add(payload, input.format as IqFormat), moment);
  const carriers = search
    .carriers()
    .filter(({ level }) => level > LEAST_LEVEL)
    .slice(0, MOST);
  search.close();

  const channels = carriers.map(({ offset, level, snr }) => ({
    frequency: place(input.center, offset),
    level: Math.round(level * 10) / 10,
    snr: Math.round(snr * 10) / 10,
    messages: 0,
    control_messages: 0,
  }));
  const byFrequency = new Map<number, HeardChannel>(channels.map((channel) => [channel.frequency, channel]));
  const requests = [...byFrequency.keys()].map((frequency) => ({ frequency, id: String(frequency) }));
  const receiver = new Receiver(
    { protocol, channels: requests },
    { event: (event) => listen(byFrequency.get(Number(event.stream?.split('/')[1])), event) },
  );
  await input.play((message) => receiver.receive(message), moment);
  const kind = (channel: HeardChannel) => (channel.control_messages > 0 ? 2 : channel.messages > 0 ? 1 : 0);
  return [...byFrequency.values()].sort((a, b) => kind(b) - kind(a) || b.level - a.level);
}

function listen(channel: HeardChannel | undefined, event: EventObject): void {
  if (!channel) return;
  if (typeof event.nac === 'string') channel.nac = event.nac;
  if (event.type !== 'stats') return;
  const counters = event.counters as Record<string, number>;
  channel.messages = counters.messages ?? 0;
  channel.control_messages = counters.crc_ok ?? 0;
}

/** Hz; on the raster when the signal is near a place on it and the band's centre is known. */
function place(center: number, offset: number): number {
  const frequency = Math.round(center + offset);
  const nearest = Math.round(frequency / RASTER) * RASTER;
  return center > 0 && Math.abs(nearest - frequency) < NEAR ? nearest : frequency;
}
