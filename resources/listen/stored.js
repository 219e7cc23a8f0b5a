/** What this browser keeps of the page, by the page's own address: several may come from one server. */
export class Stored {
  /** @param {Storage | null} storage null where the browser keeps nothing @param {string} prefix */
  constructor(storage, prefix) {
    this.storage = storage;
    this.prefix = prefix;
  }

  /** The storage of this page; browsers may refuse it altogether. */
  static open(kind) {
    try {
      return new Stored(globalThis[kind], `trunkflow ${location.pathname}: `);
    } catch {
      return new Stored(null, '');
    }
  }

  get(name, otherwise) {
    try {
      return JSON.parse(this.storage.getItem(this.prefix + name)) ?? otherwise;
    } catch {
      return otherwise;
    }
  }

  set(name, value) {
    try {
      this.storage?.setItem(this.prefix + name, JSON.stringify(value));
    } catch {
      // Full, or switched off: it is then only kept until the page is left.
    }
  }
}
