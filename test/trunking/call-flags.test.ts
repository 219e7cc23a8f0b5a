import assert from 'node:assert/strict';
import { readFlag } from '../../src/trunking/call-flags';
import { TalkgroupTable } from '../../src/trunking/talkgroups';
import { calls, grant, play, transmission, voiceOf } from './support/script';

const F1 = 852_000_000;
const F2 = 853_000_000;
const TABLE = `Decimal,Alpha Tag,Listen,Record,Upload,Alert
101,Quiet,no,,0,yes
102,Usual,,,,
103,Odd,perhaps,true,1,false
`;

describe('flags of a talkgroup', () => {
  const site = {
    control: [grant(1000, 101, F1), grant(1000, 102, F2), grant(9000, 999, F1)],
    air: {
      [F1]: {
        events: [...transmission(1200, 3000, 101, 5).events, ...transmission(9200, 11_000, 999, 7).events],
        voice: [...transmission(1200, 3000, 101, 5).voice, ...transmission(9200, 11_000, 999, 7).voice],
      },
      [F2]: transmission(1200, 3000, 102, 6),
    },
  };
  const flagsOf = (outputs: ReturnType<typeof play>['outputs'], talkgroup: number, event: string) => {
    const { call } = calls(outputs).find((one) => one.call.talkgroup === talkgroup && one.event === event)!;
    return [call.listen, call.record, call.upload, call.alert];
  };

  it('travel with its calls, in every call message and with the voice', () => {
    const { outputs } = play({ ...site, options: { systems: [{ shortName: 'a', talkgroups: TABLE }] } });
    for (const event of ['start', 'end']) {
      assert.deepEqual(flagsOf(outputs, 101, event), [false, true, false, true]);
      assert.deepEqual(flagsOf(outputs, 102, event), [true, true, true, false]);
      assert.deepEqual(flagsOf(outputs, 999, event), [true, true, true, false]);
    }
    const voice = voiceOf(outputs).filter(({ message }) => message.info.call!.talkgroup === 101);
    assert.ok(voice.length > 0);
    for (const { message } of voice) assert.equal(message.info.call!.listen, false);
  });

  it('are the system’s own for talkgroups that are not in the table', () => {
    const unknownFlags = { record: false, alert: true };
    const { outputs } = play({ ...site, options: { systems: [{ shortName: 'a', talkgroups: TABLE, unknownFlags }] } });
    assert.deepEqual(flagsOf(outputs, 999, 'start'), [true, false, true, true]);
    assert.deepEqual(flagsOf(outputs, 102, 'start'), [true, true, true, false]);
  });

  it('are read as people write them; what is neither yes nor no counts as blank and is told', () => {
    for (const text of ['true', 'YES', 'y', '1', 'on', 'x', ' Ja ']) assert.equal(readFlag(text), true, text);
    for (const text of ['false', 'No', 'n', '0', 'off', 'nein']) assert.equal(readFlag(text), false, text);
    assert.equal(readFlag(' '), undefined);
    const table = TalkgroupTable.parse(TABLE);
    assert.equal(table.get(103)!.listen, undefined);
    assert.deepEqual(
      table.problems.list.map(({ line, text }) => [line, text]),
      [[4, 'listen "perhaps" is neither yes nor no; taken as blank']],
    );
  });
});
