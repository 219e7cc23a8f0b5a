/**
 * Runs in a page: the texts below an element that cannot be read well, by WCAG 2.1, success criterion 1.4.3 (contrast of at
 * least 4.5 to 1, of large text 3 to 1). The background is that of the elements a text lies in, with their opacities.
 * @param {string} selector what to look at
 * @returns {{seen: number, problems: string[]}}
 */
(selector) => {
  const pen = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', {
    willReadFrequently: true,
  });
  const known = new Map();
  /** Any colour CSS knows as red, green, blue, alpha from 0 to 1. */
  const colour = (text) => {
    if (!known.has(text)) {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = text;
      pen.fillRect(0, 0, 1, 1);
      known.set(text, [...pen.getImageData(0, 0, 1, 1).data].map((value) => value / 255));
    }
    return known.get(text);
  };
  const mix = (above, below, share) => above.map((value, i) => share * value + (1 - share) * below[i]);
  const over = ([r, g, b, alpha], below) => mix([r, g, b], below, alpha);
  // WCAG 2.1, relative luminance and contrast ratio.
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };

  /** Backgrounds an element may have: of a gradient each of its colours. */
  const fills = (style) => {
    const flat = colour(style.backgroundColor);
    if (!style.backgroundImage.includes('gradient(')) return [flat];
    const stops = style.backgroundImage.match(/(?:rgba?|hsla?|oklch|oklab|color)\([^()]*\)/g) ?? [];
    return [flat, ...stops.map(colour)];
  };

  /** Text and background as they are on the screen, for each background there may be; from the outermost element in. */
  const layers = (chain, style, below) => {
    if (chain.length === 0) return [{ back: below, text: over(colour(style.color), below) }];
    const [outer, ...inner] = chain;
    const own = getComputedStyle(outer);
    const opacity = Number(own.opacity);
    return fills(own)
      .flatMap((fill) => layers(inner, style, over(fill, below)))
      .map(({ back, text }) => ({ back: mix(back, below, opacity), text: mix(text, below, opacity) }));
  };

  const path = (element) => {
    const one = (part) => {
      const classes = [...part.classList].slice(0, 3).map((name) => `.${name}`);
      return part.localName + (part.id ? `#${part.id}` : classes.join(''));
    };
    const parts = [];
    for (let at = element; at && parts.length < 3; at = at.parentElement) parts.unshift(one(at));
    return parts.join(' > ');
  };

  const isSeen = (element, range) => {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    // Nobody needs to read what cannot be used now (1.4.3, incidental).
    if (element.closest(':disabled, [aria-disabled="true"]')) return false;
    // Words for screen readers alone are clipped to nothing.
    for (let at = element; at; at = at.parentElement) {
      const { clipPath, position } = getComputedStyle(at);
      if (position === 'absolute' && clipPath.startsWith('inset(50%')) return false;
    }
    const { width, height } = (range ?? element).getBoundingClientRect();
    return width > 1 && height > 1;
  };

  const dark = getComputedStyle(document.documentElement).colorScheme.startsWith('dark');
  const ground = dark ? [18 / 255, 18 / 255, 18 / 255] : [1, 1, 1];
  const result = { seen: 0, problems: [] };
  const check = (element, words, style = getComputedStyle(element)) => {
    const chain = [];
    for (let at = element; at; at = at.parentElement ?? at.getRootNode().host) chain.unshift(at);
    const faint = Number(style === getComputedStyle(element) ? 1 : style.opacity);
    const size = Number.parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const least = isLarge ? 3 : 4.5;
    result.seen++;
    const worst = layers(chain, style, ground)
      .map(({ back, text }) => ({ back, text: mix(text, back, faint) }))
      .map((pair) => ({ ...pair, ratio: contrast(pair.back, pair.text) }))
      .reduce((a, b) => (b.ratio < a.ratio ? b : a));
    if (worst.ratio >= least) return;
    const hex = (rgb) => `#${rgb.map((value) => Math.round(255 * value).toString(16).padStart(2, '0')).join('')}`;
    const figures = `${worst.ratio.toFixed(2)} of ${least}: ${hex(worst.text)} on ${hex(worst.back)}`;
    result.problems.push(`${path(element)} "${words.trim().slice(0, 40)}" ${figures}`);
  };

  for (const root of document.querySelectorAll(selector)) {
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const element = node.parentElement;
      if (!node.data.trim() || !element || /^(script|style|option|noscript|textarea)$/.test(element.localName)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      if (isSeen(element, range)) check(element, node.data);
    }
    for (const element of root.querySelectorAll('input, textarea, select')) {
      if (/^(checkbox|radio|range|color|file|hidden)$/.test(element.type) || !isSeen(element)) continue;
      if (element.localName === 'select') check(element, element.selectedOptions[0]?.text ?? '');
      else if (element.value || !element.placeholder) check(element, element.value || 'typed text');
      else check(element, element.placeholder, getComputedStyle(element, '::placeholder'));
    }
  }
  result.problems = [...new Set(result.problems)];
  return result;
};
