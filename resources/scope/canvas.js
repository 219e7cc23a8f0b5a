/**
 * A canvas that fills its place at the screen's own resolution. Everything is drawn in CSS pixels.
 */
export class Plot {
  /** @param {HTMLCanvasElement} canvas @param {() => void} resized */
  constructor(canvas, resized) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d');
    this.width = this.height = 0;
    this.observer = new ResizeObserver(() => {
      if (this.fit()) resized();
    });
    this.observer.observe(canvas);
    this.fit();
  }

  /** @returns {boolean} its size has changed */
  fit() {
    const { clientWidth, clientHeight } = this.canvas;
    const ratio = globalThis.devicePixelRatio || 1;
    const [width, height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
    if (this.canvas.width === width && this.canvas.height === height && this.ratio === ratio) return false;
    this.canvas.width = width;
    this.canvas.height = height;
    this.width = clientWidth;
    this.height = clientHeight;
    this.ratio = ratio;
    return true;
  }

  /** Begins a picture. @returns {CanvasRenderingContext2D} */
  begin(ground) {
    const { context, ratio } = this;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    if (ground) {
      context.fillStyle = ground;
      context.fillRect(0, 0, this.width, this.height);
    }
    return context;
  }

  close() {
    this.observer.disconnect();
  }
}

const NAMES = ['plot', 'grid', 'text', 'quiet', 'average', 'fill', 'peak', 'floor', 'cursor', 'good', 'warn', 'alarm', 'call', 'tag'];

/** The colours and font of an element's style sheet, `--scope-<name>`. */
export function readTheme(element) {
  const style = getComputedStyle(element);
  const theme = Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--scope-${name}`).trim()]));
  theme.font = `11px ${style.fontFamily}`;
  theme.dark = element.dataset.theme === 'dark';
  return theme;
}
