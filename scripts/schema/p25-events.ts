import { parseHeader } from '../../src/protocols/p25/hdu';
import { parseEncryptionSync } from '../../src/protocols/p25/ldu';
import { packetHeader } from '../../src/protocols/p25/pdu';
import { Transmission } from '../../src/protocols/p25/transmission';
import { LogicalChannel } from '../../src/protocols/p25-phase2/channel';
import { macMessages } from '../../src/protocols/p25-phase2/mac-pdu';
import { MULTI_FRAGMENT } from '../../src/protocols/p25-phase2/messages/multi-fragment';
import { BandPlan } from '../../src/protocols/p25-shared/band-plan';
import { readContents } from '../../src/protocols/p25-shared/data/contents';
import { LC_OCTETS, parseLinkControl, parseTsbk, TSBK_OCTETS } from '../../src/protocols/p25-shared/messages';
import type { MessageEvent } from '../../src/protocols/p25-shared/messages/definition';
import { parseMultiBlock } from '../../src/protocols/p25-shared/messages/multi-block';
import { MFID } from '../../src/protocols/p25-shared/names';
import { Octets } from '../../src/protocols/p25-shared/octets';
import { SystemState } from '../../src/protocols/p25-shared/system-state';
import { p25DataEvents } from './p25-data-events';

/** Messages tried for each opcode besides those with special values. */
const RANDOM = 48;
const OPCODES = 64;
const HEADER_OCTETS = 12;
const MAC_OCTETS = 21;

/**
 * Octets to try: all zeros and all ones, random ones with two octets of either at every place (a field that says "none"),
 * and random ones. The same in every run: the page is compared with the one in the repository.
 */
function* octets(length: number): Generator<Uint8Array> {
  let state = 0x2545f491;
  const random = () =>
    Uint8Array.from({ length }, () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return state & 0xff;
    });
  for (const special of [0, 0xff]) {
    yield new Uint8Array(length).fill(special);
    for (let at = 0; at + 1 < length; at++) yield random().fill(special, at, at + 2);
  }
  for (let attempt = 0; attempt < RANDOM; attempt++) yield random();
}

function bandPlans(): BandPlan[] {
  const preset = (slots: number) =>
    new BandPlan(
      Object.fromEntries(
        Array.from({ length: 16 }, (_, id) => [id, { base: 851_000_000, spacing: 12_500, offset: -45_000_000, slots }]),
      ),
    );
  return [new BandPlan(), preset(1), preset(2)];
}

/** Every event a P25 decoder can give, as its own parsers make them of many messages. */
export function* p25Events(): Generator<MessageEvent> {
  const plans = bandPlans();
  const mfids = [MFID.STANDARD, MFID.MOTOROLA, MFID.HARRIS, MFID.TAIT, 0x55];
  for (const bands of plans)
    for (const mfid of mfids)
      for (let opcode = 0; opcode < OPCODES; opcode++) {
        for (const bytes of octets(TSBK_OCTETS)) {
          bytes.set([(bytes[0] & 0xc0) | opcode, mfid]);
          for (const inbound of [false, true]) yield* parseTsbk(bytes, bands, inbound);
        }
        for (const bytes of octets(LC_OCTETS)) {
          bytes.set([(bytes[0] & 0xc0) | opcode, mfid]);
          yield* parseLinkControl(bytes, bands);
        }
        for (const blocks of [1, 2, 3])
          for (const bytes of octets(HEADER_OCTETS * (1 + blocks))) {
            bytes[2] = mfid;
            bytes[7] = (bytes[7] & 0xc0) | opcode;
            yield* parseMultiBlock(bytes, bands);
          }
      }
  yield* frameEvents();
  yield* macEvents(plans, mfids);
}

/** Events of phase 2's MAC PDUs: the messages in them, and what the PDUs themselves say. */
function* macEvents(plans: BandPlan[], mfids: number[]): Generator<MessageEvent> {
  for (const bands of plans)
    for (const mfid of mfids)
      for (let opcode = 0; opcode < 256; opcode++)
        for (const bytes of octets(MAC_OCTETS)) {
          // MAC_ACTIVE; a manufacturer's message names its manufacturer and its length.
          bytes.set([0x80, opcode]);
          if (opcode >> 6 === 2) bytes.set([mfid, 17], 2);
          yield* macMessages(bytes, bands);
        }
  for (const bands of plans)
    for (const { name, octets: length, parse } of MULTI_FRAGMENT.values())
      for (const bytes of octets(length)) yield { ...parse(new Octets(bytes), bands), message: name };
  yield { type: 'data_burst', message: 'DATCH', hex: '' };
  for (let type = 0; type < 8; type++)
    for (const bytes of octets(MAC_OCTETS)) {
      const channel = new LogicalChannel();
      channel.voice(0, 0, 4);
      bytes[0] = type << 5;
      yield* channel.pdu(bytes, 0);
    }
}

/** Events of whole frames: headers, terminators, packets, and what the decoder concludes. */
function* frameEvents(): Generator<MessageEvent> {
  const [, bands] = bandPlans();
  for (const bytes of octets(16)) {
    yield* new Transmission().header(parseHeader(bytes));
    yield* new Transmission().encryption(parseEncryptionSync(bytes));
    yield* new Transmission().lowSpeedData(1 + bytes[0]);
    const packet = { type: 'packet', ...packetHeader(new Octets(bytes)) };
    const payload = Uint8Array.from([...bytes, ...bytes]);
    yield packet;
    for (const accessPoint of [1, 31]) {
      const { fields } = readContents({ accessPoint, outbound: true, unit: 1, offset: 0, payload });
      yield { ...packet, complete: true, ...fields, hex: '' };
    }
  }
  for (const bytes of octets(LC_OCTETS))
    for (const first of [0x00, 0x03, 0x0f]) {
      bytes.set([first, MFID.STANDARD]);
      yield* new Transmission().terminator(0, parseLinkControl(bytes, bands));
    }
  yield { type: 'system' };
  const system = new SystemState(bands);
  for (const bytes of octets(TSBK_OCTETS))
    for (const opcode of [0x3a, 0x3b]) {
      bytes.set([opcode, MFID.STANDARD]);
      for (const event of parseTsbk(bytes, bands, false)) {
        const concluded = system.observe(event);
        if (concluded) yield concluded;
      }
    }
  yield* p25DataEvents();
  yield { type: 'other_nac', other_nac: '293' };
}
