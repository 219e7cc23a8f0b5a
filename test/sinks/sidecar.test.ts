import assert from 'node:assert/strict';
import { sidecar } from '../../src/sinks/sidecar';
import { callInfo } from './audio';

/** The fields of trunk-recorder's JSON in their order, as its format is written down; the one in brackets may be absent. */
const FIELDS =
  'call_num, freq, freq_error, signal, noise, source_num, recorder_num, tdma_slot, phase2_tdma(0/1), start_time, stop_time, start_time_ms, stop_time_ms, emergency(0/1), priority, mode(0/1), duplex(0/1), encrypted(0/1), call_length(int s), call_length_ms, talkgroup, talkgroup_tag(=Alpha Tag), talkgroup_description, talkgroup_group_tag(=Tag column), talkgroup_group(=Category/Group), color_code, audio_type("digital"|"digital tdma"|"analog"), short_name, [patched_talkgroups:[int] only when >1], freqList:[{freq,time,pos,len,error_count,spike_count}], srcList:[{src,time,pos,emergency,signal_system,tag,tag_ota}]';

/** Reads that list: names, what is said of them in brackets, names of the fields of list members. */
const fields = FIELDS.match(/\[\w+:\[int\][^\]]*\]|\w+(?:\([^)]*\))?(?::\[\{[^}]*\}\])?/g)!.map((text) => ({
  name: /\w+/.exec(text)![0],
  optional: text.startsWith('['),
  flag: text.includes('(0/1)'),
  members: /\{([^}]*)\}/.exec(text)?.[1].split(','),
}));

const WORDS = [
  'talkgroup_tag',
  'talkgroup_description',
  'talkgroup_group_tag',
  'talkgroup_group',
  'audio_type',
  'short_name',
];

describe('sidecar', () => {
  const PART = { freq: 852_500_000.4, time: 1_709_640_000_123, pos: 0, len: 1.234, error_count: 2, spike_count: 1 };
  const sound = { length: 3.456, parts: [PART, { ...PART, pos: 1.234, len: 2.222 }], positions: [0, 1.234] };
  const source = callInfo().sources[0];

  it("has trunk-recorder's fields, all of them and no others, in order and of their kinds", () => {
    assert.equal(fields.length, 31);
    for (const patched of [undefined, [9101], [9101, 9102]]) {
      const call = callInfo({
        patched_talkgroups: patched,
        emergency: true,
        sources: [source, { ...source, src: -1, tag: '', tag_ota: 'ENG4' }],
      });
      const json = JSON.parse(JSON.stringify(sidecar(call, sound)));
      const wanted = fields.filter(({ optional }) => !optional || (patched?.length ?? 0) > 1);
      assert.deepEqual(
        Object.keys(json),
        wanted.map(({ name }) => name),
      );
      for (const { name, flag, members, optional } of wanted) {
        const value = json[name];
        if (flag) assert.ok(value === 0 || value === 1, name);
        if (members) for (const one of value) assert.deepEqual(Object.keys(one), members, name);
        else if (optional) assert.ok(value.every(Number.isInteger), name);
        else assert.equal(typeof value, WORDS.includes(name) ? 'string' : 'number', name);
      }
      assert.equal(json.freqList.length, 2);
      assert.equal(json.srcList.length, 2);
      assert.deepEqual([json.emergency, json.call_length, json.call_length_ms], [1, 3, 3456]);
      assert.deepEqual(json.srcList[1], { ...json.srcList[1], src: -1, tag: '', tag_ota: 'ENG4', pos: 1.23 });
      assert.ok(['digital', 'digital tdma', 'analog'].includes(json.audio_type));
    }
  });

  it('gives whole numbers where trunk-recorder does', () => {
    const json = sidecar(callInfo({ color_code: 7, signal: -31.4, freq: 852_500_000.3 }), sound);
    const whole = Object.entries(json).filter(([, value]) => typeof value === 'number');
    for (const [name, value] of whole) assert.ok(Number.isInteger(value), name);
    assert.equal(json.color_code, 7);
    assert.equal(sidecar(callInfo(), sound).color_code, -1);
  });
});
