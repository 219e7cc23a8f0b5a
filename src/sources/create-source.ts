import { type CommandOptions, CommandSource } from './command/command-source';
import { type AudioFileOptions, FileSource, type IqFileOptions } from './file/file-source';
import { type GeneratorOptions, GeneratorSource } from './generator/generator-source';
import { type RtlSdrOptions, RtlSdrSource } from './rtl-sdr/rtl-sdr-source';
import { type RtlTcpOptions, RtlTcpSource } from './rtl-tcp/rtl-tcp-source';
import { cannot } from './settings';
import type { Source, SourceSink } from './source';

export { type FoundDongle, listDevices } from './rtl-sdr/devices';

/** Settings of a source; `driver` says of which kind, `stream` names its stream. */
export type SourceOptions =
  | RtlSdrOptions
  | RtlTcpOptions
  | CommandOptions
  | IqFileOptions
  | AudioFileOptions
  | GeneratorOptions;

/** Makes a source; it does nothing until it is started. Throws 'bad-setting' for options that cannot work. */
export function createSource(options: SourceOptions, sink: SourceSink): Source {
  switch (options.driver) {
    case 'rtl-sdr':
      return new RtlSdrSource(options, sink);
    case 'rtl-tcp':
      return new RtlTcpSource(options, sink);
    case 'command':
      return new CommandSource(options, sink);
    case 'iq-file':
    case 'audio-file':
      return new FileSource(options, sink);
    case 'generator':
      return new GeneratorSource(options, sink);
    default:
      throw cannot(`There is no source driver "${(options as { driver: string }).driver}"`);
  }
}
