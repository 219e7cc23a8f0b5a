import { channelCall } from './listening-rules.js';

/** Hues of what talkgroups are for, by the words of the usual tags; others get one by their name. */
const HUES = [
  [/fire|feuer|bombero/i, 14],
  [/ems|medic|hospital|rettung|ambulan/i, 330],
  [/law|police|sheriff|polizei|polic/i, 222],
  [/multi|dispatch|interop|emergency/i, 272],
  [/public works|utilit|transport|works/i, 40],
  [/school|security|correction/i, 178],
];

/** What is shown of a call: one of a radio system, or what stands for one on a channel without calls. */
export function callOf({ call, label, frequency, n }) {
  if (call) return call;
  return {
    ...channelCall(label, frequency, `${label}#${n}`),
    channel: true,
    label,
    talkgroup_alpha_tag: '',
    talkgroup_description: '',
    talkgroup_group: '',
    talkgroup_tag: '',
    unit: -1,
    unit_alpha_tag: '',
    freq: frequency,
    start_time: Date.now() / 1000,
    length: 0,
    state: 'active',
  };
}

export const refOf = (call) => ({ system: call.sys_name, talkgroup: call.talkgroup });

/** Colour of a talkgroup's lamp, degrees. */
export function hueOf(call) {
  const words = `${call.talkgroup_tag ?? call.tag ?? ''} ${call.talkgroup_group ?? call.group ?? ''}`;
  for (const [pattern, hue] of HUES) if (pattern.test(words)) return hue;
  let sum = 0;
  for (const letter of words.trim() || String(call.talkgroup)) sum = (sum * 31 + letter.codePointAt(0)) % 360;
  return sum;
}

/** Names and figures of calls in the reader's language. */
export class CallTexts {
  /** @param {import('./web/i18n.js').Texts} texts */
  constructor(texts) {
    this.texts = texts;
    this.clock = new Intl.DateTimeFormat(texts.language, { timeStyle: 'medium' });
    const brief = { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' };
    this.brief = new Intl.DateTimeFormat(texts.language, brief);
    this.day = new Intl.DateTimeFormat(texts.language, { dateStyle: 'medium', timeStyle: 'medium' });
  }

  name(call) {
    if (call.channel) return call.freq ? this.texts.megahertz(call.freq) : call.label;
    return call.talkgroup_alpha_tag || this.texts.get('talkgroup.number', { number: call.talkgroup });
  }

  /** Who talks; empty when nobody knows. */
  unit(call) {
    if (!(call.unit > 0)) return '';
    return call.unit_alpha_tag ? `${call.unit_alpha_tag} (${call.unit})` : String(call.unit);
  }

  shortUnit(call) {
    return call.unit > 0 ? call.unit_alpha_tag || String(call.unit) : '';
  }

  time(call) {
    return this.clock.format(call.start_time * 1000);
  }

  /** The time, with the day when it was not today. */
  shortTime(call) {
    const date = new Date(call.start_time * 1000);
    return date.toDateString() === new Date().toDateString() ? this.clock.format(date) : this.brief.format(date);
  }

  dateAndTime(call) {
    return this.day.format(call.start_time * 1000);
  }

  /** Seconds as minutes and seconds. */
  length(seconds) {
    const whole = Math.max(0, Math.round(seconds));
    return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
  }

  /** Why a call was not followed or not heard, in words. */
  reason(reason) {
    return this.texts.has(`reason.${reason}`) ? this.texts.get(`reason.${reason}`) : reason;
  }
}
