import assert from 'node:assert/strict';
import type { FollowerOutput } from '../../src/trunking/options';
import { uniform } from '../support/random';
import {
  type Air,
  asked,
  calls,
  grant,
  heard,
  type PlayOptions,
  play,
  type Said,
  terminator,
  transmission,
  updates,
} from './support/script';

/** What must not depend on the order of arrival: every call's history and voice, and the channels asked for. */
function essence(outputs: FollowerOutput[]): object {
  const told: Record<string, unknown[]> = {};
  for (const { event, topic, call } of calls(outputs)) (told[topic] ??= []).push([event, { ...call, length: 0 }]);
  const ends = calls(outputs)
    .filter(({ event }) => event === 'end')
    .map(({ call }) => [call.id, call.length]);
  return {
    told,
    ends: ends.sort(),
    voice: heard(outputs),
    asked: asked(outputs).filter((text) => text.startsWith('open')),
  };
}

/** Many calls that begin, end, move and compete for three channels. */
function busySite(seed: number): Pick<PlayOptions, 'control' | 'air'> {
  const next = uniform(seed);
  const control: Said[] = [];
  const air: Air = {};
  for (let channel = 0; channel < 6; channel++) {
    const frequency = 852_000_000 + channel * 25_000;
    const carried = { events: [] as Said[], voice: [] as Air[number]['voice'] };
    let at = 500 + Math.floor(next() * 2000);
    while (at < 24_000) {
      const talkgroup = 100 + Math.floor(next() * 5);
      const start = at + 200 + Math.floor(next() * 300);
      const stop = start + 180 * (1 + Math.floor(next() * 14));
      const part = transmission(start, stop, talkgroup, 7000 + channel);
      carried.events.push(...part.events);
      carried.voice.push(...part.voice);
      const ending = next();
      if (ending < 0.7) carried.events.push(terminator(stop + 10, ending < 0.5));
      const details = { source: 7000 + channel, encrypted: next() < 0.1, emergency: next() < 0.1 };
      control.push(grant(at, talkgroup, frequency, details), ...updates(at + 150, stop, talkgroup, frequency, 150));
      at = stop + 300 + Math.floor(next() * 3000);
    }
    air[frequency] = carried;
  }
  return { control, air };
}

/** The same calls at a second site, heard better or worse from second to second, and patched for a while. */
function twoSites(seed: number): Pick<PlayOptions, 'control' | 'air' | 'others' | 'options'> {
  const next = uniform(seed + 1000);
  const { control, air = {} } = busySite(seed);
  const second: Said[] = [];
  const identity = (at: number): Said => ({ at, type: 'system', wacn: 'BEE00', system: '3C5' });
  const quality = (at: number): Said => ({
    at,
    type: 'stats',
    nac: undefined,
    locked: true,
    snr: next() * 30,
    counters: {},
  });
  for (let at = 0; at < 26_000; at += 1000) {
    control.push(identity(at), quality(at + 7));
    second.push(identity(at + 3), quality(at + 11));
  }
  for (let at = 2000; at < 26_000; at += 4000) {
    const dissolved = next() < 0.3;
    const talkgroups = [100, 101, 102].filter(() => next() < 0.6);
    const action = dissolved ? 'delete' : 'add';
    control.push({ at, type: 'patch', action, supergroup: 900, talkgroups, dissolved });
  }
  const both = { ...air };
  for (const [frequency, { events, voice }] of Object.entries(air))
    both[Number(frequency) + 1e6] = { events: events.map((event) => ({ ...event, nac: '222' })), voice };
  for (const said of control) {
    if (said.type !== 'grant' || next() < 0.2) continue;
    second.push({ ...said, at: said.at + Math.floor(next() * 100), frequency: (said.frequency as number) + 1e6 });
  }
  const events = second.map((event) => ({ ...event, nac: event.type === 'stats' ? undefined : '222' }));
  const others = [{ stream: 'site/851500000', from: 0, to: 34_000, events }];
  return { control, air: both, others, options: { maxCalls: 3, systems: [{ shortName: 'county' }] } };
}

describe('call follower: order of arrival', () => {
  for (const seed of [5, 6, 7]) {
    it(`gives the same calls of two sites and of patches in any order (system ${seed})`, () => {
      const system = { ...twoSites(seed), seconds: 34 };
      const reference = play(system);
      const expected = essence(reference.outputs);
      assert.ok((expected as { ends: unknown[] }).ends.length > 5);
      assert.ok(reference.follower.counters().moved > 0);
      for (const variation of [1, 2, 3]) {
        const pick = uniform(seed * 100 + variation);
        assert.deepEqual(
          essence(play({ ...system, pick, lag: variation * 5 }).outputs),
          expected,
          `order ${variation}`,
        );
      }
    });
  }

  for (const seed of [1, 2, 3, 4]) {
    it(`gives the same calls in any order, with any delay and block size (site ${seed})`, () => {
      const site = { ...busySite(seed), seconds: 26, options: { maxCalls: 3 } };
      const expected = essence(play(site).outputs);
      assert.ok((expected as { ends: unknown[] }).ends.length > 5);
      for (const variation of [1, 2, 3]) {
        const pick = uniform(seed * 100 + variation);
        const { outputs, follower } = play({ ...site, pick, lag: variation * 5 });
        assert.deepEqual(essence(outputs), expected, `order ${variation}`);
        assert.equal(follower.counters().stalled, 0);
        assert.equal(follower.counters().late, 0);
      }
      for (const block of [20, 180, 333, 1000]) {
        assert.deepEqual(essence(play({ ...site, block }).outputs), expected, `blocks of ${block} ms`);
      }
    });
  }
});
