/** Buttons of headsets and lock screens, and a screen that stays on; where the browser has them. */

export const isPhone = () => matchMedia('(pointer: coarse)').matches;

/** @param {Record<string, () => void>} actions 'play', 'pause', 'nexttrack', 'previoustrack' */
export function listenToMediaKeys(actions) {
  const session = navigator.mediaSession;
  if (!session) return;
  for (const [name, action] of Object.entries(actions)) {
    try {
      session.setActionHandler(name, action);
    } catch {
      // This browser has no such button.
    }
  }
}

/** @param {{title: string, artist: string, album: string} | null} what @param {'playing'|'paused'|'none'} state */
export function showOnLockScreen(what, state) {
  const session = navigator.mediaSession;
  if (!session || !globalThis.MediaMetadata) return;
  session.playbackState = state;
  const key = JSON.stringify(what);
  if (key === showOnLockScreen.shown) return;
  showOnLockScreen.shown = key;
  const artwork = [{ src: new URL('icon-512.png', location.href).href, sizes: '512x512', type: 'image/png' }];
  session.metadata = what ? new MediaMetadata({ ...what, artwork }) : null;
}

/** Keeps the screen on while it is asked to. */
export class WakeLock {
  static get isPossible() {
    return 'wakeLock' in navigator;
  }

  constructor() {
    this.wanted = false;
    this.lock = null;
    // The browser takes it back whenever the page is hidden.
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.apply());
  }

  set(wanted) {
    this.wanted = wanted;
    return this.apply();
  }

  async apply() {
    if (!WakeLock.isPossible) return;
    try {
      if (this.wanted) this.lock = await navigator.wakeLock.request('screen');
      else await this.lock?.release();
    } catch {
      // Refused, e.g. on a low battery: the screen then goes off as ever.
    }
  }
}
