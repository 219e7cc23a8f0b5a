import { TrunkflowError } from '../core/errors';
import type { SymbolFrame, SymbolsInfo } from '../core/messages';

const BYTES_PER_METRIC = 4;

/**
 * Checks that a symbols message can be read as `protocol` with `levels` metrics a symbol.
 * @throws TrunkflowError 'bad-message'
 */
export function checkSymbols(info: SymbolsInfo, payload: Uint8Array, protocol: string, levels: number): void {
  if (info.protocol !== protocol) {
    fail('protocol', protocol, String(info.protocol), 'Set the demod before this decoder to its protocol');
  }
  if (info.levels !== levels) fail('metrics per symbol', String(levels), String(info.levels));
  if (!Number.isFinite(info.time) || !(info.duration >= 0)) {
    fail('time span', 'a stream time and duration in ms', `${info.time} and ${info.duration}`);
  }
  if (!Array.isArray(info.frames)) fail('list of frames', 'an array', typeof info.frames);
  const symbolBytes = levels * BYTES_PER_METRIC;
  if (payload.byteLength % symbolBytes !== 0) {
    fail('payload', `whole symbols of ${symbolBytes} bytes`, `${payload.byteLength} bytes`);
  }
  const available = payload.byteLength / symbolBytes;
  for (const frame of info.frames) {
    if (isInside(frame, available)) continue;
    const got = frame ? `symbols ${frame.start} to ${frame.start + frame.symbols} at ${frame.time}` : String(frame);
    fail('frame', `symbols within 0 to ${available}`, got);
  }
}

function isInside(frame: SymbolFrame | null | undefined, available: number): boolean {
  return (
    !!frame &&
    Number.isInteger(frame.start) &&
    Number.isInteger(frame.symbols) &&
    frame.start >= 0 &&
    frame.symbols >= 0 &&
    frame.start + frame.symbols <= available &&
    Number.isFinite(frame.time)
  );
}

function fail(what: string, expected: string, got: string, hint?: string): never {
  throw new TrunkflowError('bad-message', `Unusable symbols: ${what}`, { expected, got, hint, status: 'bad symbols' });
}
