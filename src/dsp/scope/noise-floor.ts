import { nthSmallest } from '../nth-smallest';

/** Share of the bins that must be free of signals. */
const QUANTILE = 0.2;
/** The normal distribution's value at that quantile. */
const QUANTILE_Z = -0.8416;
/** The middle part of the band that is looked at: receivers' filters fall off at its edges. */
const USABLE = 0.94;

/**
 * Noise power of a bin of an averaged spectrum: the level a fifth of the bins stay below, corrected for what that
 * quantile lies below the mean of `averaged` spectra (Wilson and Hilferty's rule for the gamma distribution).
 */
export function noiseFloor(mean: Float32Array, averaged: number): number {
  const edge = Math.floor(((1 - USABLE) / 2) * mean.length);
  const bins = mean.slice(edge, mean.length - edge);
  const ninth = 1 / (9 * averaged);
  const below = Math.max(0.2, (1 - ninth + QUANTILE_Z * Math.sqrt(ninth)) ** 3);
  return nthSmallest(bins, Math.floor(QUANTILE * bins.length)) / below;
}
