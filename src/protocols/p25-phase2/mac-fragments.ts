import { crcBytes, P25_CRC_CCITT } from '../../coding/crc';
import type { BandPlan } from '../p25-shared/band-plan';
import type { MessageEvent } from '../p25-shared/messages/definition';
import { Octets } from '../p25-shared/octets';
import { MULTI_FRAGMENT, type MultiFragment } from './messages/multi-fragment';

/** Fragments come in bursts that follow each other, of both slots or of one (60 ms, 90 between superframes): no later than this, ms. */
const APART_MS = 200;
/** Opcode and length, which each fragment has before its data. */
const HEADER = 2;
const CRC_OCTETS = 2;

/**
 * Puts messages together that come in the PDUs of a control channel one after the other (TIA-102.BBAD-A 3, 4.7): the first says how
 * many octets of data there are, the last ends with a CRC over them all.
 */
export class MacFragments {
  private begun?: { event: MessageEvent; message: MultiFragment; wanted: number };
  private data: number[] = [];
  private at = 0;

  reset(): void {
    this.begun = undefined;
    this.data = [];
  }

  /**
   * Takes an event of a PDU heard at `time` (ms). Gives it back when it is no fragment; else the message when it is whole. What stays
   * in pieces is told as hexadecimal.
   */
  add(event: MessageEvent, time: number, bands: BandPlan): MessageEvent[] {
    const left = this.begun && (event.type === 'multi_block' || time - this.at > APART_MS) ? this.giveUp() : [];
    if (event.type === 'multi_block' && MULTI_FRAGMENT.has(event.message as string))
      return [...left, ...this.begin(event, time)];
    if (event.type !== 'fragment' || !this.begun) return [...left, event];
    this.at = time;
    this.data.push(...Buffer.from(event.hex as string, 'hex'));
    return this.data.length < this.begun.wanted ? [] : this.finish(this.begun, bands);
  }

  private begin(event: MessageEvent, time: number): MessageEvent[] {
    const message = MULTI_FRAGMENT.get(event.message as string)!;
    const octets = Buffer.from(event.hex as string, 'hex');
    const data = octets.subarray(HEADER, octets[1] & 0x3f);
    // Another count is another layout.
    if (data[0] !== message.octets) return [event];
    this.begun = { event, message, wanted: message.octets };
    this.data = [...data];
    this.at = time;
    return [];
  }

  private finish({ message, wanted }: { message: MultiFragment; wanted: number }, bands: BandPlan): MessageEvent[] {
    const octets = new Octets(Uint8Array.from(this.data.slice(0, wanted)));
    const checked = octets.bytes.subarray(0, wanted - CRC_OCTETS);
    if (crcBytes(checked, P25_CRC_CCITT) !== octets.u16(wanted - CRC_OCTETS)) return this.giveUp();
    const { type, ...fields } = message.parse(octets, bands);
    this.reset();
    return [{ type, message: message.name, ...fields }];
  }

  /** What came of a message that will not be whole. */
  private giveUp(): MessageEvent[] {
    const { event } = this.begun!;
    const header = (event.hex as string).slice(0, 2 * HEADER);
    const hex = header + Buffer.from(this.data).toString('hex').toUpperCase();
    this.reset();
    return [{ ...event, hex }];
  }
}
