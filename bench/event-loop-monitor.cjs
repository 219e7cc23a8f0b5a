// Preloaded into Node-RED by bench/event-loop.ts: writes the event loop's delays to a file when the process ends.
const { isMainThread } = require('node:worker_threads');
if (isMainThread) {
  const { monitorEventLoopDelay } = require('node:perf_hooks');
  const { writeFileSync } = require('node:fs');
  const delay = monitorEventLoopDelay({ resolution: 5 });
  // Starting Node-RED and loading its nodes is not what is measured.
  setTimeout(() => delay.enable(), 5000).unref();
  process.on('exit', () => {
    const ms = (percentile) => delay.percentile(percentile) / 1e6 - 5;
    const used = process.cpuUsage();
    const result = { p50: ms(50), p99: ms(99), max: delay.max / 1e6 - 5, cpu: (used.user + used.system) / 1e6 };
    writeFileSync(process.env.TRUNKFLOW_MONITOR, JSON.stringify(result));
  });
}
