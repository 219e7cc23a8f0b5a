const UNITS: Readonly<Record<string, number>> = { hz: 1, khz: 1e3, k: 1e3, mhz: 1e6, m: 1e6, ghz: 1e9, g: 1e9 };

/**
 * Reads a frequency as people write it: '851.0125', '851,0125 MHz', '12.5 kHz', '851012500'. A number with a decimal
 * point and no unit is in MHz, a whole number of at least 100 000 in Hz, a smaller one in MHz.
 * @returns whole Hz, or null when it is no frequency above 0
 */
export function parseFrequency(text: string | number): number | null {
  const match = /^\s*(\d+(?:[.,]\d*)?|[.,]\d+)\s*([a-z]*)\s*$/i.exec(String(text));
  if (!match) return null;
  const value = Number(match[1].replace(',', '.'));
  const unit = match[2].toLowerCase();
  const factor = unit === '' ? (/[.,]/.test(match[1]) || value < 100_000 ? 1e6 : 1) : UNITS[unit];
  const hertz = factor === undefined ? Number.NaN : Math.round(value * factor);
  return hertz > 0 && hertz < 1e12 ? hertz : null;
}

/** Hz as MHz text, e.g. '851.0125 MHz'. */
export function formatFrequency(hertz: number): string {
  const [whole, fraction] = (hertz / 1e6).toFixed(6).split('.');
  return `${whole}.${fraction.replace(/0{1,2}$/, '')} MHz`;
}
