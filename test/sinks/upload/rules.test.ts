import assert from 'node:assert/strict';
import { TrunkflowError } from '../../../src/core/errors';
import type { CallInfo } from '../../../src/core/messages';
import { type RuleRow, type RuleSettings, UploadRules } from '../../../src/sinks/upload/rules';
import { call } from './calls';

describe('upload rules', () => {
  const rules = (rows: RuleRow[], more: Partial<RuleSettings> = {}) =>
    new UploadRules({ rows, otherwise: true, as: '1', shortest: 0, emergencyOnly: false, ...more });
  const judge = (set: UploadRules, more: Partial<CallInfo>, length = 10) => set.judge(call(more), length);
  const row = (system: string, talkgroups: string, upload = true, as = '') => ({ system, talkgroups, upload, as });

  it('lets everything pass without rows, as the system set for all', () => {
    assert.deepEqual(judge(rules([]), {}), { as: '1' });
    assert.deepEqual(judge(rules([], { otherwise: false }), {}), { refusal: 'rule' });
  });

  it('takes the first row that fits', () => {
    const set = rules(
      [row('county', '205', false), row('county', '1-100, 205,300 - 400'), row('state*', '*', true, '9')],
      {
        otherwise: false,
      },
    );
    const verdict = (sys_name: string, talkgroup: number) => judge(set, { sys_name, talkgroup });
    assert.deepEqual(verdict('county', 205), { refusal: 'rule' });
    for (const talkgroup of [1, 50, 100, 300, 400]) assert.deepEqual(verdict('county', talkgroup), { as: '1' });
    for (const talkgroup of [0, 101, 204, 206, 299, 401]) {
      assert.deepEqual(verdict('county', talkgroup), { refusal: 'rule' });
    }
    assert.deepEqual(verdict('State-North', 5), { as: '9' });
    assert.deepEqual(verdict('the state', 5), { refusal: 'rule' });
  });

  it('takes signs in a system name for what they are', () => {
    const set = rules([row('a.b(c)+', '*', false)]);
    assert.deepEqual(judge(set, { sys_name: 'a.b(c)+' }), { refusal: 'rule' });
    assert.deepEqual(judge(set, { sys_name: 'axb(c)+' }), { as: '1' });
  });

  it('never lets an encrypted call pass, nor one whose talkgroup is not to be uploaded', () => {
    const set = rules([row('*', '*')]);
    assert.deepEqual(judge(set, { encrypted: true }), { refusal: 'encrypted' });
    assert.deepEqual(judge(set, { upload: false }), { refusal: 'flag' });
    assert.deepEqual(judge(set, { upload: true }), { as: '1' });
  });

  it('knows short calls and emergencies', () => {
    const set = rules([], { shortest: 2, emergencyOnly: true });
    assert.deepEqual(judge(set, { emergency: true }, 1.9), { refusal: 'too_short' });
    assert.deepEqual(judge(set, { emergency: true }, 2), { as: '1' });
    assert.deepEqual(judge(set, { emergency: false }), { refusal: 'no_emergency' });
  });

  it('names the row whose talkgroups cannot be read', () => {
    for (const text of ['12a', '5-', '9-3', '-4', '1;2']) {
      assert.throws(
        () => rules([row('*', '*'), row('*', `1, ${text}`)]),
        (error) => error instanceof TrunkflowError && error.code === 'bad-setting' && /row 2/.test(error.message),
        text,
      );
    }
  });
});
