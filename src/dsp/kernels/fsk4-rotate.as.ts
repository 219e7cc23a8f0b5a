/**
 * Shifts a complex signal in frequency: out[i] = x[i] (or its conjugate when `conjugate` is 1) times the rotor, which
 * turns by a fixed angle each sample. `rotor` holds the cosines then the sines of the first four angles, then cosine and
 * sine of four steps. `count` is rounded up to a multiple of 4.
 */
export function fsk4Rotate(
  re: usize, im: usize, outRe: usize, outIm: usize, rotor: usize, conjugate: i32, count: i32,
): void {
  let c = v128.load(rotor);
  let s = v128.load(rotor, 16);
  const stepC = v128.load32_splat(rotor, 32);
  const stepS = v128.load32_splat(rotor, 36);
  const sign = f32x4.splat(conjugate ? -1 : 1);
  const bytes = <usize>((count + 3) & ~3) << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    const a = v128.load(re + i);
    const b = f32x4.mul(v128.load(im + i), sign);
    v128.store(outRe + i, f32x4.sub(f32x4.mul(a, c), f32x4.mul(b, s)));
    v128.store(outIm + i, f32x4.add(f32x4.mul(a, s), f32x4.mul(b, c)));
    const next = f32x4.sub(f32x4.mul(c, stepC), f32x4.mul(s, stepS));
    s = f32x4.add(f32x4.mul(c, stepS), f32x4.mul(s, stepC));
    c = next;
  }
}
