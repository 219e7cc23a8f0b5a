import { $, icon, setText } from './dom.js';

/** The recording that plays: where it is, and buttons for it. */
export class TapeView {
  constructor(texts, names, archive) {
    Object.assign(this, { texts, names, archive });
    $('tape-play').addEventListener('click', () => archive.toggle());
    $('tape-next').addEventListener('click', () => archive.step(1));
    $('tape-back').addEventListener('click', () => archive.step(-1));
    $('tape-close').addEventListener('click', () => archive.stop());
    $('tape-onward').addEventListener('change', ({ target }) => (archive.onward = target.checked));
    $('tape-position').addEventListener('input', ({ target }) => {
      const { recording } = archive.sound;
      if (Number.isFinite(recording.duration)) recording.currentTime = (target.value / 1000) * recording.duration;
    });
    archive.addEventListener('playing', () => this.render());
  }

  render() {
    const { archive, names, texts } = this;
    const found = archive.playing;
    $('tape').hidden = found === null;
    if (!found) return;
    const { recording } = archive.sound;
    const length = Number.isFinite(recording.duration) ? recording.duration : found.length;
    setText($('tape-name'), names.name(found.call));
    setText($('tape-about'), names.dateAndTime(found.call));
    setText($('tape-time'), `${names.length(recording.currentTime)} / ${names.length(length)}`);
    $('tape-position').value = String(length > 0 ? Math.round((1000 * recording.currentTime) / length) : 0);
    $('tape-back').disabled = !archive.neighbour(-1);
    $('tape-next').disabled = !archive.neighbour(1);
    const paused = recording.paused;
    if (this.paused === paused) return;
    this.paused = paused;
    const label = texts.get(paused ? 'tape.play' : 'tape.pause');
    $('tape-play').title = label;
    $('tape-play').setAttribute('aria-label', label);
    $('tape-play').replaceChildren(icon(paused ? 'play' : 'pause'));
  }
}
