import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import { asTrunkflowError, TrunkflowError } from '../../core/errors';
import { IQ_BYTES, type IqFormat } from '../../core/messages';
import { type SignalOptions, signalSettings } from './options';
import { Signal } from './signal';

/** Samples written at a time. */
const PORTION = 65_536;

/**
 * Writes a test signal to a file of raw samples. The format is the one given, or the one the file's extension names
 * (.cu8, .cs8, .cs16, .cf32), or cu8.
 * @returns the settings used and the number of samples written
 * Throws TrunkflowError 'bad-setting' (also when no length is given), or 'storage' when the file cannot be written.
 */
export async function writeSignal(path: string, options: SignalOptions) {
  const extension = extname(path).slice(1).toLowerCase();
  const format = options.format ?? (Object.hasOwn(IQ_BYTES, extension) ? (extension as IqFormat) : 'cu8');
  const settings = signalSettings({ ...options, format });
  if (settings.seconds === Number.POSITIVE_INFINITY) {
    throw new TrunkflowError('bad-setting', 'A file needs a length', { hint: 'Give the seconds to write' });
  }
  const signal = new Signal(settings);
  let bytes = 0;
  try {
    const file = await open(path, 'w');
    try {
      for (let part = signal.read(PORTION); part.length > 0; part = signal.read(PORTION)) {
        await file.writeFile(part);
        bytes += part.length;
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    throw asTrunkflowError(error, 'storage', `Could not write ${path}`);
  }
  return { settings, samples: bytes / IQ_BYTES[format] };
}
