/** One row of the table. */
export interface Benchmark {
  name: string;
  value: number;
  unit: string;
  note?: string;
}

/**
 * Runs `work` for about `seconds` of processor time after a warm-up and gives how often it ran per second of processor
 * time. The median of several spells, so that a machine busy with other things disturbs little.
 */
export function runsPerSecond(work: () => void, seconds = 0.6): number {
  work();
  const spells: number[] = [];
  for (let spell = 0; spell < 3; spell++) {
    const start = process.cpuUsage();
    let runs = 0;
    let spent = 0;
    while (spent < seconds / 3) {
      work();
      runs++;
      const used = process.cpuUsage(start);
      spent = (used.user + used.system) / 1e6;
    }
    spells.push(runs / spent);
  }
  return spells.sort((a, b) => a - b)[1];
}
