import { fillSelect } from './markup.js';

/** Which parts of a scope are shown, and what can be chosen. */
export class Layout {
  /** @param {HTMLElement} element of the scope @param parts what is in it */
  constructor(element, parts, texts) {
    Object.assign(this, { element, parts, texts });
  }

  /** @param {'connecting' | 'open' | 'lost'} state */
  connection(state) {
    const { connection, connectionWords } = this.parts;
    connection.dataset.state = state;
    connectionWords.textContent = connection.title = this.texts.get(`connection.${state}`);
  }

  /** The scopes of the page, the streams of the chosen one. */
  choices({ scopes = [], scope } = {}, { streams, watching }) {
    const { parts } = this;
    parts.scopesField.hidden = scopes.length < 2;
    fillSelect(parts.scopes, scopes.map(({ id, title }) => [id, title]), scope ?? undefined);
    fillSelect(parts.streams, streams.map((stream) => [stream.stream, this.streamWords(stream)]), watching ?? undefined);
    parts.streams.disabled = streams.length === 0;
  }

  /** What fits a frame; `why` names the text for its place when there is none. */
  frame(frame, mayControl, why) {
    const { parts } = this;
    const empty = !frame;
    parts.empty.hidden = !empty;
    if (empty) parts.empty.textContent = this.texts.get(why);
    parts.main.hidden = empty;
    parts.figures.hidden = empty;
    this.element.dataset.kind = frame?.kind ?? '';
    parts.band.hidden = !frame?.mean;
    parts.symbols.hidden = !frame?.values && !(frame?.kind === 'symbols');
    parts.constellation.parentElement.hidden = frame?.kind === 'audio';
    for (const tool of [parts.toggle, parts.tune]) tool.hidden = !mayControl || frame?.kind !== 'iq';
  }

  streamWords({ stream, kind, rate, center }) {
    const { texts } = this;
    const width = rate >= 1e6 ? `${texts.number(rate / 1e6, 1)} MS/s` : `${texts.number(rate / 1e3, rate % 1000 ? 1 : 0)} kS/s`;
    // A source without a name has its node's id in the stream's, which tells a person nothing.
    const plain = stream.replace(/ \((audio|symbols)\)$/, '').replace(/^sdr-[\da-f]{16}(?![\w.-])/, 'sdr');
    if (kind === 'symbols') return `${plain} · ${texts.get('kind.symbols')}`;
    if (kind === 'audio') return `${plain} · ${texts.get('kind.audio')}, ${width}`;
    return `${plain} · ${center > 0 ? `${texts.megahertz(center)}, ` : ''}${width}`;
  }
}
