/** How a channel's state looks: a colour of the theme and a sign, so that nobody needs the colour. */
export const STATES = {
  asked: { colour: 'quiet', sign: '\u25cc' },
  open: { colour: 'text', sign: '\u25cb' },
  good: { colour: 'good', sign: '\u25cf' },
  bad: { colour: 'warn', sign: '\u25b2' },
  refused: { colour: 'alarm', sign: '\u2715' },
  call: { colour: 'call', sign: '\u266a' },
};

/** What of a channel is shown where there is room for one thing: who talks there, or else its decoder's state. */
export function looksOf({ state, call }) {
  return call ? STATES.call : STATES[state];
}

/** What a channel is called. */
export function nameOf({ id, call }) {
  return call ? call.label : id;
}

/** Rows of tags that may stack where channels are close, their height, and the room a tag needs at its sides. */
const ROWS = 4;
const ROW = 17;
const PADDING = 5;
/** Width that a channel takes, Hz. */
export const CHANNEL_WIDTH = 12_500;

/** Marks channels: a line and a shade where they are, a tag with sign and name at the top. */
export function drawMarks(context, { band, channels, theme }, { left, width, height }) {
  const rows = Array.from({ length: ROWS }, () => Number.NEGATIVE_INFINITY);
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  for (const channel of channels) {
    const x = left + band.placeOf(channel.frequency) * width;
    if (x < left || x > left + width) continue;
    const { colour, sign } = looksOf(channel);
    const half = Math.max(1, (CHANNEL_WIDTH / 2 / band.span) * width);
    context.globalAlpha = 0.13;
    context.fillStyle = theme[colour];
    // In a picture of the channel alone the shade would be everywhere.
    if (half < width / 4) context.fillRect(x - half, 0, 2 * half, height);
    context.globalAlpha = 1;
    const name = short(nameOf(channel), width < 420 ? 9 : 18);
    const text = `${sign} ${name}`;
    const size = context.measureText(text).width + 2 * PADDING;
    const start = Math.max(left + 2, Math.min(left + width - size - 2, x - size / 2));
    const row = rows.findIndex((end) => start > end + 3);
    const top = 3 + Math.max(0, row) * ROW;
    context.fillRect(Math.round(x), row < 0 ? 0 : top, 1, height);
    if (row < 0) continue;
    rows[row] = start + size;
    context.fillStyle = theme.tag;
    context.strokeStyle = theme[colour];
    context.lineWidth = 1;
    context.beginPath();
    context.roundRect(Math.round(start) + 0.5, top + 0.5, Math.round(size), ROW - 3, 4);
    context.fill();
    context.stroke();
    context.fillStyle = theme[colour];
    context.fillText(text, start + PADDING, top + (ROW - 2) / 2);
  }
}

function short(text, most) {
  return text.length <= most ? text : `${text.slice(0, most - 1)}\u2026`;
}
