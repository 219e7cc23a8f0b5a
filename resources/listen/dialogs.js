import { Alerts } from './alerts.js';
import { $, make } from './dom.js';
import { isPhone, WakeLock } from './phone.js';

const KEYS = ['l', 's', 't', 'a', 'r', 'p', 'n', 'Shift+n', '/', '?'];

/** The page's settings and its help. */
export class Dialogs {
  constructor({ texts, stored, sound, alerts, wakeLock }) {
    for (const name of ['help', 'settings']) {
      $(`open-${name}`).addEventListener('click', () => $(name).showModal());
      // Outside of it is behind it.
      $(name).addEventListener('click', ({ target }) => target === $(name) && $(name).close());
    }
    for (const key of KEYS) {
      const caps = key.split('+').map((one) => make('kbd', { text: one.length === 1 ? one.toUpperCase() : one }));
      $('keys').append(make('div', {}, make('dt', {}, ...caps), make('dd', { text: texts.get(`key.${key}`) })));
    }
    const volume = $('volume');
    volume.value = String(stored.get('volume', 80));
    const setVolume = () => sound.setVolume(Number(volume.value) / 100);
    setVolume();
    volume.addEventListener('input', () => {
      setVolume();
      stored.set('volume', Number(volume.value));
    });
    const setting = (name, apply) => {
      const box = $(`setting-${name}`);
      const set = async () => {
        const taken = await apply(box.checked);
        if (taken === false) box.checked = false;
        stored.set(name, box.checked);
      };
      box.checked = stored.get(name, false);
      box.addEventListener('change', set);
      if (box.checked) void set();
    };
    setting('tone', (on) => {
      alerts.tone = on;
    });
    setting('notify', (on) => alerts.setNotify(on));
    setting('awake', (on) => wakeLock.set(on));
    $('setting-notify-row').hidden = !Alerts.canNotify;
    $('setting-awake-row').hidden = !WakeLock.isPossible || !isPhone();
  }
}
