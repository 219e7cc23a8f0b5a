import { deepEqual, rejects } from 'node:assert/strict';
import { StartStop } from '../../src/sources/start-stop';

describe('starting and stopping a source', () => {
  let turns: StartStop;
  let log: string[];
  /** A source that takes some turns to start and to stop. */
  let stopped: Promise<void> | undefined;

  beforeEach(() => {
    turns = new StartStop();
    log = [];
    stopped = undefined;
  });

  const ticks = async (count: number) => {
    for (let i = 0; i < count; i++) await new Promise(setImmediate);
  };
  const start = () =>
    turns.start(async (stop) => {
      if (stopped) return;
      log.push('start');
      stopped = new Promise((resolve) => stop.addEventListener('abort', () => resolve()));
      await ticks(2);
      log.push(stop.aborted ? 'given up' : 'runs');
    });
  const stop = () =>
    turns.stop(async () => {
      await stopped;
      await ticks(2);
      stopped = undefined;
      log.push('stopped');
    });

  it('starts again after a stop that is still under way', async () => {
    await start();
    await Promise.all([stop(), start()]);
    deepEqual(log, ['start', 'runs', 'stopped', 'start', 'runs']);
  });

  it('stays stopped when a stop comes last', async () => {
    await start();
    await Promise.all([stop(), start(), stop()]);
    deepEqual(log, ['start', 'runs', 'stopped', 'stopped']);
    await start();
    deepEqual(log.slice(4), ['start', 'runs']);
  });

  it('gives up a start that is stopped, and is stopped once though started twice', async () => {
    await Promise.all([start(), start(), stop()]);
    deepEqual(log, ['start', 'given up', 'stopped']);
    await start();
    await start();
    await stop();
    deepEqual(log.slice(3), ['start', 'runs', 'stopped']);
  });

  it('goes on after a start that failed', async () => {
    await rejects(
      turns.start(async () => {
        throw new Error('no');
      }),
      /no/,
    );
    await start();
    await stop();
    deepEqual(log, ['start', 'runs', 'stopped']);
  });
});
