import { uniform } from './channel-simulator';

/** Random floats between -1 and 1; the same for a seed everywhere. */
export function randomFloats(length: number, seed: number): Float32Array {
  const random = uniform(seed);
  return Float32Array.from({ length }, () => 2 * random() - 1);
}
