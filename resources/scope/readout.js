import { make } from './markup.js';
import { looksOf, nameOf } from './channel-marks.js';

/** Figures and words about what is seen. */
export class Readout {
  constructor(parts, texts) {
    this.parts = parts;
    this.texts = texts;
    this.listed = '';
  }

  /** The row of numbers. */
  figures(frame) {
    const { texts } = this;
    const { figures = {}, kind } = frame ?? {};
    const db = (value, digits = 1) => this.unit(value, digits, 'dB');
    const values = {
      level: db(figures.level),
      noise: db(figures.noise),
      snr: db(figures.snr),
      offset: figures.offset === undefined ? null : this.signed(figures.offset, 'Hz'),
      clipping: figures.clipped === undefined ? null : this.percent(figures.clipped),
      carrier: figures.carrier && frame.center > 0 ? texts.megahertz(figures.carrier.frequency) : null,
      mer: db(figures.mer),
      deviation: this.unit(figures.deviation, 0, 'Hz'),
      frames: kind === 'symbols' ? texts.number(figures.frames ?? 0) : null,
    };
    for (const [name, text] of Object.entries(values)) {
      const element = this.parts[name];
      element.parentElement.hidden = text === null;
      if (element.textContent !== text) element.textContent = text ?? '';
    }
    this.parts.clipping.parentElement.dataset.alarm = String(figures.clipped > 0.001);
  }

  /** What is at a frequency: for eyes beside the cursor, for screen readers as the slider's value. */
  cursor(view) {
    const { cursor, canvas } = this.parts.cursorParts;
    const text = view ? this.describe(view) : '';
    cursor.textContent = text;
    cursor.hidden = !view;
    if (!view) return;
    const { band, frequency } = view;
    canvas.setAttribute('aria-valuemin', String(Math.round(band.low)));
    canvas.setAttribute('aria-valuemax', String(Math.round(band.high)));
    canvas.setAttribute('aria-valuenow', String(Math.round(frequency)));
    canvas.setAttribute('aria-valuetext', text);
  }

  describe({ frequency, level, floor, channel, radio }) {
    const parts = [radio ? this.texts.megahertz(frequency) : this.unit(frequency, 0, 'Hz')];
    if (level !== undefined) parts.push(this.unit(level, 1, 'dB'));
    if (level !== undefined && floor !== undefined && level > floor)
      parts.push(this.texts.get('cursor.above', { value: this.unit(level - floor, 0, 'dB') }));
    if (channel) parts.push(`${nameOf(channel)}, ${this.stateOf(channel)}`);
    return parts.join(' · ');
  }

  /** The list of channels: for everybody, and the way to them without a mouse. */
  channels(channels, { mayControl, go, close }) {
    const key = JSON.stringify([channels.map(({ id, call, state, reason, rate, mine, frequency, snr }) => [id, call, state, reason, rate, mine, frequency, Math.round(snr)]), mayControl]);
    if (key === this.listed) return;
    this.listed = key;
    const { channelList, channels: section } = this.parts;
    section.hidden = channels.length === 0;
    const focused = channelList.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    channelList.replaceChildren(
      ...channels.map((channel) => {
        const { sign, colour } = looksOf(channel);
        const name = make(
          'button',
          { type: 'button', class: 'scope-channel', 'data-key': `go ${channel.id}`, 'data-colour': colour },
          make('span', { class: 'scope-sign', 'aria-hidden': 'true', text: sign }),
          make('b', { text: nameOf(channel) }),
          make('span', { class: 'scope-frequency', text: this.texts.megahertz(channel.frequency) }),
          make('span', { class: 'scope-state', text: this.stateOf(channel) }),
        );
        name.addEventListener('click', () => go(channel));
        if (!channel.mine || !mayControl) return make('li', {}, name);
        const words = this.texts.get('button.closeNamed', { name: channel.id });
        const end = make('button', { type: 'button', class: 'scope-close', 'data-key': `close ${channel.id}`, title: words, 'aria-label': words, text: '✕' });
        end.addEventListener('click', () => close(channel));
        return make('li', {}, name, end);
      }),
    );
    if (focused) [...channelList.querySelectorAll('button')].find(({ dataset }) => dataset.key === focused)?.focus();
  }

  stateOf({ state, reason, rate, snr, call }) {
    const { texts } = this;
    const words = [texts.get(call ? callKey(call) : `state.${state}`)];
    if (state === 'good' && rate !== undefined) words.push(texts.get('state.rate', { rate }));
    if (reason) words.push(texts.has(`reason.${reason}`) ? texts.get(`reason.${reason}`) : reason);
    if (Number.isFinite(snr) && snr > -20) words.push(this.unit(snr, 0, 'dB'));
    return words.join(', ');
  }

  unit(value, digits, unit) {
    return value === undefined || !Number.isFinite(value) ? null : `${this.texts.number(value, digits).replace('-', '\u2212')} ${unit}`;
  }

  signed(value, unit) {
    const text = this.unit(Math.abs(value), 0, unit);
    return `${value < -0.5 ? '\u2212' : value > 0.5 ? '+' : ''}${text}`;
  }

  percent(share) {
    const value = 100 * share;
    return this.unit(value, value > 0 && value < 10 ? 2 : 0, '%');
  }
}

function callKey({ emergency, encrypted }) {
  return emergency ? 'call.emergency' : encrypted ? 'call.encrypted' : 'call.clear';
}
