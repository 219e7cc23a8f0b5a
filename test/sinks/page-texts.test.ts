import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PAGE = join(__dirname, '..', '..', 'resources', 'listen');
const texts = (language: string) =>
  JSON.parse(readFileSync(join(PAGE, 'locales', `${language}.json`), 'utf8')) as Record<string, string>;
/** Keys put together while the page runs, by how they begin. */
const BEGUN = ['mark.', 'reason.', 'key.', 'talkgroups.by.', 'archive.', 'avoid.', 'note.', 'button.', 'view.'];

describe('texts of the listening page', () => {
  const english = texts('en-US');
  const files = readdirSync(PAGE).filter((name) => /\.(js|html)$/.test(name));
  const sources = files.map((name) => readFileSync(join(PAGE, name), 'utf8')).join('\n');

  it('are the same in every language, with the same values to fill in', () => {
    const values = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();
    for (const language of ['de', 'es']) {
      const others = texts(language);
      assert.deepEqual(Object.keys(others), Object.keys(english));
      for (const [key, text] of Object.entries(others)) {
        assert.deepEqual(values(text), values(english[key]), `${language} ${key}`);
        assert.ok(text.trim() !== '', key);
      }
    }
  });

  it('are there when they are asked for', () => {
    for (const [, key] of sources.matchAll(/data-text(?:-[\w-]+)?="([\w.]+)"/g)) assert.ok(english[key], key);
    for (const [, key] of sources.matchAll(/texts\.get\(\s*'([\w.]+)'/g)) assert.ok(english[key], key);
    for (const [, key] of sources.matchAll(/'((?:note|archive|button|tape|mode)\.\w+)'/g)) assert.ok(english[key], key);
  });

  it('are all used', () => {
    for (const key of Object.keys(english)) {
      const plain = key.replace(/\.one$/, '');
      const used = sources.includes(`'${plain}'`) || sources.includes(`"${plain}"`);
      assert.ok(used || BEGUN.some((start) => key.startsWith(start)), key);
    }
  });

  it('name every reason a call follower, recorder or the rules give', () => {
    const of = (path: string) => readFileSync(join(__dirname, '..', '..', 'src', path), 'utf8');
    const [, skip] = /export type SkipReason =([\s\S]+?);/.exec(of('trunking/options.ts'))!;
    const [, refusal] = /export type Refusal =([\s\S]+?);/.exec(of('trunking/listening-rules.ts'))!;
    const reasons = [...`${skip}${refusal}`.matchAll(/'(\w+)'/g)].map(([, reason]) => reason);
    const log = `${of('sinks/not-recorded.ts')}${of('sinks/call-recorder.ts')}`;
    for (const reason of ['encrypted', 'not_wanted', 'no_audio', 'not_followed', 'too_short', 'not_written']) {
      assert.ok(log.includes(`'${reason}'`), `the recorder gives ${reason}`);
      reasons.push(reason);
    }
    assert.ok(reasons.length > 18);
    for (const reason of reasons) assert.ok(english[`reason.${reason}`], reason);
  });
});
