/** Hz as MHz text, e.g. '851.0125 MHz'. */
export function formatFrequency(hertz: number): string {
  const [whole, fraction] = (hertz / 1e6).toFixed(6).split('.');
  return `${whole}.${fraction.replace(/0{1,2}$/, '')} MHz`;
}
