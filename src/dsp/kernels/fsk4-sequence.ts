/** What fsk4Sequence leaves for the way back: metrics of 64 branches and of 16 states for each interval. */
export interface SequenceTrace {
  gammas: Float64Array;
  alphas: Float64Array;
  /** The likeliest path's metric. */
  total: number;
}

interface Survivor {
  metric: number;
  re: number;
  im: number;
  frequency: number;
  history: number;
}

const SAMPLES = 4;
const FORBIDDEN = 40;

/** Plain twin of fsk4-sequence.as.ts, forward: a state is the last two symbols, digit 0 of base 4 the newest. */
export function fsk4Sequence(
  re: Float32Array,
  im: Float32Array,
  templates: Float32Array,
  known: Uint8Array,
  steps: number,
  { h, beta, follow }: { h: number; beta: number; follow: number },
): SequenceTrace {
  const gammas = new Float64Array(64 * steps);
  const alphas = new Float64Array(16 * steps);
  let states: Survivor[] = Array.from({ length: 16 }, (_, s) => ({
    metric: 0,
    re: 0,
    im: 0,
    frequency: 0,
    history: s,
  }));
  let total = 0;
  for (let i = 0; i < steps; i++) {
    const next: Survivor[] = Array.from({ length: 16 }, () => ({ ...states[0], metric: -1e30 }));
    states.forEach((from, s) => {
      alphas[16 * i + s] = from.metric;
      for (let a = 0; a < 4; a++) {
        let zr = 0;
        let zi = 0;
        for (let n = 0; n < SAMPLES; n++) {
          const at = 32 * from.history + 8 * n + a;
          zr += re[4 * i + n] * templates[at] + im[4 * i + n] * templates[at + 4];
          zi += im[4 * i + n] * templates[at] - re[4 * i + n] * templates[at + 4];
        }
        let gamma = i === 0 ? Math.hypot(zr, zi) : zr * from.re + zi * from.im;
        if (known[i] < 4 && known[i] !== a) gamma -= FORBIDDEN;
        gammas[64 * i + 4 * s + a] = gamma;
        const to = (4 * s + a) & 15;
        if (from.metric + gamma <= next[to].metric) continue;
        next[to] = survivor(from, a, from.metric + gamma, zr / SAMPLES, zi / SAMPLES, i === 0, h, beta, follow);
      }
    });
    const best = Math.max(...next.map(({ metric }) => metric));
    for (const state of next) state.metric -= best;
    total += best;
    states = next;
  }
  return { gammas, alphas, total };
}

function survivor(
  from: Survivor,
  symbol: number,
  metric: number,
  zr: number,
  zi: number,
  first: boolean,
  h: number,
  beta: number,
  follow: number,
): Survivor {
  const frequency = first ? 0 : from.frequency + follow * (zi * from.re - zr * from.im);
  const ur = first ? zr : from.re + beta * (zr - from.re);
  const ui = first ? zi : from.im + beta * (zi - from.im);
  const turn = Math.PI * h * (2 * (from.history >> 6) - 3);
  const cw = 1 - frequency ** 2 / 2;
  const er = cw * Math.cos(turn) - frequency * Math.sin(turn);
  const ei = cw * Math.sin(turn) + frequency * Math.cos(turn);
  const re = ur * er - ui * ei;
  const im = ur * ei + ui * er;
  const size = Math.sqrt(1e-20 + re * re + im * im);
  return { metric, re: re / size, im: im / size, frequency, history: ((from.history << 2) | symbol) & 255 };
}

/** Plain twin of the way back: four metrics for each of the first `symbols` symbols, the largest 0; of a known one as if only the others were known. */
export function fsk4SequenceBack(
  { gammas, alphas }: SequenceTrace,
  known: Uint8Array,
  steps: number,
  symbols: number,
  scale: number,
): Float32Array {
  const metrics = new Float32Array(4 * symbols);
  let after = new Float64Array(16);
  for (let i = steps - 1; i >= 0; i--) {
    const before = new Float64Array(16).fill(-1e30);
    const out = new Float64Array(4).fill(-1e30);
    for (let s = 0; s < 16; s++)
      for (let a = 0; a < 4; a++) {
        const value = gammas[64 * i + 4 * s + a] + after[(4 * s + a) & 15];
        before[s] = Math.max(before[s], value);
        out[a] = Math.max(out[a], alphas[16 * i + s] + value);
      }
    const best = Math.max(...before);
    after = before.map((value) => value - best);
    for (let a = 0; a < 4; a++) if (known[i] < 4 && known[i] !== a) out[a] += FORBIDDEN;
    if (i < symbols) for (let a = 0; a < 4; a++) metrics[4 * i + a] = scale * (out[a] - Math.max(...out));
  }
  return metrics;
}
