import assert from 'node:assert/strict';
import { redact, shortAnswer } from '../../../src/sinks/upload/redact';

const KEY = 'S3cret/+ä key';

describe('secrets in what services say', () => {
  it('are hidden as they are, in URLs and in Basic authentication', () => {
    const said = [KEY, encodeURIComponent(KEY), Buffer.from(KEY).toString('base64'), `https://host/${KEY}`];
    for (const text of said) {
      const clean = redact(`before ${text} after`, [KEY]);
      assert.ok(!clean.includes(text) && !clean.includes('S3cret'), clean);
    }
    assert.equal(redact('see https://host:80/upload?key=abc now', []), 'see https://host:80/… now');
  });

  it('are hidden however a page or a program writes them', () => {
    const key = 'S3x & "quoted" <b>\'é\\/🚒';
    const entity = (write: (code: number) => string) =>
      key.replace(/[^A-Za-z0-9]/gu, (sign) => write(sign.codePointAt(0)!));
    const ways = [
      JSON.stringify(key),
      JSON.stringify(key).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
      entity((code) => `&#${code};`),
      entity((code) => `&#x${code.toString(16)};`),
      entity((code) => `&#x${code.toString(16).toUpperCase()};`),
      key.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
      new URLSearchParams({ key }).toString().slice(4),
      encodeURIComponent(key).toLowerCase().replace('s3x', 'S3x'),
      Buffer.from(key).toString('latin1'),
      Buffer.from(key).toString('base64url'),
    ];
    for (const text of ways) {
      const clean = redact(`before ${text} after`, [key]);
      assert.match(clean, /^before "?\*\*\*"? after$/, text);
    }
  });

  it('are hidden wherever they stand in an answer, also where it is cut', () => {
    for (let before = 0; before < 5000; before += 7) {
      const answer = shortAnswer(`<p>${'<b>'.repeat(before / 3)}${KEY}</b>`, [KEY]);
      assert.doesNotMatch(answer, /S3c/);
    }
  });

  it('do not hold anybody up, whatever the answer is', () => {
    const started = performance.now();
    for (const body of ['<', '<script>', '<style', '< <!', 'https://', '\t '])
      assert.ok(shortAnswer(body.repeat(65_536 / body.length), [KEY]).length <= 160);
    assert.ok(performance.now() - started < 2000);
  });
});
