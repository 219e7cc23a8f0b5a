import type { CallInfo } from '../../core/messages';
import type { AudioTags } from './encoder';

/** Units named in the artist; a long call has many. */
const MOST_UNITS = 3;

/** What a recording's file says about its call. */
export function tagsOf(call: CallInfo): AudioTags {
  const units = [...new Map(call.sources.filter(({ src }) => src > 0).map((one) => [one.src, one])).values()];
  const names = units.slice(0, MOST_UNITS).map(({ src, tag }) => tag || String(src));
  if (units.length > MOST_UNITS) names.push('...');
  const talkgroup = call.talkgroup ? `talkgroup ${call.talkgroup}` : '';
  const description = call.talkgroup_description ? `(${call.talkgroup_description})` : '';
  const speakers = units.map(({ src, tag }) => (tag ? `${src} ${tag}` : String(src))).join(', ');
  const facts = [
    [talkgroup, description].filter(Boolean).join(' '),
    speakers && `units ${speakers}`,
    call.freq > 0 && `${(call.freq / 1e6).toFixed(4)} MHz`,
    call.emergency && 'emergency',
  ];
  return {
    title: call.talkgroup_alpha_tag || talkgroup || `${(call.freq / 1e6).toFixed(4)} MHz`,
    artist: [call.sys_name, names.join(', ')].filter(Boolean).join(' / '),
    album: call.sys_name,
    genre: call.talkgroup_tag ?? '',
    time: call.start_time_ms,
    comment: facts.filter(Boolean).join('; '),
  };
}
