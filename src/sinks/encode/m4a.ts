import type { AudioTags, Encode } from './encoder';
import { setDuration } from './mp4-duration';
import { toRate } from './to-rate';

const RATES = [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];
/** Samples the encoder puts before the first one. */
const PRIMING = 1024;
const BLOCK = 1024 * 16;
/** A frame of AAC cannot hold more bits per sample than this. */
const MOST_BITS_PER_SAMPLE = 6;

let registered: ReturnType<typeof load> | undefined;

/** AAC-LC in an MP4 file. */
export const encodeM4a: Encode = async (audio, bitrate, tags) => {
  const { samples, rate } = toRate(audio, RATES);
  const { AudioSample, AudioSampleSource, BufferTarget, Mp4OutputFormat, Output } = await (registered ??= load());
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: 'in-memory' }), target });
  const source = new AudioSampleSource({ codec: 'aac', bitrate: Math.min(bitrate, MOST_BITS_PER_SAMPLE * rate) });
  output.addAudioTrack(source);
  output.setMetadataTags(metadata(tags));
  await output.start();
  for (let from = 0; from < Math.max(1, samples.length); from += BLOCK) {
    const data = Float32Array.from(samples.subarray(from, from + BLOCK), (sample) => sample / 32_768);
    // What is before time 0 is what players leave out: the priming.
    const timestamp = (from - PRIMING) / rate;
    const block = new AudioSample({ data, format: 'f32', numberOfChannels: 1, sampleRate: rate, timestamp });
    await source.add(block);
    block.close();
  }
  source.close();
  await output.finalize();
  const file = Buffer.from(target.buffer!);
  setDuration(file, samples.length / rate);
  return file;
};

/** Both come as ES modules, so that they share what the encoder registers itself with. */
async function load() {
  const { registerAacEncoder } = await import('@mediabunny/aac-encoder');
  registerAacEncoder();
  return import('mediabunny');
}

function metadata({ title, artist, album, genre, time, comment }: AudioTags) {
  const tags = { title, artist, album, comment, date: new Date(time) };
  return genre ? { ...tags, genre } : tags;
}
