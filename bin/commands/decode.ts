import { TrunkflowError } from '../../src/core/errors';
import type { ChannelEvent } from '../../src/core/events';
import type { CallInfo, EventObject, StreamMessage } from '../../src/core/messages';
import { protocolOf } from '../../src/protocols/other-modes';
import { p25Phase2 } from '../../src/protocols/p25-phase2';
import { findProtocol } from '../../src/protocols/registry';
import { findChannels } from '../../src/receiver/find-channel';
import { type CallHappening, Receiver, type ReceiverOptions } from '../../src/receiver/receiver';
import type { SignalInput } from '../../src/receiver/signal-input';
import { SummaryCollector } from '../../src/receiver/summary';
import type { FinishedRecording } from '../../src/sinks/shelf';
import { formatFrequency } from '../../src/trunking/frequency';
import { type Command, UsageError } from '../command';
import { holdsSymbols, openSignal, readSymbols } from '../decode/open';
import { Recordings } from '../decode/recordings';
import { type DecodeSettings, readSettings, usage } from '../decode/settings';
import { interruption } from '../interrupt';
import { type Printer, printer } from '../print';

/** IQ at this many channel widths or more is taken for a wide band, in which the channel must be found. */
const WIDE = 6;

export const command: Command = {
  usage,
  async run(args) {
    const settings = readSettings(args);
    return new Decoding(settings).run();
  },
};

/** One run of the command. */
class Decoding {
  private readonly printer: Printer;
  private readonly summary = new SummaryCollector();
  private readonly stop = interruption();
  private recordings?: Recordings;
  private calls = 0;
  /** Calls not followed, by reason. */
  private readonly notFollowed: Record<string, number> = {};

  constructor(private readonly settings: DecodeSettings) {
    this.printer = printer(settings.json);
  }

  /** Gives the exit code. */
  async run(): Promise<number> {
    const { settings } = this;
    const { file, audio, follow, searched } = settings;
    const symbols = settings.input === 'symbols' || (settings.input === undefined && (await holdsSymbols(file)));
    if (symbols && settings.channels.length > 0) throw needsIq('symbols');
    const input = symbols ? undefined : await openSignal(settings);
    if (audio)
      this.recordings = await Recordings.into(audio, settings.audioFormat, (recording) => this.recorded(recording));
    const started = performance.now();
    const { receiver, seconds } = input ? await this.signal(input) : await this.symbols();
    await this.recordings?.close();
    const elapsed = (performance.now() - started) / 1000;
    const facts = { protocol: settings.protocol.id, searched, seconds, elapsed };
    const summary = this.summary.result(facts, receiver.counters());
    this.printer.print({
      ...summary,
      ...(follow || audio ? { calls: this.calls, not_followed: this.notFollowed } : {}),
      ...(this.recordings ? { recordings: this.recordings.count } : {}),
    });
    if (summary.protocol === 'none') this.advise(String(summary.reason));
    return this.recordings?.troubles ? 1 : 0;
  }

  /** Nothing was decoded: of what the channel looks like instead, perhaps another protocol can read it. */
  private advise(reason: string): void {
    const id = protocolOf(reason.replace(/^looks like /, ''));
    if (id === undefined) return;
    const more = id === p25Phase2.id ? ', and --wacn, --system and --nac if it is a voice channel' : '';
    console.error(`trunkflow: This is ${findProtocol(id).label}: give --protocol ${id}${more}`);
  }

  private async symbols(): Promise<{ receiver: Receiver; seconds: number }> {
    const { protocol, file, format, seconds: most = Number.POSITIVE_INFINITY } = this.settings;
    if (!protocol.readSymbolFile) throw new UsageError(`Files of ${protocol.label} symbols are not read`);
    const data = await readSymbols(file);
    const receiver = this.receiver();
    let seconds = 0;
    for (const message of protocol.readSymbolFile(data, { format, stream: 'file' })) {
      seconds += message.info.duration / 1000;
      const end = message.info.end || seconds >= most;
      await this.take(receiver, { ...message, info: { ...message.info, end } });
      if (end) break;
    }
    return { receiver, seconds };
  }

  private async signal(input: SignalInput): Promise<{ receiver: Receiver; seconds: number }> {
    const { seconds, follow } = this.settings;
    const channels = await this.channels(input);
    if (channels && follow && input.center === 0)
      console.error('trunkflow: Without --center, the frequency in the middle, granted channels cannot be found');
    const receiver = this.receiver(channels);
    const played = await input.play((message) => this.take(receiver, message), { seconds, stop: this.stop });
    return { receiver, seconds: played };
  }

  /** The channels to cut out of the signal; undefined when it is one channel already. */
  private async channels(input: SignalInput): Promise<ReceiverOptions['channels']> {
    const { channels, protocol } = this.settings;
    const { bandwidth } = protocol.airInterfaces[0];
    if (channels.length > 0) {
      if (input.kind !== 'iq') throw needsIq('discriminator audio');
      return [...new Set(channels)].map((frequency) => ({ frequency }));
    }
    if (input.kind !== 'iq' || input.rate < WIDE * bandwidth) return undefined;
    const heard = await findChannels(input, protocol.id, bandwidth, this.stop);
    for (const channel of heard) this.printer.print({ type: 'carrier', ...channel });
    if (heard.length === 0) console.error('trunkflow: No carrier was found in the band; name a channel with --channel');
    return heard.slice(0, 1).map(({ frequency }) => ({ frequency }));
  }

  private receiver(channels?: ReceiverOptions['channels']): Receiver {
    const { protocol, polarity, signal, follow } = this.settings;
    return new Receiver(
      {
        protocol: protocol.id,
        polarity,
        signal,
        channels,
        // Calls are also what a channel that stands alone carries.
        follow: follow || this.recordings ? { conventional: !follow || !channels } : undefined,
      },
      {
        event: (event) => this.event(event),
        channel: (event) => this.channel(event),
        call: (call, happened) => this.call(call, happened),
        audio: (message) => this.recordings?.take(message),
      },
    );
  }

  private event(event: EventObject): void {
    this.summary.event(event);
    this.printer.print(event);
  }

  /** @throws TrunkflowError when a channel that the person named is not in the signal */
  private channel(event: ChannelEvent): void {
    const { state, frequency } = event;
    if (state === 'refused' && this.settings.channels.includes(frequency)) throw outside(frequency, this.settings);
    this.printer.print(event);
  }

  private call(call: CallInfo, happened: CallHappening): void {
    if (happened === 'start') this.calls++;
    if (happened === 'not_followed') {
      const { reason = 'unknown' } = call;
      this.notFollowed[reason] = (this.notFollowed[reason] ?? 0) + 1;
    }
    const time = happened === 'start' ? call.start_time_ms : call.stop_time_ms;
    this.printer.print({ type: 'call', happened, time, ...call });
  }

  private recorded({ filename, json, call, length }: FinishedRecording): void {
    this.printer.print({ type: 'recording', filename, json, call: call.id, length: Number(length.toFixed(3)) });
  }

  private async take(receiver: Receiver, message: StreamMessage): Promise<void> {
    receiver.receive(message);
    await this.recordings?.written();
  }
}

function needsIq(got: string): UsageError {
  return new UsageError(`--channel cuts a channel out of IQ samples, and this is ${got}`);
}

function outside(frequency: number, { center }: DecodeSettings): TrunkflowError {
  return new TrunkflowError(
    'bad-setting',
    `The channel ${formatFrequency(frequency)} is not in the band of this signal`,
    {
      hint:
        center === undefined
          ? 'Give the frequency in its middle with --center'
          : 'Check --channel, --center and --rate',
    },
  );
}
