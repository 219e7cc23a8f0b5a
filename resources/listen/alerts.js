/** Tells of alert calls: a tone, and a notification where the person allowed it. */
export class Alerts {
  /** @param {import('./sound.js').Sound} sound @param {import('./calls.js').CallTexts} names */
  constructor(sound, names) {
    Object.assign(this, { sound, names });
    this.tone = false;
    this.notify = false;
  }

  static get canNotify() {
    return 'Notification' in globalThis && isSecureContext;
  }

  /** Switches notifications on or off; false when the person or the browser refuses. */
  async setNotify(on) {
    this.notify = on && Alerts.canNotify && (await Notification.requestPermission()) === 'granted';
    return this.notify === on;
  }

  /** @param {object} call one that begins @param {string} word what it is, e.g. 'Emergency' */
  tell(call, word) {
    if (this.tone) this.sound.chime();
    if (!this.notify || document.hasFocus()) return;
    try {
      const body = [call.talkgroup_description, this.names.unit(call)].filter(Boolean).join('\n');
      const note = new Notification(`${word}: ${this.names.name(call)}`, { body, tag: call.id, icon: 'icon-192.png' });
      note.onclick = () => {
        focus();
        note.close();
      };
    } catch {
      // Some phones only let a service worker do this.
      this.notify = false;
    }
  }
}
