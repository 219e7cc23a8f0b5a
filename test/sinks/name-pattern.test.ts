import assert from 'node:assert/strict';
import type { CallInfo } from '../../src/core/messages';
import { namePattern, TOKEN_NAMES } from '../../src/sinks/name-pattern';
import { strftime } from '../../src/sinks/strftime';
import { callInfo } from './audio';

const START = new Date(2025, 10, 21, 21, 19, 39, 250).getTime();
const pad = (value: number) => String(value).padStart(2, '0');

function name(pattern: string, more: Partial<CallInfo> = {}): string {
  return namePattern(pattern)(
    callInfo({
      talkgroup: 12345,
      sys_name: 'dcsys',
      talkgroup_alpha_tag: 'FD Disp',
      freq: 851_012_500,
      call_num: 42,
      start_time_ms: START,
      ...more,
    }),
  );
}

describe('file name patterns', () => {
  it("give trunk-recorder's names for the examples of its manual", () => {
    const seconds = Math.floor(START / 1000);
    assert.equal(
      name('{short_name}/{time:%Y}/{time:%m}/{time:%d}/{talkgroup}-{talkgroup_alpha_tag}-{epoch}_{freq}'),
      `dcsys/2025/11/21/12345-FD_Disp-${seconds}_851012500-call_42`,
    );
    assert.equal(
      name('{short_name}/{time:%Y}/{time:%m}/{time:%d}/{talkgroup}-{epoch}_{freq}'),
      `dcsys/2025/11/21/12345-${seconds}_851012500-call_42`,
    );
    const utc = new Date(START);
    const day = `${utc.getUTCFullYear()}-${pad(utc.getUTCMonth() + 1)}-${pad(utc.getUTCDate())}`;
    const time = [utc.getUTCHours(), utc.getUTCMinutes(), utc.getUTCSeconds()].map(pad);
    assert.equal(
      name('{short_name}/{ztime:%Y-%m-%d}/{talkgroup}-{ztime:%Y-%m-%dT%H%M%S.%fZ}_{freq}'),
      `dcsys/${day}/12345-${day}T${time.join('')}.250Z_851012500-call_42`,
    );
    // A colon is no part of a name on Windows and macOS.
    assert.equal(
      name('{short_name}/{ztime:%Y-%m-%d}/{talkgroup_group}/{talkgroup}-{ztime:iso}_{freq_mhz}'),
      `dcsys/${day}/Fire/12345-${day}T${time.join('_')}Z_851.0125-call_42`,
    );
    assert.equal(name('{time:%Y/%m/%d}/{talkgroup}'), '2025/11/21/12345-call_42');
  });

  it('know every token of trunk-recorder, and our own', () => {
    const more = { phase2_tdma: true, tdma_slot: 1, color_code: 3, noise: -80.4 };
    for (const [token, value] of Object.entries({
      talkgroup: '12345',
      talkgroup_tag: 'Fire_Dispatch',
      talkgroup_alpha_tag: 'FD_Disp',
      talkgroup_description: 'Fire_dispatch',
      talkgroup_group: 'Fire',
      talkgroup_display: '12345',
      short_name: 'dcsys',
      freq: '851012500',
      freq_mhz: '851.0125',
      call_num: '42',
      tdma_slot: '1',
      sys_num: '0',
      source_num: '0',
      recorder_num: '0',
      epoch: String(Math.floor(START / 1000)),
      audio_type: 'digital',
      emergency: '0',
      encrypted: '0',
      priority: '4',
      signal: '-31',
      noise: '-80',
      color_code: '3',
      system: 'dcsys',
      alpha_tag: 'FD_Disp',
      description: 'Fire_dispatch',
      group: 'Fire',
      tag: 'Fire_Dispatch',
      unit: '700001',
      unit_tag: 'Engine_4',
      call: '42',
      yyyy: '2025',
      mm: '11',
      dd: '21',
      hh: '21',
      mi: '19',
      ss: '39',
      ms: '250',
    })) {
      assert.ok(TOKEN_NAMES.includes(token), token);
      assert.equal(name(`x{${token}}{call}`, more), `x${value}42`, token);
    }
    assert.equal(name('a{tdma_slot}b'), 'ab-call_42');
    assert.equal(TOKEN_NAMES.length, 37);
  });

  it('put the number of the call behind the name, unless it is in it', () => {
    assert.equal(name('{talkgroup}'), '12345-call_42');
    assert.equal(name('{talkgroup}_{call}'), '12345_42');
  });

  it('stay below the folder, whatever a call is named', () => {
    for (const evil of [
      '../../etc/passwd',
      '..',
      '.',
      '/abs',
      'C:\\x',
      'a/b',
      '\0',
      '....',
      ' . ',
      'CON',
      'nul.txt',
      '',
    ]) {
      for (const pattern of [
        '{system}/{alpha_tag}{call}',
        '{alpha_tag}/{call}',
        '{alpha_tag}/../{call}',
        '/{alpha_tag}/{call}',
      ]) {
        const path = name(pattern, { talkgroup_alpha_tag: evil, sys_name: evil });
        for (const part of path.split('/')) {
          assert.match(part, /^[^\\/:*?"<>|\p{Cc}]+$/u, path);
          assert.doesNotMatch(part, /^\.|[. ]$|^(con|nul)(\.|$)/i, path);
        }
        assert.equal(path.split('/').length, pattern.replace(/^\//, '').split('/').length, path);
      }
    }
  });

  it('are cut to what file systems take', () => {
    const path = name('{system}/{alpha_tag}{alpha_tag}', { talkgroup_alpha_tag: 'Ü'.repeat(300) });
    for (const part of path.split('/')) assert.ok(Buffer.byteLength(part) <= 220, String(Buffer.byteLength(part)));
    assert.ok(path.endsWith('Ü-call_42'));
  });

  it('are refused when there is something in them that is not known', () => {
    for (const [pattern, message] of [
      ['', /file name/],
      [' / ', /file name/],
      ['{nothing}', /\{nothing\}/],
      ['{__proto__}', /__proto__/],
      ['{talkgroup', /closing brace/],
      ['talkgroup}', /closing brace/],
      ['{time:%Q}', /%Q/],
      ['{time:}', /time/],
      ['x'.repeat(501), /500/],
    ] as const)
      assert.throws(() => namePattern(pattern), { code: 'bad-setting', message });
  });

  it('write times as strftime does', () => {
    const time = Date.UTC(2024, 1, 29, 0, 5, 9, 7);
    for (const [format, text] of [
      ['%Y %y %m %d %e', '2024 24 02 29 29'],
      ['%H %I %p %M %S %f', '00 12 AM 05 09 007'],
      ['%j %u %w %a %A %b %B', '060 4 4 Thu Thursday Feb February'],
      ['%F %T %R %D', '2024-02-29 00:05:09 00:05 02/29/24'],
      ['%s %%', `${Math.floor(time / 1000)} %`],
      ['iso_ms', '2024-02-29T00:05:09.007Z'],
    ])
      assert.equal(strftime(format, true)!(time), text);
    assert.equal(strftime('%', true), undefined);
    assert.equal(strftime('iso', false)!(new Date(2024, 0, 2, 3, 4, 5).getTime()), '2024-01-02T03:04:05');
  });
});
