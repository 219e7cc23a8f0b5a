import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import type { flowGate as Gate } from '../../src/core/flow-gate';
import type { Control } from '../../src/core/messages';
import type { toNodeMessage as ToNodeMessage } from '../../src/core/ports';
import { BUSY_RESULT, type BusyResult, BusySite, type BusySiteOptions, timeOf } from './busy-site';
import { collectGarbage } from './collect-garbage';

interface BusyConfig extends NodeDef {
  site: BusySiteOptions;
  /** Times real time; 0 = as fast as its consumers can. */
  speed: number;
  /** Folder of the built package, whose credits the other nodes use. */
  dist: string;
}

const LOOKS = 20;

/**
 * A node for tests: plays a busy site into a call follower, to whose control output its input is wired. An injected
 * message without control starts it.
 */
module.exports = (RED: NodeAPI, load: NodeJS.Require) => {
  RED.nodes.registerType('test-busy-site', function (this: Node, config: BusyConfig) {
    RED.nodes.createNode(this, config);
    const { flowGate } = load(join(config.dist, 'src', 'core', 'flow-gate.js')) as { flowGate: typeof Gate };
    const ports = load(join(config.dist, 'src', 'core', 'ports.js')) as { toNodeMessage: typeof ToNodeMessage };
    const site = new BusySite(config.site);
    let stopped = false;
    this.on('input', (msg, _send, done) => {
      const { control } = msg as { control?: Control };
      if (control) site.control(control);
      else play(this).catch((error) => this.error(String(error)));
      done();
    });
    this.on('close', () => {
      stopped = true;
    });

    async function play(node: Node): Promise<void> {
      flowGate.open('site', { lossless: true });
      const delays = monitorEventLoopDelay({ resolution: 1 });
      delays.enable();
      const began = performance.now();
      const rss: number[] = [];
      const look = (config.site.seconds * 1000) / LOOKS;
      for (let message = site.next(); message && !stopped; message = site.next()) {
        await flowGate.room('site');
        if (config.speed > 0) {
          const early = timeOf(message) / config.speed - (performance.now() - began);
          if (early > 2) await sleep(early);
        }
        if (timeOf(message) >= look * (rss.length + 1)) {
          collectGarbage();
          rss.push(Math.round(process.memoryUsage.rss() / 1e6));
        }
        node.send(ports.toNodeMessage(message) as NodeMessage);
      }
      await flowGate.idle('site');
      flowGate.close('site');
      delays.disable();
      const ms = (nanoseconds: number) => Math.round(nanoseconds / 1e4) / 100;
      const result: BusyResult = {
        rss,
        p50: ms(delays.percentile(50)),
        p99: ms(delays.percentile(99)),
        max: ms(delays.max),
        took: Math.round((performance.now() - began) / 1000),
      };
      writeFileSync(join(RED.settings.userDir!, BUSY_RESULT), JSON.stringify(result));
    }
  });
};
