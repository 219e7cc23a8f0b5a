import assert from 'node:assert/strict';
import { BandPlan } from '../../../src/protocols/p25-shared/band-plan';
import type { MessageEvent } from '../../../src/protocols/p25-shared/messages/definition';
import { parseMultiBlock } from '../../../src/protocols/p25-shared/messages/multi-block';
import { type Field, inBlock, layout } from './bit-layout';

/**
 * No recording has these. The bit positions are those that sdrtrunk's classes of each message and, for authentication
 * and cancellation, dvmhost's and TIA-102.AACE's tables name, written down field by field.
 */

const UNIT = 700_001;
const OTHER = 0x234567;
const WACN = 0xbee07;
const SYSTEM = 0x14c;

/** Header of the alternative format: direction, unit, data blocks, opcode, and what the message has in octets 8 and 9. */
const header = (inbound: boolean, opcode: number, blocks: number, ...more: Field[]): Field[] => [
  [1, 1, 1],
  [2, 1, inbound ? 0 : 1],
  [3, 5, 0x17],
  [8, 2, 3],
  [10, 6, 61],
  [24, 24, UNIT],
  [48, 1, 1],
  [49, 7, blocks],
  [58, 6, opcode],
  ...more,
];

function read(inbound: boolean, opcode: number, blocks: number, ...more: Field[]): MessageEvent {
  const bytes = layout(12 * (1 + blocks), ...header(inbound, opcode, blocks, ...more));
  const events = parseMultiBlock(bytes, new BandPlan());
  assert.equal(events.length, 1);
  return events[0];
}

const request = (opcode: number, blocks: number, ...more: Field[]): MessageEvent => read(true, opcode, blocks, ...more);

/** A home and unit that begin in the header: 16 bits of the WACN in octets 8 and 9. */
const split: Field[] = [[64, 16, WACN >> 4], ...inBlock(0, [0, 4, WACN & 0xf], [4, 12, SYSTEM], [16, 24, OTHER])];

/** A home and unit in the data block. */
const whole = (start: number): Field[] =>
  inBlock(0, [start, 20, WACN], [start + 20, 12, SYSTEM], [start + 32, 24, OTHER]);

function has(event: MessageEvent, fields: Record<string, unknown>): void {
  for (const [field, value] of Object.entries(fields)) assert.deepEqual(event[field], value, field);
}

const TARGET = { source: UNIT, target: OTHER, target_wacn: 'BEE07', target_system: '14C' };
const WHOLE = { source: UNIT, source_id: OTHER, wacn: 'BEE07', system: '14C' };

describe('P25 multi-block messages of radios', () => {
  it('ask for units of other systems', () => {
    has(request(0x04, 1, [64, 8, 0xc2], ...whole(8)), {
      type: 'request',
      service: 'unit_voice',
      emergency: true,
      encrypted: true,
      ...TARGET,
    });
    has(request(0x05, 1, [72, 8, 0x21], ...whole(8)), { service: 'unit_voice_answer', answer_name: 'deny', ...TARGET });
    has(request(0x10, 1, ...whole(0)), { service: 'unit_data', ...TARGET });
  });

  it('carry statuses, messages, alerts and queries', () => {
    const update = [[64, 8, 3] as const, [72, 8, 9] as const, ...whole(0)];
    has(request(0x18, 1, ...update), { type: 'status', unit_status: 3, user_status: 9, ...TARGET });
    has(request(0x19, 1, ...update), { type: 'status', message: 'STS_Q_RSP', ...TARGET });
    has(request(0x1a, 1, ...split), { type: 'status_query', ...TARGET });
    has(request(0x1c, 1, [64, 16, 0x1234], ...whole(0)), { type: 'short_message', code: 0x1234, ...TARGET });
    has(request(0x1f, 1, ...split), { type: 'call_alert', ...TARGET });
    has(request(0x2e, 1, ...split), { service: 'authentication_query', ...TARGET });
    has(request(0x36, 1, ...split), { service: 'roaming_address', ...TARGET });
  });

  it('acknowledge and cancel', () => {
    const acknowledged = inBlock(0, [0, 12, WACN & 0xfff], [12, 12, SYSTEM], [24, 24, OTHER]);
    has(request(0x20, 1, [66, 6, 0x1f], [72, 8, WACN >> 12], ...acknowledged), {
      type: 'acknowledge',
      service: 0x1f,
      ...TARGET,
    });
    has(request(0x23, 1, [66, 6, 0x04], [72, 8, 0x10], ...whole(8)), {
      service: 'cancel',
      cancelled: 4,
      reason_name: 'end queueing',
      ...TARGET,
    });
  });

  it('register and affiliate from other systems', () => {
    const group = inBlock(0, [0, 4, WACN & 0xf], [4, 12, SYSTEM], [16, 16, 9101]);
    has(request(0x28, 1, [64, 16, WACN >> 4], ...group), {
      service: 'affiliation',
      source: UNIT,
      wacn: 'BEE07',
      system: '14C',
      talkgroup: 9101,
    });
    has(request(0x2d, 2, ...split, ...inBlock(0, [40, 8, 7], [48, 16, 9102])), {
      service: 'location_registration',
      lra: 7,
      talkgroup: 9102,
      ...WHOLE,
    });
    const stack = [[64, 1, 1] as const, [68, 4, 5] as const, [72, 8, WACN >> 12] as const];
    const homes = inBlock(0, [0, 12, WACN & 0xfff], [12, 12, SYSTEM], [24, 20, 0x92f70], [44, 12, 0x3c5]);
    has(request(0x37, 1, ...stack, ...homes), {
      service: 'roaming_address_answer',
      last: true,
      sequence: 5,
      homes: ['BEE07.14C', '92F70.3C5'],
    });
    const third = inBlock(0, [56, 20, 0x12345], [76, 12, 0x678]);
    const fourth = [...inBlock(0, [88, 8, 0xab]), ...inBlock(1, [0, 12, 0xcde], [12, 12, 0xf01])];
    has(read(false, 0x37, 2, ...stack, ...homes, ...third, ...fourth), {
      type: 'roaming_address',
      target: UNIT,
      homes: ['BEE07.14C', '92F70.3C5', '12345.678', 'ABCDE.F01'],
    });
  });

  it('prove who a radio is, and the network', () => {
    has(request(0x38, 2, ...split, ...inBlock(0, [40, 32, 0x01020304])), { response: '01020304', ...WHOLE });
    const mutual = inBlock(0, [40, 32, 0x0a0b0c0d], [72, 8, 0x0e], [80, 16, 0x0102]);
    has(request(0x39, 2, ...split, ...mutual, ...inBlock(1, [0, 16, 0x0304], [23, 1, 1])), {
      challenge: '0A0B0C0D0E',
      response: '01020304',
      standalone: true,
      ...WHOLE,
    });
    has(request(0x3a, 1, ...split, ...inBlock(0, [40, 1, 1])), { passed: true, standalone: false, ...WHOLE });
    has(request(0x3b, 1, ...split), { service: 'authentication_demand', ...WHOLE });
    const seed = inBlock(0, [40, 32, 0x00010203], [72, 24, 0x040506]);
    const rest = inBlock(1, [0, 24, 0x070809], [24, 32, 0xa1a2a3a4], [56, 8, 0xa5]);
    has(read(false, 0x31, 2, ...split, ...seed, ...rest), {
      type: 'authentication_demand',
      target: OTHER,
      seed: '00010203040506070809',
      challenge: 'A1A2A3A4A5',
    });
    has(read(false, 0x32, 1, ...split, ...inBlock(0, [40, 32, 0x0badcafe])), {
      type: 'authentication_response',
      response: '0BADCAFE',
      target: OTHER,
      target_wacn: 'BEE07',
    });
  });

  it('let others listen to a radio', () => {
    const monitor = inBlock(0, [0, 24, OTHER], [24, 1, 1], [25, 1, 1], [32, 8, 30], [40, 16, 0x1234], [56, 8, 0x84]);
    const fields = { silent: true, talkgroup: 9103, transmit_seconds: 30, key_id: 0x1234, algorithm_name: 'AES-256' };
    has(request(0x1e, 1, [64, 16, 9103], ...monitor), {
      type: 'radio_monitor',
      source: UNIT,
      target: OTHER,
      ...fields,
    });
    has(read(false, 0x1e, 1, [64, 16, 9103], ...monitor), {
      type: 'radio_monitor',
      target: UNIT,
      source: OTHER,
      ...fields,
    });
  });

  it('dial numbers', () => {
    const start: Field[] = [
      [3, 5, 0x15],
      [10, 6, 61],
      [24, 24, UNIT],
      [49, 7, 1],
    ];
    const digits = [5, 5, 5, 0, 1, 2, 3, 10, 11, 13, 14, 15, 2];
    const number = inBlock(
      0,
      [2, 6, 8],
      [8, 8, digits.length],
      [16, 8, 0x44],
      ...digits.map((d, i) => [24 + 4 * i, 4, d] as const),
    );
    const [dialled] = parseMultiBlock(layout(24, ...start, ...number), new BandPlan());
    has(dialled, { type: 'request', service: 'telephone', digits: '5550123*#!,C', encrypted: true, source: UNIT });
  });

  it('of the network name homes of both ends and protection parameters', () => {
    const grant = [
      ...inBlock(0, [0, 20, 0x12345], [20, 12, 0x678], [32, 24, OTHER], [56, 24, 0x0abcde], [80, 16, 0x2140]),
      ...inBlock(1, [0, 16, 0xffff], [16, 12, WACN & 0xfff], [28, 12, SYSTEM], [40, 24, 0x456789]),
    ];
    has(read(false, 0x04, 2, [64, 8, 0x40], [72, 8, WACN >> 12], ...grant), {
      type: 'grant',
      source: OTHER,
      source_wacn: '12345',
      source_system: '678',
      target: 0x0abcde,
      target_wacn: 'BEE07',
      target_system: '14C',
    });
    const alert = inBlock(1, [8, 20, 0x92f70], [28, 12, 0x3c5], [40, 24, 0x456789]);
    has(read(false, 0x1f, 2, ...split, ...alert), {
      type: 'call_alert',
      source: OTHER,
      source_wacn: 'BEE07',
      target: UNIT,
      target_wacn: '92F70',
      target_system: '3C5',
    });
    const parameters = [
      [72, 8, 0x84] as const,
      ...inBlock(0, [0, 16, 0x2f62], [16, 8, 0x11], [80, 8, 0x19], [88, 8, 0x21]),
      ...inBlock(1, [56, 8, 0x29]),
    ];
    has(read(false, 0x3e, 2, ...parameters), {
      type: 'protection_parameters',
      algorithm_name: 'AES-256',
      key_id: 0x2f62,
      inbound_message_indicator: '110000000000000019',
      message_indicator: '210000000000000029',
    });
  });
});
