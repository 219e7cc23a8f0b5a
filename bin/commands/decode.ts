import { readFile } from 'node:fs/promises';
import { asTrunkflowError } from '../../src/core/errors';
import { type EventObject, IQ_BYTES, type StreamMessage } from '../../src/core/messages';
import type { Protocol } from '../../src/protocols/protocol';
import { findProtocol, protocols } from '../../src/protocols/registry';
import { findChannels } from '../../src/receiver/find-channel';
import { playFile } from '../../src/receiver/play-file';
import { Receiver, type ReceiverOptions } from '../../src/receiver/receiver';
import { SummaryCollector } from '../../src/receiver/summary';
import { CallRecorder } from '../../src/sinks/call-recorder';
import { describeSignalFile, type FileHints, type SignalFile } from '../../src/sources/file/signal-file';
import { type Arguments, type Command, numberOption, parse, UsageError } from '../command';
import { printer } from '../print';

const usage = `trunkflow decode FILE [options]

Decodes a recording and prints what it holds, then a summary.

  --input KIND     iq, discriminator or symbols (default: told from the file)
  --format F       iq: cu8, cs8, cs16, cf32, wav, sigmf; discriminator: s16, wav, others through ffmpeg or sox;
                   symbols: hex, marks, dibits, packed (default: told from the file)
  --rate HZ        samples per second, when neither name nor header tells
  --center HZ      frequency at the middle of a wideband recording
  --channel HZ     channel of a wideband recording to decode; may be repeated (default: it is searched for)
  --protocol P     ${protocols.map(({ id }) => id).join(', ')} or auto (default)
  --follow         follow the calls that the control channel grants
  --audio DIR      record calls into DIR
  --json           print JSON, one object per line`;

const OPTIONS = {
  input: { type: 'string' },
  format: { type: 'string' },
  rate: { type: 'string' },
  center: { type: 'string' },
  channel: { type: 'string', multiple: true },
  protocol: { type: 'string' },
  follow: { type: 'boolean' },
  audio: { type: 'string' },
  json: { type: 'boolean' },
} as const;

type Values = Arguments<typeof OPTIONS>['values'];

/** IQ at this many channel widths or more is taken for a wide band, in which the channel must be found. */
const WIDE = 6;

export const command: Command = {
  usage,
  async run(args) {
    const { values, file } = parse(args, OPTIONS, usage, 'file');
    if (!['iq', 'discriminator', 'symbols', undefined].includes(values.input))
      throw new UsageError(`--input is iq, discriminator or symbols, not '${values.input}'.\n\n${usage}`);
    await new Decoding(values).run(file);
    return 0;
  },
};

/** One run of the command. */
class Decoding {
  private readonly protocol: Protocol;
  private readonly print: (event: object) => void;
  private readonly summary = new SummaryCollector();
  private readonly recorder?: CallRecorder;
  private readonly writing: Promise<unknown>[] = [];

  constructor(private readonly values: Values) {
    const { protocol = 'auto', audio, json = false } = values;
    this.protocol = protocol === 'auto' ? protocols[0] : findProtocol(protocol);
    this.print = printer(json);
    if (audio) this.recorder = new CallRecorder({ dir: audio });
  }

  async run(path: string): Promise<void> {
    const { protocol, values } = this;
    const started = performance.now();
    const { receiver, seconds } = values.input === 'symbols' ? await this.symbols(path) : await this.signal(path);
    await this.recorder?.close();
    const elapsed = (performance.now() - started) / 1000;
    const result = this.summary.result({ protocol: protocol.id, seconds, elapsed }, receiver.counters());
    // Asked to find the protocol, and nothing of it verified: it is something else.
    const found = values.protocol !== undefined && values.protocol !== 'auto' ? true : Number(result.messages) > 0;
    this.print(found ? result : { ...result, protocol: 'none' });
  }

  private async symbols(path: string): Promise<{ receiver: Receiver; seconds: number }> {
    const { protocol, values } = this;
    if (!protocol.readSymbolFile) throw new UsageError(`Symbol files of ${protocol.label} are not known.`);
    const data = await readFile(path).catch((error) => {
      throw asTrunkflowError(error, 'bad-file', `Cannot read ${path}`);
    });
    const receiver = this.receiver();
    let seconds = 0;
    for (const message of protocol.readSymbolFile(data, { format: values.format, stream: 'file' })) {
      seconds += message.info.duration / 1000;
      await this.take(receiver, message);
    }
    return { receiver, seconds };
  }

  private async signal(path: string): Promise<{ receiver: Receiver; seconds: number }> {
    const file = await describeSignalFile(path, this.hints());
    for (const note of file.notes) console.error(note);
    const receiver = this.receiver(await this.channels(file));
    const bytes = file.format === 's16' ? 2 : IQ_BYTES[file.format];
    let taken = 0;
    await playFile(file, (message) => {
      taken += message.payload.length;
      return this.take(receiver, message);
    });
    return { receiver, seconds: taken / bytes / file.rate };
  }

  private hints(): FileHints {
    const { input, format, rate, center } = this.values;
    return {
      kind: input === 'discriminator' ? 'audio' : (input as 'iq' | undefined),
      // A format the file readers do not know is left to ffmpeg or sox, which see for themselves.
      format: FORMATS.includes(format as Format) ? (format as Format) : 'auto',
      rate: numberOption('rate', rate, usage),
      center: numberOption('center', center, usage),
    };
  }

  /** The channels to cut out of the recording; none when it is one channel already. */
  private async channels(file: SignalFile): Promise<ReceiverOptions['channels']> {
    const { bandwidth } = this.protocol.airInterfaces[0];
    if (this.values.channel)
      return this.values.channel.map((text) => ({ frequency: numberOption('channel', text, usage)! }));
    if (file.kind !== 'iq' || file.rate < WIDE * bandwidth) return undefined;
    const heard = await findChannels(file, this.protocol.id, bandwidth);
    for (const channel of heard) this.print({ type: 'carrier', ...channel });
    return heard.slice(0, 1).map(({ frequency }) => ({ frequency }));
  }

  private receiver(channels?: ReceiverOptions['channels']): Receiver {
    const { follow, audio } = this.values;
    const emit = (event: EventObject) => {
      this.summary.event(event);
      this.print(event);
    };
    return new Receiver(
      {
        protocol: this.protocol.id,
        channels,
        // Without a control channel to follow, calls are what a voice channel itself carries.
        follow: follow || audio ? { conventional: !follow } : undefined,
      },
      {
        event: emit,
        call: (call, happened) => this.print({ type: 'call', happened, ...call }),
        audio: (message) => this.recorder && this.writing.push(this.recorder.write(message)),
      },
    );
  }

  /** Recordings are written before the next block is taken, so memory stays flat. */
  private async take(receiver: Receiver, message: StreamMessage): Promise<void> {
    receiver.receive(message);
    await Promise.all(this.writing.splice(0));
  }
}

type Format = NonNullable<FileHints['format']>;
const FORMATS: readonly Format[] = ['auto', 'wav', 'sigmf', 'cu8', 'cs8', 'cs16', 'cf32', 's16'];
