import type { MbeModel } from './model';

const weighted = new Float64Array(57);

/**
 * Spectral amplitude enhancement (TIA-102.BABA 8): sharpens the formants, keeping the frame's energy. Works in place.
 * @returns the energy sum of M^2, R_M0 (eq. 105)
 */
export function enhance(model: MbeModel): number {
  const { harmonics, fundamental, amplitude } = model;
  let r0 = 0;
  let r1 = 0;
  for (let l = 1; l <= harmonics; l++) {
    const power = amplitude[l] * amplitude[l];
    r0 += power;
    r1 += power * Math.cos(fundamental * l);
  }
  const scale = (0.96 * Math.PI) / (fundamental * r0 * (r0 * r0 - r1 * r1));
  if (!(scale > 0 && scale < Number.POSITIVE_INFINITY)) return r0;
  let energy = 0;
  for (let l = 1; l <= harmonics; l++) {
    const m = amplitude[l];
    let weight = 1;
    if (8 * l > harmonics) {
      const shape = r0 * r0 + r1 * r1 - 2 * r0 * r1 * Math.cos(fundamental * l);
      weight = Math.min(1.2, Math.max(0.5, Math.sqrt(m) * (scale * shape) ** 0.25));
    }
    weighted[l] = weight * m;
    energy += weighted[l] * weighted[l];
  }
  const keep = Math.sqrt(r0 / energy);
  for (let l = 1; l <= harmonics; l++) amplitude[l] = keep * weighted[l];
  return r0;
}
