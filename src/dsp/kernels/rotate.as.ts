/**
 * Shifts a planar complex signal in frequency, in place: sample i is multiplied by e^{j (first + i step)}.
 * rotor: cosines, then sines, of the first four angles, then cosine and sine of four steps. Writes up to the next
 * multiple of four samples.
 */
export function rotate(re: usize, im: usize, count: usize, rotor: usize): void {
  let c = v128.load(rotor);
  let s = v128.load(rotor, 16);
  const stepC = v128.load32_splat(rotor, 32);
  const stepS = v128.load32_splat(rotor, 36);
  const bytes = count << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    const a = v128.load(re + i);
    const b = v128.load(im + i);
    v128.store(re + i, f32x4.sub(f32x4.mul(a, c), f32x4.mul(b, s)));
    v128.store(im + i, f32x4.add(f32x4.mul(a, s), f32x4.mul(b, c)));
    const next = f32x4.sub(f32x4.mul(c, stepC), f32x4.mul(s, stepS));
    s = f32x4.add(f32x4.mul(c, stepS), f32x4.mul(s, stepC));
    c = next;
  }
}
