import { spawnSync } from 'node:child_process';

/** ffmpeg as an independent reader of what our encoders write; tests that need it are skipped where it is not installed. */
export const hasFfmpeg = ['ffmpeg', 'ffprobe'].every((name) => spawnSync(name, ['-version']).status === 0);

export interface Probe {
  codec: string;
  rate: number;
  channels: number;
  /** Seconds. */
  duration: number;
  bitrate: number;
  tags: Record<string, string>;
}

/** What ffprobe says of a file; throws when it finds anything wrong with it. */
export function probe(path: string): Probe {
  const { stdout, stderr } = spawnSync(
    'ffprobe',
    ['-v', 'error', '-show_format', '-show_streams', '-of', 'json', path],
    { encoding: 'utf8' },
  );
  if (stderr.trim()) throw new Error(stderr);
  const { format, streams } = JSON.parse(stdout);
  const [stream] = streams;
  return {
    codec: stream.codec_name,
    rate: Number(stream.sample_rate),
    channels: stream.channels,
    duration: Number(stream.duration ?? format.duration),
    bitrate: Number(format.bit_rate),
    tags: lowerCase({ ...format.tags, ...stream.tags }),
  };
}

/** Samples of a file at its rate, or at another one; throws when ffmpeg finds anything wrong with it. */
export function decode(path: string, rate?: number): Int16Array {
  const args = ['-v', 'error', '-i', path, '-f', 's16le', '-ac', '1', ...(rate ? ['-ar', String(rate)] : []), '-'];
  const { stdout, stderr } = spawnSync('ffmpeg', args, { maxBuffer: 1 << 28 });
  if (stderr.length > 0) throw new Error(String(stderr));
  return new Int16Array(stdout.buffer, stdout.byteOffset, stdout.length >> 1).slice();
}

/** Integrated loudness (LUFS) and true peak (dB) of a file by ffmpeg's ebur128 filter. */
export function loudness(path: string): { integrated: number; peak: number } {
  const args = ['-v', 'info', '-nostats', '-i', path, '-af', 'aresample=48000,ebur128=peak=true', '-f', 'null', '-'];
  const { stderr } = spawnSync('ffmpeg', args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  const summary = stderr.slice(stderr.lastIndexOf('Summary:'));
  return {
    integrated: Number(/I:\s+(-?[\d.]+|-inf) LUFS/.exec(summary)![1].replace('-inf', '-Infinity')),
    peak: Number(/Peak:\s+(-?[\d.]+|-inf) dBFS/.exec(summary)![1].replace('-inf', '-Infinity')),
  };
}

function lowerCase(tags: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [key.toLowerCase(), value]));
}
