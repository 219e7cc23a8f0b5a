/**
 * The synthesis window of TIA-102.BABA annex I is a trapezium: 1 up to 55 samples from the frame's centre, then falling
 * in a straight line to 0 at 105. Two windows a frame (160 samples) apart add up to 1.
 */
export const FLAT = 55;
/** Samples from a frame's centre to the end of its window, and from the window's begin to the centre. */
export const REACH = 105;

/**
 * By how much a frame weighs n samples after its centre, n = 0..104. For voiced sound, whose harmonics are coherent over
 * the frame border, the weights are the trapezium's.
 */
export const VOICED_FALL = Float32Array.from({ length: REACH }, (_, n) =>
  n <= FLAT ? 1 : (REACH - n) / (REACH - FLAT),
);

/**
 * The same for noise, which is not coherent over the border: here the squares of the two weights add up to 1, else the
 * noise would sink by 3 dB in the middle of each overlap and pulse with the frame rate.
 */
export const UNVOICED_FALL = VOICED_FALL.map((weight) => Math.sin((weight * Math.PI) / 2));
