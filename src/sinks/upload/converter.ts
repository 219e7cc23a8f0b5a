import { open } from 'node:fs/promises';
import { TrunkflowError } from '../../core/errors';
import type { CallInfo } from '../../core/messages';
import { tagsOf } from '../encode/tags';
import { openEncoder } from '../encode/thread';
import { WAV_HEADER_BYTES } from '../wav-writer';
import type { AudioMime } from './service';

/** Formats recordings can be turned into, for services that do not take WAV. */
const TARGETS = { 'audio/mp4': 'm4a', 'audio/mpeg': 'mp3' } as const;

/** Turns WAV recordings into what a service takes, in the encoder's thread. */
export class Converter {
  private readonly encoder = openEncoder();

  private constructor(readonly to: keyof typeof TARGETS) {}

  /** A converter for a service that takes these types; undefined when it takes WAV, or nothing we can make. */
  static for(takes: readonly AudioMime[]): Converter | undefined {
    if (takes.includes('audio/wav')) return undefined;
    const to = takes.find((mime): mime is keyof typeof TARGETS => Object.hasOwn(TARGETS, mime));
    return to && new Converter(to);
  }

  /** Rejects with a TrunkflowError or the system's error. */
  async run(source: string, target: string, call: CallInfo): Promise<void> {
    await checkWav(source);
    await this.encoder.thread.run({ source, target, format: TARGETS[this.to], tags: tagsOf(call) });
  }

  close(): Promise<void> {
    return this.encoder.close();
  }
}

/** The call recorder's own files are plain; what others put in their place may not be. */
async function checkWav(path: string): Promise<void> {
  const header = Buffer.alloc(WAV_HEADER_BYTES);
  const handle = await open(path, 'r');
  try {
    await handle.read(header, 0, WAV_HEADER_BYTES, 0);
  } finally {
    await handle.close();
  }
  const plain =
    header.toString('latin1', 0, 4) === 'RIFF' &&
    header.toString('latin1', 8, 16) === 'WAVEfmt ' &&
    header.readUInt16LE(20) === 1 &&
    header.readUInt16LE(22) === 1 &&
    header.readUInt16LE(34) === 16 &&
    header.toString('latin1', 36, 40) === 'data';
  if (plain) return;
  throw new TrunkflowError('bad-file', 'This recording cannot be converted', {
    expected: '16-bit mono PCM in a WAV file, as the call recorder makes it',
    hint: "Set the call recorder's format to MP3 or M4A",
    status: 'wrong format',
  });
}
