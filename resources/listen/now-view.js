import { hueOf } from './calls.js';
import { $, icon, make, setText } from './dom.js';

/** What a level of 0 and of 100 % mean, dB below full scale. */
const FLOOR = 50;

/** The display: who is heard now. */
export class NowView {
  constructor(texts, names, feed, archive) {
    Object.assign(this, { texts, names, feed, archive });
    /** The last call heard, shown while nobody talks. */
    this.last = null;
    feed.addEventListener('playing', ({ track }) => {
      this.last = track.about.call;
      this.speak(track.about.call);
    });
  }

  /** What the display shows: the recording that plays, else the live call. */
  get call() {
    return this.archive.playing?.call ?? this.feed.current?.about.call ?? null;
  }

  render() {
    const { call, feed, texts, names } = this;
    const shown = call ?? (feed.on ? this.last : null);
    const state = !call ? 'idle' : call.emergency ? 'emergency' : call.alert ? 'alert' : 'playing';
    $('now').dataset.state = state;
    $('now').style.setProperty('--hue', String(shown ? hueOf(shown) : 80));
    setText($('system'), shown ? [shown.sys_name, shown.talkgroup_group].filter(Boolean).join(' · ') : '');
    setText($('mode'), this.mode(call));
    setText($('talkgroup'), shown ? names.name(shown) : texts.get(feed.on ? 'now.idle' : 'now.off'));
    setText($('description'), this.description(shown));
    setText($('unit'), shown ? names.unit(shown) : '');
    setText($('frequency'), shown?.freq ? texts.megahertz(shown.freq) : '–');
    setText($('number'), shown && !shown.channel ? String(shown.talkgroup) : '–');
    setText($('signal'), shown ? this.signal(shown) : '–');
    setText($('errors'), shown?.error_count === undefined ? '–' : this.errors(shown));
    this.waiting();
    this.marks(shown);
    this.tick();
    if (!call) this.level(0);
    showMini(call, names);
    $('listeners').hidden = feed.listeners === 0;
    setText($('listeners-count'), String(feed.listeners));
    $('listeners').title = texts.get('listeners', { count: feed.listeners });
  }

  /** What changes by time alone. */
  tick() {
    const { feed, archive, call } = this;
    setText($('clock'), this.names.clock.format(Date.now()));
    const seconds = archive.playing ? archive.sound.recording.currentTime : feed.position;
    setText($('elapsed'), call ? this.names.length(seconds) : '');
    setText($('mini-time'), call ? this.names.length(seconds) : '');
  }

  /** @param {number} level root mean square, full scale 1 */
  level(level) {
    const part = Math.max(0, Math.min(1, 1 + (20 * Math.log10(Math.max(level, 1e-6))) / FLOOR));
    $('level').style.clipPath = `inset(0 ${(100 - 100 * part).toFixed(1)}% 0 0)`;
    const percent = String(Math.round(part * 100));
    if ($('meter').getAttribute('aria-valuenow') !== percent) $('meter').setAttribute('aria-valuenow', percent);
  }

  mode(call) {
    const { feed, archive, texts } = this;
    if (archive.playing) return texts.get('mode.archive');
    if (feed.paused) return texts.get('mode.paused');
    if (call && feed.current?.replayed) return texts.get('mode.replay');
    return feed.on && !call && this.last ? texts.get('mode.last') : '';
  }

  description(call) {
    if (!call) return this.texts.get(this.feed.on ? 'now.idleHint' : 'now.offHint');
    return call.talkgroup_description || (call.channel ? call.label : '');
  }

  signal({ signal = 999, noise = 999 }) {
    if (signal === 999) return '–';
    const { texts } = this;
    const level = texts.number(signal);
    return noise === 999 ? `${level} dB` : `${level} / ${texts.number(signal - noise)} dB`;
  }

  errors({ error_count: errors, spike_count: spikes }) {
    return `${errors} / ${spikes ?? 0}`;
  }

  waiting() {
    const { waiting } = this.feed.queue;
    let seconds = 0;
    for (const track of waiting) seconds += track.seconds;
    const { texts, names } = this;
    setText(
      $('waiting'),
      waiting.length === 0 ? '0' : texts.get('now.waitingFor', { count: waiting.length, time: names.length(seconds) }),
    );
    $('waiting').title = waiting.map(({ about }) => names.name(about.call)).join(', ');
  }

  marks(call) {
    const { texts } = this;
    const marks = [];
    if (call?.emergency) marks.push(['emergency', texts.get('mark.emergency')]);
    if (call?.encrypted) marks.push(['encrypted', texts.get('mark.encrypted')]);
    if (call?.alert) marks.push(['alert', texts.get('mark.alert')]);
    if (call?.talkgroup_tag) marks.push(['tag', call.talkgroup_tag]);
    if (call?.patched_talkgroups?.length > 1) {
      const others = call.patched_talkgroups.filter((talkgroup) => talkgroup !== call.talkgroup);
      marks.push(['patch', texts.get('mark.patch', { talkgroups: others.map((one) => this.patched(call, one)).join(', ') })]);
    }
    const key = JSON.stringify(marks);
    if (key === this.markKey) return;
    this.markKey = key;
    $('marks').replaceChildren(
      ...marks.map(([kind, text]) => {
        const mark = make('span', { class: `mark ${kind}` });
        if (['emergency', 'encrypted', 'alert'].includes(kind)) mark.append(icon(kind));
        mark.append(text);
        return mark;
      }),
    );
  }

  patched(call, talkgroup) {
    return this.talkgroups?.get({ system: call.sys_name, talkgroup })?.name || String(talkgroup);
  }

  /** For those who hear the page: who talks, once for each call. */
  speak(call) {
    const parts = [this.names.name(call), this.names.shortUnit(call)];
    if (call.emergency) parts.unshift(this.texts.get('mark.emergency'));
    setText($('spoken'), parts.filter(Boolean).join(', '));
  }
}

/** On a small screen, who is heard while something else is looked at. */
function showMini(call, names) {
  $('mini').hidden = !call;
  if (!call) return;
  setText($('mini-name'), names.name(call));
  $('mini').style.setProperty('--hue', String(hueOf(call)));
  $('mini').dataset.state = call.emergency ? 'emergency' : 'playing';
}
