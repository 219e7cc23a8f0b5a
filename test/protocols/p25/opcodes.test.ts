import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BandPlan } from '../../../src/protocols/p25-shared/band-plan';
import {
  INBOUND,
  LINK_CONTROL,
  OUTBOUND,
  parseLinkControl,
  parseTsbk,
} from '../../../src/protocols/p25-shared/messages';
import type { MessageEvent } from '../../../src/protocols/p25-shared/messages/definition';
import { MULTI_BLOCK, parseMultiBlock } from '../../../src/protocols/p25-shared/messages/multi-block';
import { MULTI_BLOCK_INBOUND } from '../../../src/protocols/p25-shared/messages/multi-block-inbound';
import { uniform } from '../../support/random';
import { layout } from './bit-layout';
import { type BitTable, INBOUND_TABLES, LINK_CONTROL_TABLES, OUTBOUND_TABLES } from './bit-tables';

const bands = (): BandPlan => new BandPlan({ 2: { base: 851e6, spacing: 6250 } });

/** Degrees are compared as far as they are written down. */
const rounded = (value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Math.round(value * 1e6) / 1e6 : value;

function check(table: BitTable, events: MessageEvent[]): void {
  assert.ok(events.length > 0, table.name);
  assert.equal(events[0].message, table.name);
  for (const [field, value] of Object.entries(table.event))
    assert.deepEqual(rounded(events[0][field]), value, `${table.name} ${field}`);
}

const tsbk = ({ opcode, mfid = 0, fields }: BitTable): Uint8Array =>
  layout(12, [2, 6, opcode], [8, 8, mfid], ...fields);

const linkControl = ({ opcode, mfid, fields }: BitTable): Uint8Array => {
  const bytes = layout(
    9,
    [1, 1, mfid === undefined ? 1 : 0],
    [2, 6, opcode],
    ...(mfid === undefined ? [] : [[8, 8, mfid] as const]),
    ...fields,
  );
  // A field that says so clears the flag: a manufacturer follows, 0 is the standard.
  if (fields.some(([start, width, value]) => start === 1 && width === 1 && value === 0)) bytes[0] &= 0xbf;
  return bytes;
};

const DOCS = readFileSync(join(__dirname, '../../../docs/protocol-p25.md'), 'utf8');

describe('P25 opcodes', () => {
  it('stand where the tables of the standard and of other decoders have their fields', () => {
    for (const table of OUTBOUND_TABLES) check(table, parseTsbk(tsbk(table), bands(), false));
    for (const table of INBOUND_TABLES) check(table, parseTsbk(tsbk(table), bands(), true));
    for (const table of LINK_CONTROL_TABLES) check(table, parseLinkControl(linkControl(table), bands()));
  });

  it('of the standard all have a name and fields, or are listed as read by nobody', () => {
    const random = uniform(5);
    const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => 1 + random() * 254);
    const bare = (events: MessageEvent[]): boolean => events.some((event) => 'hex' in event);
    const unread: string[] = [];
    for (const [table, inbound] of [
      [OUTBOUND, false],
      [INBOUND, true],
    ] as const)
      for (const { opcode, name } of Object.values(table)) {
        const block = bytes(12);
        block.set([opcode, 0]);
        const events = parseTsbk(block, bands(), inbound);
        assert.ok(
          events.every(({ message }) => message === name),
          name,
        );
        if (bare(events)) unread.push(name);
        // A message that has a form of several blocks of its own is read in that.
        const several = inbound ? MULTI_BLOCK_INBOUND : MULTI_BLOCK;
        if (bare(events) && opcode in several) unread.pop();
      }
    for (const { opcode, name } of Object.values(LINK_CONTROL)) {
      const word = bytes(9);
      word[0] = 0x40 | opcode;
      const events = parseLinkControl(word, bands());
      assert.ok(events.length > 0 && events.every(({ message }) => message === name), name);
      assert.ok(!bare(events), name);
    }
    // The number dialled comes with the standard header, which has a table of its own.
    assert.deepEqual(unread, ['TELE_INT_DIAL_REQ']);
  });

  it('are all in docs/protocol-p25.md', () => {
    for (const table of [OUTBOUND, INBOUND, LINK_CONTROL, MULTI_BLOCK, MULTI_BLOCK_INBOUND])
      for (const { name } of Object.values(table)) assert.ok(DOCS.includes(`\`${name}\``), name);
    for (const { name } of [...OUTBOUND_TABLES, ...INBOUND_TABLES, ...LINK_CONTROL_TABLES])
      assert.ok(DOCS.includes(`\`${name}\``), name);
  });

  it('survive any octets, of any manufacturer, and never vanish without a word', () => {
    const random = uniform(17);
    const plan = bands();
    const empty = new Set<string>();
    const expect = (events: MessageEvent[], key: string): void => {
      if (events.length === 0) empty.add(key);
      for (const event of events) {
        assert.ok(typeof event.type === 'string' && event.type !== '');
        if (['unknown', 'protected', 'multi_block'].includes(event.type))
          assert.match(event.hex as string, /^[0-9A-F]{18,}$/);
        if (event.type === 'unknown' || event.type === 'protected') assert.ok(event.manufacturer);
        for (const value of Object.values(event))
          assert.ok(value !== undefined && !Number.isNaN(value), JSON.stringify(event));
      }
    };
    for (const mfid of [0x00, 0x01, 0x09, 0x22, 0x90, 0xa4, 0xd8, 0xff])
      for (let opcode = 0; opcode < 64; opcode++)
        for (let i = 0; i < 24; i++) {
          const fill = (length: number): Uint8Array => Uint8Array.from({ length }, () => random() * 256);
          const block = fill(12);
          block.set([(block[0] & 0xc0) | opcode, mfid]);
          for (const inbound of [false, true]) expect(parseTsbk(block, plan, inbound), `tsbk ${opcode}`);
          const word = fill(9);
          word.set([(word[0] & 0x80) | opcode, mfid]);
          expect(parseLinkControl(word, plan), `lc ${opcode}`);
          for (let blocks = 0; blocks <= 4; blocks++) {
            const message = fill(12 * (blocks + 1));
            message[0] = [0x37, 0x17, 0x35, 0x15][i % 4];
            message[2] = mfid;
            message[7] = (message[7] & 0xc0) | opcode;
            if (blocks > 0) message[12] = (message[12] & 0xc0) | opcode;
            expect(parseMultiBlock(message, plan), `several ${opcode}`);
          }
        }
    // Chance makes no talkgroup 0 and no filler in so few.
    assert.deepEqual([...empty], []);
  });
});
