let ids = 0;

/** An id nobody else has. */
export const newId = () => `scope-${++ids}`;

/**
 * An element with properties (`class`, `text`, attributes by their names) and children.
 * @param {string} tag @param {Record<string, unknown>} [properties] @param {...(Node | string | null)} children
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === 'class') element.className = value;
    else if (name === 'text') element.textContent = value;
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** A button with a sign (hidden from screen readers) and words. */
export function button(className, sign, words, more = {}) {
  const sight = make('span', { class: 'scope-sign', 'aria-hidden': 'true', text: sign });
  const label = make('span', { class: 'scope-words', text: words });
  return make('button', { type: 'button', class: `scope-button ${className}`, title: words, ...more }, sight, label);
}

/** A labelled field. */
export function field(className, words, input) {
  input.id = newId();
  return make('div', { class: `scope-field ${className}` }, make('label', { for: input.id, text: words }), input);
}

/** A select with such options, [value, words] each. */
export function select(options, chosen) {
  const element = make('select');
  fillSelect(element, options, chosen);
  return element;
}

/** Puts options into a select, if they are others than those in it. */
export function fillSelect(element, options, chosen) {
  const key = JSON.stringify(options);
  if (element.options.length !== options.length || element.dataset.key !== key) {
    element.dataset.key = key;
    element.replaceChildren(...options.map(([value, words]) => make('option', { value, text: words })));
  }
  if (chosen !== undefined && element.value !== chosen) element.value = chosen;
}

/** All of the scope's elements, by name. @param {import('../web/i18n.js').Texts} texts */
export function buildScope(texts) {
  const t = (key) => texts.get(key);
  const parts = {};
  const figure = (name) => {
    parts[name] = make('dd', { text: '–' });
    return make('div', { class: `scope-figure scope-${name}` }, make('dt', { text: t(`figure.${name}`) }), parts[name]);
  };
  const picture = (name) => {
    parts[name] = make('canvas', { role: 'img', 'aria-label': t(`picture.${name}`) });
    return make('figure', { class: `scope-${name}` }, parts[name], make('figcaption', { text: t(`symbols.${name}`) }));
  };

  parts.scopes = select([]);
  parts.streams = select([]);
  parts.connection = make('p', { class: 'scope-connection', role: 'status', 'data-state': 'connecting' });
  parts.connectionWords = make('span', { class: 'scope-words' });
  parts.connection.append(parts.connectionWords);
  parts.pause = button('scope-pause', '❚❚', t('button.pause'), { 'aria-pressed': 'false' });
  parts.displayId = newId();
  parts.settings = button('scope-settings', '⚙', t('button.display'), {
    'aria-expanded': 'false',
    'aria-controls': parts.displayId,
  });
  parts.scopesField = field('scope-scopes', t('label.scope'), parts.scopes);
  parts.bar = make(
    'div',
    { class: 'scope-bar' },
    parts.scopesField,
    field('scope-streams', t('label.stream'), parts.streams),
    parts.connection,
    make('div', { class: 'scope-buttons' }, parts.pause, parts.settings),
  );

  const names = ['level', 'noise', 'snr', 'offset', 'clipping', 'carrier', 'mer', 'deviation', 'frames'];
  parts.figures = make('dl', { class: 'scope-figures' }, ...names.map(figure));

  parts.spectrum = make('canvas', {
    class: 'scope-spectrum',
    tabindex: '0',
    role: 'slider',
    'aria-label': t('picture.spectrum'),
    'aria-valuemin': '0',
    'aria-valuemax': '0',
    'aria-valuenow': '0',
  });
  parts.cursor = make('p', { class: 'scope-cursor', 'aria-hidden': 'true' });
  parts.waterfall = make('canvas', { class: 'scope-waterfall', role: 'img', 'aria-label': t('picture.waterfall') });
  parts.zoomIn = button('scope-zoom-in', '+', t('button.zoomIn'));
  parts.zoomOut = button('scope-zoom-out', '−', t('button.zoomOut'));
  parts.whole = button('scope-whole', '↔', t('button.whole'));
  parts.resetPeaks = button('scope-reset-peaks', '↺', t('button.resetPeaks'));
  parts.toggle = button('scope-toggle', '⊕', t('button.open'));
  parts.tune = button('scope-tune', '◎', t('button.tune'));
  const tools = make('div', { class: 'scope-tools', role: 'toolbar', 'aria-label': t('label.tools') });
  tools.append(parts.zoomOut, parts.zoomIn, parts.whole, parts.resetPeaks, parts.toggle, parts.tune);
  const legend = ['average', 'peak', 'floor'].map((name) =>
    make('span', { class: `scope-legend-${name}`, text: t(`legend.${name}`) }),
  );
  tools.append(make('p', { class: 'scope-legend' }, ...legend));
  parts.band = make(
    'div',
    { class: 'scope-band' },
    make('div', { class: 'scope-spectrum-box' }, parts.spectrum, parts.cursor),
    parts.waterfall,
    tools,
  );
  parts.symbols = make('div', { class: 'scope-symbols' }, picture('constellation'), picture('eye'), picture('levels'));
  parts.display = make('div', { class: 'scope-display', id: parts.displayId, hidden: true });
  parts.channelList = make('ul');
  parts.channels = make(
    'section',
    { class: 'scope-channels', hidden: true },
    make('h2', { text: t('label.channels') }),
    parts.channelList,
  );
  parts.note = make('p', { class: 'scope-note', role: 'status' });
  parts.empty = make('p', { class: 'scope-empty', hidden: true });
  parts.main = make('div', { class: 'scope-main' }, parts.band, parts.symbols);
  const order = ['bar', 'display', 'figures', 'empty', 'main', 'note', 'channels'];
  parts.root = make('div', { class: 'scope-view' }, ...order.map((name) => parts[name]));
  return parts;
}
