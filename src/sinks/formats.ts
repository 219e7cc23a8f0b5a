export type RecordingFormat = 'wav' | 'mp3' | 'opus' | 'm4a';

/** What a file of each format is called. */
export const FORMATS: Readonly<Record<RecordingFormat, { extension: string; mime: string }>> = {
  wav: { extension: '.wav', mime: 'audio/wav' },
  mp3: { extension: '.mp3', mime: 'audio/mpeg' },
  opus: { extension: '.opus', mime: 'audio/ogg' },
  m4a: { extension: '.m4a', mime: 'audio/mp4' },
};

/**
 * Where recordings are brought to when nothing is set, LUFS: compressed ones, made for listening, are loud enough for a phone
 * with room for peaks; WAV, made for processing, stays as it was decoded.
 */
export function usualLoudness(format: RecordingFormat): number | undefined {
  return format === 'wav' ? undefined : -18;
}
