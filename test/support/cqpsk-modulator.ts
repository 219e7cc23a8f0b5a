/** Symbols whose pulse reaches a given instant to either side: beyond it is 100 dB down. */
const REACH = 40;

function raisedCosine(t: number, rolloff: number): number {
  const sinc = t === 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t);
  const d = 1 - (2 * rolloff * t) ** 2;
  if (Math.abs(d) < 1e-9) return (Math.PI / 4) * (Math.sin(Math.PI * t) / (Math.PI * t));
  return (sinc * Math.cos(Math.PI * rolloff * t)) / d;
}

/**
 * Complex samples (interleaved, mean power 1) of linear differential QPSK with a raised cosine pulse of roll-off 0.2, the
 * first symbol's instant at sample 0: a level turns the phase by so many eighths of a turn, as TIA-102.BAAA-B 9 has it.
 * `rate` is a whole multiple of `symbolRate`.
 */
export function modulateCqpsk(levels: readonly number[], symbolRate: number, rate: number): Float32Array {
  const perSymbol = rate / symbolRate;
  const pulse = Float64Array.from({ length: 2 * REACH * perSymbol }, (_, i) =>
    raisedCosine(i / perSymbol - REACH, 0.2),
  );
  const out = new Float64Array(2 * levels.length * perSymbol);
  let phase = 0;
  levels.forEach((level, k) => {
    phase += (level * Math.PI) / 4;
    const [re, im] = [Math.cos(phase), Math.sin(phase)];
    const first = (k - REACH) * perSymbol;
    for (let i = Math.max(0, -first); i < pulse.length && first + i < out.length / 2; i++) {
      out[2 * (first + i)] += re * pulse[i];
      out[2 * (first + i) + 1] += im * pulse[i];
    }
  });
  const power = out.reduce((sum, value) => sum + value * value, 0) / (out.length / 2);
  return Float32Array.from(out, (value) => value / Math.sqrt(power));
}
