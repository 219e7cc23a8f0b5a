/** One curve: values 0..1 over x, in the order of x. */
export interface Curve {
  name: string;
  colour: string;
  dashed?: boolean;
  points: { x: number; y: number }[];
}

const WIDTH = 720;
const HEIGHT = 400;
const LEFT = 60;
const TOP = 30;
const PLOT = { width: 500, height: 310 };

/** Success against Es/N0 as an SVG picture. `from` and `to`: ends of the horizontal axis, dB. */
export function plot(title: string, curves: readonly Curve[], from: number, to: number): string {
  const x = (value: number) => round(LEFT + ((value - from) / (to - from)) * PLOT.width);
  const y = (value: number) => round(TOP + (1 - value) * PLOT.height);
  const parts: string[] = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(LEFT, 18, title, 'start'),
  ];
  for (let share = 0; share <= 1; share += 0.25) {
    parts.push(line(LEFT, y(share), LEFT + PLOT.width, y(share), '#ddd'));
    parts.push(text(LEFT - 8, y(share) + 4, `${100 * share} %`, 'end'));
  }
  for (let dB = from; dB <= to; dB += 2) {
    parts.push(line(x(dB), TOP, x(dB), TOP + PLOT.height, '#ddd'));
    parts.push(text(x(dB), TOP + PLOT.height + 18, String(dB), 'middle'));
  }
  parts.push(text(LEFT + PLOT.width / 2, HEIGHT - 12, 'Es/N0, dB', 'middle'));
  curves.forEach(({ name, colour, dashed, points }, i) => {
    const places = points
      .filter((point) => point.x >= from && point.x <= to)
      .map((point) => `${x(point.x)},${y(point.y)}`);
    const dash = dashed ? ' stroke-dasharray="6 4"' : '';
    parts.push(`<polyline points="${places.join(' ')}" fill="none" stroke="${colour}" stroke-width="2.5"${dash}/>`);
    const at = TOP + 20 + 24 * i;
    parts.push(
      line(LEFT + PLOT.width + 12, at - 4, LEFT + PLOT.width + 36, at - 4, colour, `stroke-width="2.5"${dash}`),
    );
    parts.push(text(LEFT + PLOT.width + 42, at, name, 'start'));
  });
  return `${parts.join('\n')}\n</svg>\n`;
}

const round = (value: number): number => Math.round(10 * value) / 10;

function line(x1: number, y1: number, x2: number, y2: number, colour: string, more = ''): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${colour}"${more && ` ${more}`}/>`;
}

function text(x: number, y: number, content: string, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="#222">${content}</text>`;
}
