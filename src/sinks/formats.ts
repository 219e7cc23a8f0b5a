export type RecordingFormat = 'wav' | 'mp3' | 'opus' | 'm4a';

/** What a file of each format is called. */
export const FORMATS: Readonly<Record<RecordingFormat, { extension: string; mime: string }>> = {
  wav: { extension: '.wav', mime: 'audio/wav' },
  mp3: { extension: '.mp3', mime: 'audio/mpeg' },
  opus: { extension: '.opus', mime: 'audio/ogg' },
  m4a: { extension: '.m4a', mime: 'audio/mp4' },
};
