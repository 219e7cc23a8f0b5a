import type { Octets } from '../octets';
import type { MessageEvent } from './definition';

/** Slots per carrier of each channel type; types above 5 are reserved (TIA-102.AABC-E 6.2.32). */
const SLOTS = [1, 1, 1, 2, 4, 2];
const TYPE_BANDWIDTH = [12500, 12500, 6250, 12500, 25000, 12500];

/** Bandwidth codes of the VHF/UHF form; the others are reserved. */
const VU_BANDWIDTH: Readonly<Record<number, number>> = { 4: 6250, 5: 12500 };

const SPACING_UNIT = 125;
const BASE_UNIT = 5;

interface Iden {
  identifier: number;
  bandwidth: number;
  offset: number;
  spacing: number;
  base: number;
  slots: number;
}

function idenUpdate(iden: Iden, more: Record<string, unknown> = {}): MessageEvent {
  return {
    type: 'iden_update',
    identifier: iden.identifier,
    base_frequency: iden.base,
    spacing: iden.spacing,
    transmit_offset: iden.offset,
    bandwidth: iden.bandwidth,
    slots: iden.slots,
    ...more,
  };
}

const signed = (positive: boolean, value: number): number => (positive || value === 0 ? value : -value);

/** Identifier update of 800/900 MHz bands; `at` = octet of the identifier (TIA-102.AABC-E 6.2.9, AABF-D 7.3.22). */
export function idenUp(o: Octets, at: number): MessageEvent {
  return idenUpdate({
    identifier: o.u8(at) >> 4,
    bandwidth: ((o.u16(at) >> 3) & 0x1ff) * 125,
    offset: signed(o.flag(at + 1, 2), ((o.u16(at + 1) >> 2) & 0xff) * 250_000),
    spacing: (o.u16(at + 2) & 0x3ff) * SPACING_UNIT,
    base: o.u32(at + 4) * BASE_UNIT,
    slots: 1,
  });
}

/** The form for VHF and UHF, whose offset counts channel spacings (TIA-102.AABC-E 6.2.29, AABF-D 7.3.26). */
export function idenUpVu(o: Octets, at: number): MessageEvent {
  const spacing = (o.u16(at + 2) & 0x3ff) * SPACING_UNIT;
  return idenUpdate({
    identifier: o.u8(at) >> 4,
    bandwidth: VU_BANDWIDTH[o.u8(at) & 0x0f] ?? 0,
    offset: signed(o.flag(at + 1, 7), ((o.u24(at + 1) >> 10) & 0x1fff) * spacing),
    spacing,
    base: o.u32(at + 4) * BASE_UNIT,
    slots: 1,
  });
}

/**
 * The form for TDMA carriers (TIA-102.AABC-E 6.2.32): `at` = octet of identifier and channel type, `offsetAt` of the
 * transmit offset, `baseAt` of the base frequency.
 */
export function idenUpTdma(o: Octets, at: number, offsetAt: number, baseAt: number): MessageEvent {
  const type = o.u8(at) & 0x0f;
  const spacing = (o.u16(offsetAt + 1) & 0x3ff) * SPACING_UNIT;
  return idenUpdate(
    {
      identifier: o.u8(at) >> 4,
      bandwidth: TYPE_BANDWIDTH[type] ?? 0,
      offset: signed(o.flag(offsetAt, 7), ((o.u24(offsetAt) >> 10) & 0x1fff) * spacing),
      spacing,
      base: o.u32(baseAt) * BASE_UNIT,
      slots: SLOTS[type] ?? 1,
    },
    { channel_type: type },
  );
}
