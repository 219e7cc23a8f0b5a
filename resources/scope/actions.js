/** What mouse, fingers and keys do to a scope. @param {ScopeView} view */
export function actionsOf(view) {
  const { signal, cursor, picture, parts } = view;
  const pointed = (how) => {
    how();
    picture.redraw();
  };
  return {
    hover: (place) => pointed(() => cursor.hover(place)),
    click: (place, { shiftKey }) => {
      if (signal.band.bins === 0) return;
      parts.spectrum.focus({ preventScroll: true });
      pointed(() => cursor.pin(cursor.meant(signal.band.frequencyAt(place))));
      if (shiftKey) view.tuneTo(cursor.pinned);
      else if (view.mayControl && signal.radio) view.toggleAt(cursor.pinned);
    },
    pan: (share) => pointed(() => signal.band.pan(share)),
    zoom: (factor, place) =>
      pointed(() => {
        if (signal.band.bins > 0) signal.band.zoom(factor, Math.min(1, Math.max(0, place)));
      }),
    move: (direction, big) => pointed(() => cursor.step(direction, big)),
    edge: (direction) => pointed(() => cursor.toEdge(direction)),
    peak: (direction) => pointed(() => cursor.toCarrier(direction)),
    enter: () => (view.mayControl ? view.toggleAt(cursor.pinned) : undefined),
    key: (name) => {
      const acts = {
        pause: () => view.pause(),
        in: () => view.zoom(2),
        out: () => view.zoom(0.5),
        whole: () => view.showWhole(),
        peaks: () => view.resetPeaks(),
        tune: () => view.tuneTo(cursor.pinned),
        leave: () => pointed(() => cursor.pin(null)),
      };
      acts[name]();
    },
  };
}
