import type { VoiceCodec } from '../core/messages';
import { AMBE2 } from './ambe2/decoder';
import type { VoiceCodecInfo } from './decoder';
import { IMBE } from './imbe/decoder';

/** The codecs by name. A new codec is a folder and a line here. */
export const VOICE_CODECS: Readonly<Record<VoiceCodec, VoiceCodecInfo>> = {
  imbe: IMBE,
  ambe2: AMBE2,
};
