import { setTimeout as sleep } from 'node:timers/promises';
import { aedes } from '../test/support/brokers';
import { busyFlow, playBusySite, startBusyNodeRed } from '../test/support/busy-flow';
import type { Benchmark } from './benchmark';

/** An hour in so many minutes: each second has the calls of 20. */
const SPEED = 20;

/** How much an hour of a busy site, from the follower to recordings, log, page and MQTT, delays Node-RED's event loop. */
export async function benchmarks(): Promise<Benchmark[]> {
  const broker = await aedes();
  const nodeRed = await startBusyNodeRed();
  try {
    await nodeRed.deploy(busyFlow(SPEED, broker.port));
    while (!(await fetch(`${nodeRed.url}/radio/listen/`)).ok) await sleep(50);
    const { p50, p99, max, rss } = await playBusySite(nodeRed);
    const name = `2000 calls of an hour, ${SPEED} times real time`;
    return [
      { name: `${name}: event loop delay, median`, value: p50, unit: 'ms' },
      { name: `${name}: 99th percentile`, value: p99, unit: 'ms' },
      { name: `${name}: longest`, value: max, unit: 'ms', note: 'collecting garbage for the next two' },
      { name: `${name}: memory after a quarter`, value: rss[4], unit: 'MB' },
      { name: `${name}: memory at the end`, value: rss.at(-1)!, unit: 'MB' },
    ];
  } finally {
    await nodeRed.stop();
    await broker.close();
  }
}
