import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TrunkflowError } from '../../core/errors';
import type { Encoding } from './encoding';

/** What a SigMF recording's metadata tell. */
export interface SigmfFacts {
  dataPath: string;
  kind: 'iq' | 'audio';
  encoding: Encoding;
  rate: number;
  dataOffset: number;
  center?: number;
  startTime?: number;
  /** What a reader should know, e.g. that the frequency changes. */
  notes: string[];
}

const DATATYPES: Record<string, { kind: 'iq' | 'audio'; encoding: Encoding }> = {
  cu8: { kind: 'iq', encoding: 'u8' },
  ci8: { kind: 'iq', encoding: 's8' },
  ci16_le: { kind: 'iq', encoding: 's16' },
  ci32_le: { kind: 'iq', encoding: 's32' },
  cf32_le: { kind: 'iq', encoding: 'f32' },
  cf64_le: { kind: 'iq', encoding: 'f64' },
  ri16_le: { kind: 'audio', encoding: 's16' },
  rf32_le: { kind: 'audio', encoding: 'f32' },
};

const META = /\.sigmf-meta$/i;
const DATA = /\.sigmf-data$/i;

export function isSigmf(path: string): boolean {
  return META.test(path) || DATA.test(path);
}

/**
 * Reads the metadata of a SigMF recording (SigMF 1.x: global and captures objects); either of its two files may be
 * given. Throws 'bad-file'.
 */
export async function readSigmf(path: string): Promise<SigmfFacts> {
  const metaPath = path.replace(DATA, '.sigmf-meta');
  const meta = await readMeta(metaPath);
  const global = object(meta.global);
  const datatype = String(global['core:datatype']);
  const type = DATATYPES[datatype];
  if (!type) throw badMeta(metaPath, 'Its datatype cannot be read', Object.keys(DATATYPES).join(', '), datatype);
  const channels = global['core:num_channels'] ?? 1;
  if (channels !== 1) throw badMeta(metaPath, 'It interleaves several channels', 'core:num_channels 1', `${channels}`);
  const rate = Number(global['core:sample_rate']);
  if (!(rate > 0)) throw badMeta(metaPath, 'Its sample rate is missing', 'core:sample_rate above 0', `${rate}`);
  const captures = (Array.isArray(meta.captures) ? meta.captures : []).map(object);
  const first = captures[0] ?? {};
  const center = number(first['core:frequency']);
  const startTime = Date.parse(String(first['core:datetime']));
  const notes = captures.some((capture) => number(capture['core:frequency']) !== center)
    ? ['The centre frequency changes within the recording; only the first is used']
    : [];
  return {
    dataPath: dataPath(metaPath, global['core:dataset']),
    ...type,
    rate,
    dataOffset: Math.max(0, number(first['core:header_bytes']) ?? 0),
    center,
    startTime: Number.isNaN(startTime) ? undefined : startTime,
    notes,
  };
}

async function readMeta(path: string): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new TrunkflowError('bad-file', `The metadata ${path} cannot be read`, {
      got: (cause as Error).message,
      hint: 'A SigMF recording is two files, .sigmf-meta and .sigmf-data, side by side',
      status: 'no SigMF metadata',
      cause,
    });
  }
  try {
    return object(JSON.parse(text));
  } catch (cause) {
    throw badMeta(path, 'It is not JSON', 'SigMF metadata', (cause as Error).message);
  }
}

/** A non-conforming dataset may have another name, but only beside its metadata. */
function dataPath(metaPath: string, dataset: unknown): string {
  if (typeof dataset !== 'string') return metaPath.replace(META, '.sigmf-data');
  if (/[\\/]/.test(dataset)) throw badMeta(metaPath, 'Its data are in another folder', 'a file name', dataset);
  return join(dirname(metaPath), dataset);
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function badMeta(path: string, what: string, expected: string, got: string): TrunkflowError {
  return new TrunkflowError('bad-file', `${path}: ${what}`, { expected, got, status: 'bad SigMF metadata' });
}
