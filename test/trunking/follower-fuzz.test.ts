import assert from 'node:assert/strict';
import type { FollowerOutput } from '../../src/trunking/options';
import { calls, voiceOf } from './support/script';
import { SECRET, World, type WorldOptions } from './support/world';

/** What must hold of any follower's outputs once it is closed. @returns how much happened */
function check(outputs: FollowerOutput[], refused: ReadonlySet<string>, most: number) {
  const open = new Set<string>();
  const told = new Map<string, string[]>();
  const members = new Map<string, Set<number>>();
  for (const output of outputs) {
    if (output.to === 'control') {
      const { open: opened, close } = output.control as { open?: { id: string }; close?: { id: string } };
      if (opened) {
        // A control channel that was refused is asked for again.
        const isAgain = opened.id.startsWith('control-') && refused.has(opened.id);
        assert.ok(isAgain || !open.has(opened.id), `${opened.id} opened twice`);
        open.add(opened.id);
        const waiting = [...open].filter((id) => !refused.has(id) && !id.startsWith('control-')).length;
        assert.ok(waiting <= most, `${waiting} channels open`);
      }
      if (close) assert.ok(open.delete(close.id), `${close.id} closed, but not open`);
    } else if (output.to === 'calls') {
      const { event, call } = output;
      const events = told.get(call.id) ?? [];
      told.set(call.id, events);
      const last = events.at(-1);
      const fits =
        event === 'start' || event === 'not_followed' ? last === undefined : last === 'start' || last === 'update';
      assert.ok(fits, `${call.id}: ${event} after ${last}`);
      events.push(event);
    }
    const call = output.to === 'calls' ? output.call : output.to === 'voice' ? output.message.info.call! : undefined;
    if (!call) continue;
    const one = members.get(call.id) ?? new Set([call.talkgroup]);
    members.set(call.id, one);
    for (const member of call.patched_talkgroups ?? []) one.add(member);
  }
  for (const id of open) assert.ok(refused.has(id), `${id} never closed`);
  for (const [id, events] of told) assert.ok(/end|not_followed/.test(events.at(-1)!), `${id} never ended`);
  const streams = new Map<string, { seq: number; ended: boolean }>();
  let frames = 0;
  for (const { message } of voiceOf(outputs)) {
    const { stream, seq, end, call } = message.info;
    const state = streams.get(stream) ?? { seq: -1, ended: false };
    assert.ok(!state.ended && seq === state.seq + 1, `${stream}: message ${seq} after ${state.seq}`);
    streams.set(stream, { seq, ended: end === true });
    for (let at = 0; at < message.payload.length; at += 144) {
      const mark = message.payload[at];
      assert.ok(mark < SECRET, `encrypted voice of ${mark - SECRET} in ${call!.id}`);
      assert.ok(members.get(call!.id)!.has(mark), `voice of ${mark} in ${call!.id}`);
      frames++;
    }
  }
  for (const [stream, { ended }] of streams) assert.ok(ended, `${stream} never ended`);
  return { frames, calls: calls(outputs).filter(({ event }) => event === 'end').length };
}

describe('call follower in random worlds', () => {
  const worlds: [string, Omit<WorldOptions, 'seed'>, number[]][] = [
    ['one source', { sources: 1, seconds: 120 }, [1, 2, 3, 4, 5, 6]],
    ['three sources, one system', { sources: 3, seconds: 120 }, [11, 12, 13, 14, 15, 16]],
    ['sources that end and begin again', { sources: 3, seconds: 120, restarts: 0.002 }, [21, 22, 23, 24, 25, 26, 412]],
    ['commands and refusals', { sources: 2, seconds: 120, commands: 0.02, refusals: 0.1 }, [31, 32, 33, 34]],
    ['control channels that are looked for', { sources: 2, seconds: 120, hunted: true }, [51, 52, 53, 54]],
    [
      'all of it at once',
      { sources: 4, seconds: 120, restarts: 0.002, commands: 0.01, refusals: 0.05, hunted: true },
      [41, 42, 43, 44, 45, 46, 47, 48],
    ],
  ];
  for (const [name, options, seeds] of worlds) {
    it(`keeps what it promises: ${name}`, () => {
      const sum = { frames: 0, calls: 0 };
      for (const seed of seeds) {
        const maxCalls = 1 + (seed % 3);
        const roaming = seed % 2 ? 'radio1' : '';
        const world = new World({ ...options, seed, follower: { maxCalls, roaming } }).run();
        assert.deepEqual(world.follower.active(), [], `seed ${seed}`);
        assert.equal(world.follower.counters().active, 0);
        const found = check(world.outputs, world.refused, maxCalls * options.sources);
        sum.frames += found.frames;
        sum.calls += found.calls;
      }
      assert.ok(sum.frames > 500 * seeds.length && sum.calls > 5 * seeds.length, JSON.stringify(sum));
    });
  }
});
