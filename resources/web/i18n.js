/** Languages there are texts in; the first is the one for everybody else. */
const LANGUAGES = ['en-US', 'de', 'es'];

/** @param {readonly string[]} wanted languages in order of preference, as navigator.languages gives them */
export function chooseLanguage(wanted) {
  for (const tag of wanted) {
    const primary = tag.toLowerCase().split('-')[0];
    const found = LANGUAGES.find((language) => language.toLowerCase().split('-')[0] === primary);
    if (found) return found;
  }
  return LANGUAGES[0];
}

/** A page's texts in the reader's language. */
export class Texts {
  /** Reads `locales/<language>.json` beside the page. @returns {Promise<Texts>} */
  static async load(wanted = navigator.languages) {
    const language = chooseLanguage(wanted);
    const response = await fetch(`locales/${language}.json`, { credentials: 'same-origin' });
    if (!response.ok) throw new Error(`locales/${language}.json: ${response.status}`);
    return new Texts(language, await response.json());
  }

  /** @param {string} language @param {Record<string, string>} texts by key, with {name} where a value goes */
  constructor(language, texts) {
    this.language = language;
    this.texts = texts;
    this.numbers = new Map();
  }

  /**
   * A text. With a `count`, `<key>.one` is taken for 1 where there is one.
   * @param {string} key @param {Record<string, string | number>} [values]
   */
  get(key, values = {}) {
    const single = values.count === 1 ? this.texts[`${key}.one`] : undefined;
    const text = single ?? this.texts[key];
    if (text === undefined) throw new Error(`No text '${key}' in ${this.language}`);
    return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ''));
  }

  has(key) {
    return Object.hasOwn(this.texts, key);
  }

  /** A number as it is written in this language. @param {number} value @param {number} [digits] behind the point */
  number(value, digits = 0) {
    let format = this.numbers.get(digits);
    if (!format) {
      format = new Intl.NumberFormat(this.language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
      this.numbers.set(digits, format);
    }
    return format.format(value);
  }

  /** A frequency. @param {number} hz */
  megahertz(hz) {
    return `${this.number(hz / 1e6, 4)} MHz`;
  }

  /**
   * Puts texts into a document: `data-text="key"` into the element, `data-text-<attribute>="key"` into an attribute.
   * @param {ParentNode} root
   */
  fill(root) {
    if (root === document) document.documentElement.lang = this.language;
    for (const element of root.querySelectorAll('[data-text]')) element.textContent = this.get(element.dataset.text);
    for (const attribute of ['title', 'placeholder', 'aria-label'])
      for (const element of root.querySelectorAll(`[data-text-${attribute}]`))
        element.setAttribute(attribute, this.get(element.getAttribute(`data-text-${attribute}`)));
  }
}
