/** Colours of the waterfall, from nothing to strong: all rise (or fall) evenly in lightness, so that eyes that tell few colours read them too. */
const STOPS = {
  inferno: ['#000004', '#160b39', '#420a68', '#6a176e', '#932667', '#bc3754', '#dd513a', '#f37819', '#fca50a', '#f6d746', '#fcffa4'],
  viridis: ['#440154', '#482475', '#414487', '#355f8d', '#2a788e', '#21918c', '#22a884', '#44bf70', '#7ad151', '#bddf26', '#fde725'],
  cividis: ['#00204d', '#00336f', '#39486b', '#575d6d', '#707173', '#8a8779', '#a69d75', '#c4b56c', '#e4cf5b', '#ffea46'],
  ink: ['#fdfdfb', '#e3ecf4', '#c3d8ea', '#96bddb', '#639dc8', '#3a7cb3', '#205e9a', '#12437b', '#0a2c58', '#061937', '#020a18'],
  grey: ['#000000', '#ffffff'],
};

export const PALETTES = Object.keys(STOPS);

/** The palette that suits a theme. */
export function usualPalette(dark) {
  return dark ? 'inferno' : 'ink';
}

/** 256 colours as RGBA in the order ImageData wants them. @returns {Uint32Array} */
export function colours(name) {
  const stops = STOPS[name].map((text) => [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16)));
  const table = new Uint8ClampedArray(4 * 256);
  for (let i = 0; i < 256; i++) {
    const place = (i / 255) * (stops.length - 1);
    const low = Math.min(stops.length - 2, Math.floor(place));
    for (let c = 0; c < 3; c++) table[4 * i + c] = stops[low][c] + (place - low) * (stops[low + 1][c] - stops[low][c]);
    table[4 * i + 3] = 255;
  }
  return new Uint32Array(table.buffer);
}
