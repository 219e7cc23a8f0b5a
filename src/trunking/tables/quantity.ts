/**
 * A quantity as tables write it: bare numbers below `limit` are in the unit, others in Hz. A decimal comma counts as a
 * point. NaN when the text is no number.
 * @param factor Hz of the unit
 */
export function readQuantity(text: string, factor: number, limit: number): number {
  if (!/^[-+]?\d*[.,]?\d+([.,]0*)?$/.test(text.trim())) return Number.NaN;
  const number = Number(text.trim().replace(',', '.'));
  return Math.round(number * (Math.abs(number) < limit ? factor : 1));
}

/** A frequency in MHz or Hz. */
export function readFrequency(text: string): number {
  return readQuantity(text, 1e6, 30_000);
}

/** Hz in MHz or kHz, as short as it can be. */
export function writeQuantity(hertz: number, factor: number): string {
  return String(Number((hertz / factor).toFixed(6)));
}

/** MHz with a decimal point, without which trunk-recorder takes the number for Hz. */
export function writeFrequency(hertz: number): string {
  const text = writeQuantity(hertz, 1e6);
  return text.includes('.') ? text : `${text}.0`;
}
