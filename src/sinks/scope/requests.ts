/** What a viewer may ask for. */
export type ViewerRequest =
  | { type: 'watch'; stream: string }
  | { type: 'pause'; on: boolean }
  | { type: 'open'; frequency: number }
  | { type: 'close'; id: string }
  | { type: 'tune'; frequency: number };

const LONGEST_TEXT = 256;
const HIGHEST = 300e9;

/** Reads what a viewer sent; undefined for anything that is no request. */
export function readViewerRequest(text: string): ViewerRequest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { type, stream, on, frequency, id } = value as Record<string, unknown>;
  const isFrequency = typeof frequency === 'number' && frequency > 0 && frequency < HIGHEST;
  if (type === 'watch' && isText(stream)) return { type, stream };
  if (type === 'pause' && typeof on === 'boolean') return { type, on };
  if ((type === 'open' || type === 'tune') && isFrequency) return { type, frequency };
  if (type === 'close' && isText(id)) return { type, id };
  return undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_TEXT;
}
