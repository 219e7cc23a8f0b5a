// Four channels side by side: element i of channel k is float 4 i + k of an array. What treats all channels alike then
// needs no shuffles.

// @ts-ignore: decorator
@inline
function transpose(a: v128, b: v128, c: v128, d: v128, aOut: usize, bOut: usize, cOut: usize, dOut: usize): void {
  const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(aOut, v128.shuffle<f64>(abLow, cdLow, 0, 2));
  v128.store(bOut, v128.shuffle<f64>(abLow, cdLow, 1, 3));
  v128.store(cOut, v128.shuffle<f64>(abHigh, cdHigh, 0, 2));
  v128.store(dOut, v128.shuffle<f64>(abHigh, cdHigh, 1, 3));
}

/** One plane of gather: four weighted stretches become four lanes. */
// @ts-ignore: decorator
@inline
function gatherPlane(a: usize, b: usize, c: usize, d: usize, wa: v128, wb: v128, wc: v128, wd: v128, y: usize): void {
  transpose(
    f32x4.mul(v128.load(a), wa), f32x4.mul(v128.load(b), wb), f32x4.mul(v128.load(c), wc), f32x4.mul(v128.load(d), wd),
    y, y + 16, y + 32, y + 48,
  );
}

/**
 * Takes a stretch of `count` bins (a multiple of 4) of a planar spectrum for each of four channels, times the channel's
 * real weights. channels: i32 bin numbers of the four stretches' beginnings, then addresses of the four arrays of weights.
 */
export function gather(xr: usize, xi: usize, channels: usize, count: usize, yr: usize, yi: usize): void {
  const a = <usize>load<i32>(channels) << 2;
  const b = <usize>load<i32>(channels, 4) << 2;
  const c = <usize>load<i32>(channels, 8) << 2;
  const d = <usize>load<i32>(channels, 12) << 2;
  const weightsA = <usize>load<i32>(channels, 16);
  const weightsB = <usize>load<i32>(channels, 20);
  const weightsC = <usize>load<i32>(channels, 24);
  const weightsD = <usize>load<i32>(channels, 28);
  const bytes = count << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    const wa = v128.load(weightsA + i);
    const wb = v128.load(weightsB + i);
    const wc = v128.load(weightsC + i);
    const wd = v128.load(weightsD + i);
    gatherPlane(xr + a + i, xr + b + i, xr + c + i, xr + d + i, wa, wb, wc, wd, yr + (i << 2));
    gatherPlane(xi + a + i, xi + b + i, xi + c + i, xi + d + i, wa, wb, wc, wd, yi + (i << 2));
  }
}

/** Real part of (re + j im) (c + j s). */
// @ts-ignore: decorator
@inline
function turnedRe(re: v128, im: v128, c: v128, s: v128): v128 {
  return f32x4.sub(f32x4.mul(re, c), f32x4.mul(im, s));
}

/** Imaginary part of (re + j im) (c + j s). */
// @ts-ignore: decorator
@inline
function turnedIm(re: v128, im: v128, c: v128, s: v128): v128 {
  return f32x4.add(f32x4.mul(re, s), f32x4.mul(im, c));
}

/**
 * Shifts each of four channels in frequency and writes it to a row of its own, `row` floats after the one before: sample
 * i is multiplied by e^{j (first + i step)}. rotors: cosines, then sines of the channels' first angles, then the same of
 * one, two, three and four steps. Writes up to the next multiple of four samples.
 */
export function scatter(xr: usize, xi: usize, count: usize, rotors: usize, row: usize, yr: usize, yi: usize): void {
  let c0 = v128.load(rotors);
  let s0 = v128.load(rotors, 16);
  const end = yr + (count << 2);
  const next = row << 2;
  while (yr < end) {
    const c1 = turnedRe(c0, s0, v128.load(rotors, 32), v128.load(rotors, 48));
    const s1 = turnedIm(c0, s0, v128.load(rotors, 32), v128.load(rotors, 48));
    const c2 = turnedRe(c0, s0, v128.load(rotors, 64), v128.load(rotors, 80));
    const s2 = turnedIm(c0, s0, v128.load(rotors, 64), v128.load(rotors, 80));
    const c3 = turnedRe(c0, s0, v128.load(rotors, 96), v128.load(rotors, 112));
    const s3 = turnedIm(c0, s0, v128.load(rotors, 96), v128.load(rotors, 112));
    const c4 = turnedRe(c0, s0, v128.load(rotors, 128), v128.load(rotors, 144));
    const s4 = turnedIm(c0, s0, v128.load(rotors, 128), v128.load(rotors, 144));
    const re0 = v128.load(xr);
    const im0 = v128.load(xi);
    const re1 = v128.load(xr, 16);
    const im1 = v128.load(xi, 16);
    const re2 = v128.load(xr, 32);
    const im2 = v128.load(xi, 32);
    const re3 = v128.load(xr, 48);
    const im3 = v128.load(xi, 48);
    transpose(
      turnedRe(re0, im0, c0, s0), turnedRe(re1, im1, c1, s1), turnedRe(re2, im2, c2, s2), turnedRe(re3, im3, c3, s3),
      yr, yr + next, yr + 2 * next, yr + 3 * next,
    );
    transpose(
      turnedIm(re0, im0, c0, s0), turnedIm(re1, im1, c1, s1), turnedIm(re2, im2, c2, s2), turnedIm(re3, im3, c3, s3),
      yi, yi + next, yi + 2 * next, yi + 3 * next,
    );
    c0 = c4;
    s0 = s4;
    xr += 64;
    xi += 64;
    yr += 16;
    yi += 16;
  }
}
