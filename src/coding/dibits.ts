/**
 * Dibits of 4-level FSK as P25, DMR, NXDN, YSF and M17 map them: 01 = +3, 00 = +1, 10 = -1, 11 = -3
 * (TIA-102.BAAA-B 8). The metrics of a symbols message stand in the order of the levels: index = (level + 3) / 2.
 */

/** Level of each dibit. */
export const DIBIT_LEVELS: readonly number[] = [1, 3, -1, -3];

/** Where each dibit's metric stands among a symbol's four. */
export const DIBIT_METRIC: readonly number[] = DIBIT_LEVELS.map((level) => (level + 3) / 2);

/**
 * Soft bits of one symbol (max-log) from its four metrics at `metrics[at..at+3]`: writes the dibit's high bit to
 * `llr[to]` and its low bit to `llr[to + 1]`.
 */
export function dibitLlr(metrics: Float32Array, at: number, llr: Float32Array, to: number): void {
  const m3 = metrics[at]; // 11
  const m1 = metrics[at + 1]; // 10
  const p1 = metrics[at + 2]; // 00
  const p3 = metrics[at + 3]; // 01
  llr[to] = Math.max(m3, m1) - Math.max(p1, p3);
  llr[to + 1] = Math.max(m3, p3) - Math.max(m1, p1);
}
