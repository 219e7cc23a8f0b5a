import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readContents } from '../../../src/protocols/p25-shared/data/contents';
import { Fragments } from '../../../src/protocols/p25-shared/fragments';
import type { MessageEvent } from '../../../src/protocols/p25-shared/messages/definition';
import { octets } from './frames';

const RECIPE = join(__dirname, '../../../examples/Recipes/Tell when a unit enters or leaves an area.json');

interface Told {
  topic: string;
  payload: { event: string; unit: number };
}

/** The recipe's own function node, with a memory, as Node-RED would run it. */
function geofence(areas: unknown[]): (event: MessageEvent) => Told[] {
  const nodes = JSON.parse(readFileSync(RECIPE, 'utf8')) as { type: string; func?: string }[];
  const { func } = nodes.find(({ type }) => type === 'function')!;
  const memory = new Map<string, unknown>();
  const context = {
    get: (key: string) => memory.get(key),
    set: (key: string, value: unknown) => memory.set(key, value),
  };
  const run = new Function('msg', 'context', func!) as (msg: unknown, context: unknown) => Told[][] | null;
  return (event) => run({ payload: { stream: 'data', ...event }, areas }, context)?.[0] ?? [];
}

/** An internet datagram of an LRRP report with a place. */
const report = (place: string): Uint8Array =>
  octets(`4500002D000100004011 0000 0A0000010A000002 0FA10FA100190000 0D0F22042468ACE066 ${place}`);

describe('the recipe for areas', () => {
  it('takes the positions of data packets and of voice channels', () => {
    const tell = geofence([{ name: 'home', latitude: 12.3453, longitude: 24.6689, radius: 500 }]);
    const sent = (place: string): Told[] =>
      readContents({ accessPoint: 0, outbound: false, unit: 700001, offset: 0, payload: report(place) }).events.flatMap(
        tell,
      );
    const inside = '118ECD8D118AD47B';
    assert.deepEqual(
      sent(inside).map(({ topic, payload }) => [topic, payload.event, payload.unit]),
      [['radio/area/home/700001', 'enter', 700001]],
    );
    const outside = '218ECD8D118AD47B';
    assert.deepEqual(
      [...sent(outside), ...sent(outside)].map(({ payload }) => payload.event),
      ['leave'],
    );

    const nearby = geofence([{ name: 'yard', latitude: 40.44106, longitude: -79.97924, radius: 50 }]);
    const fragments = new Fragments();
    fragments.talker(700002);
    const words = ['2AA4121C1A281D7ABA', '2BA44F24F88001 0F00'];
    const told = words.flatMap((word) => fragments.add(0xa4, octets(word), 0)).flatMap(nearby);
    assert.deepEqual(
      told.map(({ payload }) => [payload.event, payload.unit]),
      [['enter', 700002]],
    );
  });
});
