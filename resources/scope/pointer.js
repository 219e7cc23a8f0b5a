/** Pixels a pointer may move in a click. */
const STILL = 5;

/**
 * Mouse, touch and keyboard on the spectrum and the waterfall. Tells `actions` what is meant: hover(place | null),
 * click(place, event), pan(share), zoom(factor, place), move(direction, big), edge(direction), peak(direction), enter(),
 * key(name). Places run from 0 (left) to 1.
 */
export class PointerInput {
  /** @param {HTMLElement[]} areas @param {HTMLElement} focus what keys go to @param {number} left pixels of the axis */
  constructor(areas, focus, left, actions) {
    this.left = left;
    this.actions = actions;
    this.pointers = new Map();
    for (const area of areas) this.listen(area);
    focus.addEventListener('keydown', (event) => this.key(event));
  }

  listen(area) {
    area.addEventListener('pointerdown', (event) => {
      if (event.button > 0) return;
      area.setPointerCapture(event.pointerId);
      this.pointers.set(event.pointerId, { x: event.clientX, start: event.clientX, moved: false });
    });
    area.addEventListener('pointermove', (event) => this.moved(area, event));
    const end = (event) => {
      const pointer = this.pointers.get(event.pointerId);
      this.pointers.delete(event.pointerId);
      if (!pointer || pointer.moved || event.type === 'pointercancel') return;
      const place = this.placeOf(area, event.clientX);
      if (place >= 0) this.actions.click(place, event);
    };
    area.addEventListener('pointerup', end);
    area.addEventListener('pointercancel', end);
    area.addEventListener('pointerleave', (event) => event.pointerType === 'mouse' && this.actions.hover(null));
    area.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault();
        if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) this.actions.pan(event.deltaX / this.widthOf(area));
        else this.actions.zoom(1.0015 ** -event.deltaY, this.placeOf(area, event.clientX));
      },
      { passive: false },
    );
  }

  moved(area, event) {
    const pointer = this.pointers.get(event.pointerId);
    const place = this.placeOf(area, event.clientX);
    if (!pointer) {
      this.actions.hover(place >= 0 && place <= 1 ? place : null);
      return;
    }
    if (Math.abs(event.clientX - pointer.start) > STILL) pointer.moved = true;
    if (!pointer.moved) return;
    if (this.pointers.size === 2) this.pinch(area, event, pointer);
    else this.actions.pan((pointer.x - event.clientX) / this.widthOf(area));
    pointer.x = event.clientX;
  }

  /** Two fingers zoom around their middle. */
  pinch(area, event, pointer) {
    const other = [...this.pointers.entries()].find(([id]) => id !== event.pointerId)[1];
    other.moved = true;
    const before = Math.max(10, Math.abs(pointer.x - other.x));
    const after = Math.max(10, Math.abs(event.clientX - other.x));
    this.actions.zoom(after / before, this.placeOf(area, (event.clientX + other.x) / 2));
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { actions } = this;
    const keys = {
      ArrowLeft: () => actions.move(-1, event.shiftKey),
      ArrowRight: () => actions.move(1, event.shiftKey),
      Home: () => actions.edge(-1),
      End: () => actions.edge(1),
      PageUp: () => actions.peak(1),
      PageDown: () => actions.peak(-1),
      Enter: () => actions.enter(),
      ' ': () => actions.key('pause'),
      '+': () => actions.key('in'),
      '-': () => actions.key('out'),
      0: () => actions.key('whole'),
      r: () => actions.key('peaks'),
      t: () => actions.key('tune'),
      Escape: () => actions.key('leave'),
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  placeOf(area, x) {
    const { left } = area.getBoundingClientRect();
    return (x - left - this.left) / this.widthOf(area);
  }

  widthOf(area) {
    return Math.max(1, area.clientWidth - this.left);
  }
}
