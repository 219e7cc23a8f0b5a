/** A carrier in a spectrum. */
export interface Carrier {
  /** Its middle, in bins from the first. */
  place: number;
  /** Power relative to full scale in the width looked at. */
  power: number;
  /** Signal to noise power ratio in that width. */
  snr: number;
}

/**
 * The strongest carrier of a spectrum.
 * @param mean power by bin
 * @param floor noise power of a bin
 * @param noiseBandwidth bandwidth of a bin for noise, in bins
 * @param width bins in which a carrier is measured
 */
export function strongestCarrier(mean: Float32Array, floor: number, noiseBandwidth: number, width: number): Carrier {
  const reach = Math.min(mean.length / 2, Math.max(noiseBandwidth, width / 2));
  let middle = loudest(mean, Math.max(1, Math.round(2 * reach)));
  // Its centre of gravity draws the stretch over the carrier; what is noise has none.
  for (let round = 0; round < 3; round++) middle = centreOfGravity(mean, floor, middle, reach) ?? middle;
  const [from, to] = stretch(mean, middle, reach);
  let sum = 0;
  for (let i = from; i < to; i++) sum += mean[i];
  const noise = Math.max(floor, 1e-30) * (to - from);
  return { place: middle, power: sum / noiseBandwidth, snr: Math.max(sum / noise - 1, 1e-2) };
}

/** Middle of the stretch of so many bins that has most power. */
function loudest(mean: Float32Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += mean[i];
  let most = sum;
  let at = 0;
  for (let i = count; i < mean.length; i++) {
    sum += mean[i] - mean[i - count];
    if (sum <= most) continue;
    most = sum;
    at = i - count + 1;
  }
  return at + (count - 1) / 2;
}

function centreOfGravity(mean: Float32Array, floor: number, middle: number, reach: number): number | undefined {
  const [from, to] = stretch(mean, middle, reach);
  let sum = 0;
  let moment = 0;
  for (let i = from; i < to; i++) {
    const power = mean[i] - floor;
    sum += power;
    moment += power * i;
  }
  const place = moment / sum;
  return sum > 0 && place >= from && place < to ? place : undefined;
}

function stretch(mean: Float32Array, middle: number, reach: number): [number, number] {
  const from = Math.max(0, Math.round(middle - reach));
  return [from, Math.min(mean.length, Math.max(from + 1, Math.round(middle + reach) + 1))];
}
