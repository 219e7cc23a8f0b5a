import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { capture, needsCaptures } from '../support/captures';
import { fromCu8 } from '../support/channel-simulator';
import { RATE, SITE, type TdmaCall, tdmaSite } from '../support/p25-tdma-site';
import { hear, iqMessages, START } from './support';

const VOICE = 'synth/p25p2_two_calls_48k.cu8';
/** The recording's calls begin 0.36 and 1.08 s after its start, which is put 1 s after the band's. */
const FIRST: TdmaCall = { slot: 0, talkgroup: 9101, source: 700001, from: 1.3, to: 13.7 };
const SECOND: TdmaCall = { slot: 1, talkgroup: 9102, source: 700010, options: 0x84, from: 1.9, to: 14.4 };

/**
 * A phase 1 control channel grants slots of a phase 2 carrier, which another project's encoder made: from the band to calls
 * with audio.
 */
describe('calls in time slots', function () {
  this.timeout(120_000);

  const play = (calls: TdmaCall[], seconds: number, more: object = {}) => {
    const band = tdmaSite(calls, fromCu8(readFileSync(capture(VOICE))), 1, seconds);
    const channels = [{ frequency: SITE.control }];
    const cutting = { format: 'cs16', rate: RATE, center: SITE.center, sizes: [6600] } as const;
    return hear({ channels, follow: { conventional: false, ...more } }, iqMessages(band, cutting));
  };

  it('follows both slots of a carrier as two calls', function () {
    needsCaptures(this, VOICE);
    const { calls, audio, events } = play([FIRST, SECOND], 17);
    assert.deepEqual(
      calls.filter(({ happened }) => happened === 'start').map(({ call }) => call.talkgroup),
      [9101, 9102],
    );
    const ends = calls.filter(({ happened }) => happened === 'end').map(({ call }) => call);
    assert.equal(ends.length, 2);
    for (const call of ends) {
      const slot = call.talkgroup - 9101;
      assert.equal(call.freq, SITE.voice);
      assert.equal(call.phase2_tdma, true);
      assert.equal(call.tdma_slot, slot);
      assert.equal(call.audio_type, 'digital tdma');
      assert.equal(call.encrypted, false);
      assert.equal(call.emergency, slot === 1);
      assert.equal(call.wacn, '92F70');
      assert.equal(call.nac, '3C1');
      assert.deepEqual(
        call.sources.map(({ src }) => src),
        [slot ? 700010 : 700001],
      );
      // All 630 frames of 20 ms.
      assert.equal(call.length, 12.6);
      const { seconds } = audio.get(`air/call-${call.call_num}`)!;
      assert.ok(seconds >= 12.6 && seconds < 12.65, `${seconds} s of audio`);
      assert.ok(Math.abs(call.start_time_ms - START - (slot ? 1900 : 1300)) < 200);
    }
    assert.notEqual(audio.get(`air/call-${ends[0].call_num}`)!.hash, audio.get(`air/call-${ends[1].call_num}`)!.hash);
    assert.ok(events.some(({ type, protocol }) => type === 'talker' && protocol === 'p25-phase2'));
  });

  it('follows one slot alone, and not a talkgroup that was not granted', function () {
    needsCaptures(this, VOICE);
    const { calls, audio } = play([SECOND], 6);
    assert.deepEqual([...new Set(calls.map(({ call }) => call.talkgroup))], [9102]);
    assert.equal([...audio.values()].filter(({ seconds }) => seconds > 1).length, 1);
  });

  it('leaves an encrypted grant alone', function () {
    needsCaptures(this, VOICE);
    const { calls, audio } = play([{ ...FIRST, options: 0x44 }], 4);
    assert.deepEqual(
      calls.map(({ happened, call }) => [happened, call.reason, call.phase2_tdma]),
      [['not_followed', 'encrypted', true]],
    );
    assert.equal(audio.size, 0);
  });

  it('makes two calls of the slots of a carrier that nobody granted and the channel table lists once', function () {
    needsCaptures(this, VOICE);
    const channels = 'TG Number,Frequency,Tone,Alpha Tag,Description,Tag\n7,852.0,,Mine,,\n';
    const { calls } = hear(
      {
        protocol: 'p25-phase2',
        signal: { wacn: '92F70', system: '3C5', nac: '3C1' },
        follow: { systems: [{ shortName: 'mine', channels }] },
      },
      iqMessages(readFileSync(capture(VOICE)), { center: 852_000_000 }),
    );
    assert.deepEqual(
      calls
        .filter(({ happened }) => happened !== 'start' && happened !== 'update')
        .map(({ happened, call }) => [happened, call.talkgroup, call.tdma_slot, call.length, call.conventional]),
      [
        ['end', 7, 0, 12.6, true],
        ['end', 7, 1, 12.6, true],
      ],
    );
  });
});
