import type { Summary } from '../src/receiver/summary';
import { seconds } from './describe';

/** Entries of a list that are shown. */
const MOST_LISTED = 20;
/** What is told in words above the figures. */
const TOLD = ['type', 'protocol', 'seconds', 'realtime_factor', 'polarity', 'reason', 'nac', 'wacn', 'system', 'rfss']
  .concat(['site', 'talkgroups', 'sources', 'encrypted', 'crc_ok', 'crc_bad', 'voice_frames', 'voice_clean'])
  .concat(['grants', 'calls', 'recordings']);

/** A decoding's summary in a few lines for people. */
export function summaryText(summary: Summary): string[] {
  const { protocol, polarity, reason, nac, wacn, system, rfss, site, encrypted } = summary;
  const number = (name: string) => Number(summary[name] ?? 0);
  const list = (name: string) => (summary[name] as number[] | undefined) ?? [];
  const found = protocol === 'none' ? 'nothing was decoded' : `${protocol}, ${polarity} polarity`;
  const identity = Object.entries({ NAC: nac, WACN: wacn, system, RFSS: rfss, site }).filter(
    ([, value]) => value !== undefined,
  );
  const blocks = number('crc_ok') + number('crc_bad');
  const voice = number('voice_frames');
  const rows: [string, string | false][] = [
    ['protocol', reason ? `${found}: ${reason}` : found],
    ['system', identity.map((pair) => pair.join(' ')).join(', ')],
    ['signal', `${seconds(summary.seconds)}, decoded at ${summary.realtime_factor} times real time`],
    ['messages', blocks > 0 && `${number('crc_ok')} of ${blocks} good, ${number('grants')} grants`],
    [
      'voice',
      voice > 0 &&
        `${voice} frames (${seconds(voice / 50)}), ${number('voice_clean')} without errors${encrypted ? ', some encrypted' : ''}`,
    ],
    ['talkgroups', listText(list('talkgroups'))],
    ['units', listText(list('sources'))],
    ['calls', summary.calls !== undefined && callsText(summary)],
    ['recordings', summary.recordings !== undefined && String(summary.recordings)],
    ['counters', countersText(summary)],
  ];
  return rows.filter(([, text]) => text).map(([name, text]) => `${name.padEnd(12)}${text}`);
}

function callsText({ calls, not_followed }: Summary): string {
  const others = Object.entries(not_followed as Record<string, number>);
  return [
    `${calls} followed`,
    ...others.map(([reason, count]) => `${count} not (${reason.replaceAll('_', ' ')})`),
  ].join(', ');
}

function listText(values: number[]): string {
  const more = values.length > MOST_LISTED ? `, and ${values.length - MOST_LISTED} more` : '';
  return values.slice(0, MOST_LISTED).join(', ') + more;
}

function countersText(summary: Summary): string {
  return Object.entries(summary)
    .filter(([name, value]) => !TOLD.includes(name) && typeof value === 'number' && value > 0)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
